"""The operations on catlets and configurations as servers before API 1.2 did them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..configurations.instance import before_setup, instantiated
from ..configurations.members import Configuration, without_blank
from ..configurations.normalising import Refused
from ..configurations.older import expansion
from ..configurations.plans import Plan, population
from ..configurations.variables import substituted, with_system_variables
from ..genepool import GenePool
from ..rows import CatletRow, GeneRow, ProjectRow
from ..tasks.steps import Fail, Pause, Run, Step, Task, Together
from .deployment import converge


class OlderCatlets:
    """The operations of a server with API 1.1, or of one with API 1.0 (``is_first``)."""

    def __init__(self, genes: GenePool, *, is_first: bool) -> None:
        self._genes = genes
        self._is_first = is_first

    def create(self, project: ProjectRow, given: Mapping[str, Any]) -> Task:
        """Make a new catlet. A catlet without a name is called ``catlet``."""
        plan = Plan({"name": "catlet", **without_blank(given)}, project.name)
        title = without_blank(given).get("name") or ("Catlet" if self._is_first else "catlet")

        def deploy(run: Run) -> Iterable[Step]:
            return self._deploy(run, plan, project)

        steps: tuple[Step, ...] = (*self._prepare_new(plan), deploy)
        if not self._is_first:
            steps = (
                Task("PrepareNewCatletConfigCommand", *self._prepare_new(plan)),
                lambda run: self._fetch(plan.built.genes),
                Task("ExpandFodderVMCommand", lambda run: _check_variables(plan)),
                deploy,
            )
        return Task("CreateCatletCommand", *steps, display_name=f"Create catlet {title}")

    def update(self, catlet: CatletRow, given: Mapping[str, Any]) -> Task:
        """Build the configuration again, with the fodder and the variables of the catlet."""
        plan = self._again(catlet, given)

        def change(run: Run) -> Iterable[Step]:
            current = catlet.configuration
            wanted = instantiated({**plan.built.configuration, "location": current["location"]}, run.database.random)
            yield from self._converge(catlet, wanted, current)

        if self._is_first:
            return Task(
                "UpdateCatletCommand", *self._prepare_again(plan), lambda run: self._fetch(plan.built.genes), change
            )
        return Task(
            "UpdateCatletCommand",
            Task("PrepareCatletConfigCommand", *self._prepare_again(plan)),
            lambda run: self._fetch(plan.built.genes),
            Task("ExpandFodderVMCommand", lambda run: _check_variables(plan)),
            change,
        )

    def expand(self, project: ProjectRow, given: Mapping[str, Any], *, shows_secrets: bool) -> Task:
        """Work out a new configuration."""
        plan = Plan({"name": "catlet", **without_blank(given)}, project.name)

        def finish() -> Configuration:
            return expansion(given, plan.built.configuration, ("#catletId", "#vmId"), shows_secrets=shows_secrets)

        return _resulting(
            "ExpandNewCatletConfigCommand",
            finish,
            Task("PrepareNewCatletConfigCommand", *self._prepare_new(plan)),
            lambda run: self._fetch(gene for gene in plan.built.genes if gene.gene_type == "Fodder"),
            Task("ExpandFodderVMCommand", lambda run: _check_variables(plan)),
        )

    def expand_existing(self, catlet: CatletRow, given: Mapping[str, Any], *, shows_secrets: bool) -> Task:
        """Work out what an update would make of a catlet."""
        plan = self._again(catlet, given)

        def finish() -> Configuration:
            ids = catlet.id, catlet.vm_id
            return expansion(given, plan.built.configuration, ids, shows_secrets=shows_secrets)

        return _resulting(
            "ExpandCatletConfigCommand",
            finish,
            Task("PrepareCatletConfigCommand", *self._prepare_again(plan)),
            Task("ExpandFodderVMCommand", lambda run: _check_variables(plan)),
        )

    def populate(self, project: ProjectRow, given: Mapping[str, Any]) -> Task:
        """Add the variables that the parents declare."""
        plan = Plan({"name": "catlet", **without_blank(given)}, project.name)
        return _resulting(
            "PopulateCatletConfigVariablesCommand",
            lambda: population(given, plan.built.configuration),
            Task("PrepareNewCatletConfigCommand", *self._prepare_new(plan)),
        )

    def _again(self, catlet: CatletRow, given: Mapping[str, Any]) -> Plan:
        current = catlet.configuration
        kept: Configuration = {member: current[member] for member in ("fodder", "variables") if member in current}
        defaults = {"name": catlet.name, "hostname": current["hostname"], "parent": current.get("parent")}
        return Plan({**defaults, **without_blank(given), **kept}, catlet.project.name)

    def _prepare_new(self, plan: Plan) -> tuple[Step, ...]:
        validate, *others = self._prepare_again(plan)
        return validate, Task("PlaceCatletCommand", Pause(0.2)), *others

    def _prepare_again(self, plan: Plan) -> tuple[Step, ...]:
        def resolve(run: Run) -> Iterable[Step]:
            yield Pause(1.0)
            try:
                plan.build(self._genes)
            except Refused as refused:
                yield Fail(str(refused), 0.0)

        return (
            Task("ValidateCatletConfigCommand", Pause(0.2)),
            Task("ResolveCatletConfigCommand", resolve),
            Task("ResolveGenesCommand", Pause(0.5)),
        )

    def _fetch(self, wanted: Iterable[GeneRow]) -> Iterable[Step]:
        genes = [gene for gene in wanted if gene.gene_type != "Catlet"]
        yield Together(
            *(
                Task("PrepareGeneCommand", self._genes.prepare(gene), display_name=f"Preparing gene {gene.old_id}")
                for gene in genes
            )
        )

    def _deploy(self, run: Run, plan: Plan, project: ProjectRow) -> Iterable[Step]:
        database, built = run.database, plan.built
        wanted = instantiated(built.configuration, database.random)
        refusal = database.placement.refusal(wanted["environment"], wanted["store"])
        catlet = CatletRow(
            id=database.new_id(),
            vm_id=database.new_id(),
            name=str(wanted["name"]),
            project=project,
            configuration=before_setup(wanted),
            genes=built.genes,
        )

        def store(run: Run) -> None:
            database.catlets[catlet.id] = catlet
            database.attach(run.operation, "Catlet", catlet)

        def set_up(run: Run) -> Iterable[Step]:
            if self._is_first:
                yield from self._fetch(built.genes)
            yield from self._converge(catlet, wanted, None)

        yield Task("CreateCatletVMCommand", Fail(refusal) if refusal else Pause(8.0))
        yield Task("UpdateCatletCommand", set_up, on_created=store)

    def _converge(self, catlet: CatletRow, wanted: Configuration, before: Mapping[str, Any] | None) -> Iterable[Task]:
        tasks = tuple(converge(self._genes, catlet, wanted, before))
        return tasks[:-1] if self._is_first else tasks


def _check_variables(plan: Plan) -> Iterable[Step]:
    yield Pause(0.5)
    try:
        substituted(with_system_variables(plan.built.configuration, "#catletId", "#vmId"))
    except Refused as refused:
        yield Fail(str(refused), 0.0)


def _resulting(command: str, finish: Callable[[], Configuration], *steps: Step) -> Task:
    def set_result(run: Run) -> None:
        run.operation.result = {"result_type": "CatletConfig", "configuration": finish()}

    return Task(command, *steps, on_completed=set_result)
