"""The operations on catlets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..configurations.machine import needs_stop
from ..configurations.normalising import Refused, refuse_unnamed_subnets
from ..configurations.plans import Plan
from ..configurations.updating import updated
from ..genepool import GenePool
from ..rows import Built, CatletRow, DiskRow, GeneRow, ProjectRow
from ..tasks.steps import Fail, Pause, Run, Step, Task, Together
from .deployment import Deployment, Made, converge, no_machine, while_it_exists
from .disks import destroy_disk


def create_catlet(genes: GenePool, project: ProjectRow, given: Mapping[str, Any]) -> Task:
    """Build, validate (which prepares the genes) and deploy a new catlet."""
    plan = Plan(given, project.name)
    return Task(
        "CreateCatletCommand",
        build_specification(genes, plan),
        lambda run: deploy_catlet(genes, project, plan.built),
        display_name=f"Create catlet {plan.title}",
    )


def build_specification(genes: GenePool, plan: Plan) -> Task:
    """Build a configuration, for which its genes are read. Fails if that is not possible."""

    def steps(run: Run) -> Iterable[Step]:
        refusals = list(plan.refusals())
        if refusals:
            yield Fail("\n".join(["The catlet configuration is invalid.", *refusals]))
        yield Task("BuildCatletSpecificationGenePoolCommand", ask, display_name="Build catlet specification")

    def ask(run: Run) -> Iterable[Step]:
        yield Pause(3.0)
        try:
            refuse_unnamed_subnets(plan.given)
            plan.build(genes)
        except Refused as refused:
            yield Fail(str(refused), 0.0)
        for gene in plan.built.genes:
            if gene.gene_type != "Volume":
                genes.keep(gene)  # without a task or a log line

    return Task("BuildCatletSpecificationCommand", steps)


def deploy_catlet(
    genes: GenePool, project: ProjectRow, built: Built, made: Made = lambda run, catlet: None
) -> Iterable[Step]:
    """Validate and deploy a configuration that was built. ``made`` is called in the commit that stores the catlet."""
    yield _validate(genes, built.genes)
    yield Deployment(genes, project, built, made).task()


def update_catlet(genes: GenePool, catlet: CatletRow, given: Mapping[str, Any]) -> Task:
    """Replace the configuration of a catlet. Some changes need it to be off, and others are not possible."""

    def steps(run: Run) -> Iterable[Step]:
        current = {**catlet.configuration, "project": catlet.project.name, "name": catlet.name}
        try:
            wanted = updated(given, current, f"The catlet {catlet.id}")
        except Refused as refused:
            yield Fail(str(refused))
            return
        refused_changes = list(needs_stop(wanted, current)) if catlet.status == "Running" else []
        refusal = "\n".join(
            f"Cannot change {what} if the catlet is not stopped. Stop the catlet and retry."
            for what in refused_changes
        )
        yield _validate(genes, ())
        yield Task(
            "DeployCatletCommand",
            *converge(genes, catlet, wanted, current, refusal=refusal),
            display_name=f"Deploy catlet {catlet.id}",
        )

    return Task("UpdateCatletCommand", while_it_exists(catlet, steps))


def start_catlet(catlet: CatletRow, *, records_state: bool) -> Task:
    """Start the machine, then record its state, which the first servers did in the background."""
    return Task(
        "StartCatletCommand",
        while_it_exists(
            catlet,
            *_then_state(Task("StartCatletVMCommand", _on_machine(catlet, 5.0)), catlet, "Running", records_state),
        ),
        display_name="Starting Catlet",
    )


def stop_catlet(catlet: CatletRow, mode: str, *, records_state: bool) -> Task:
    """Stop the machine in one of three ways, then record its state. Another way, named by a number, fails."""
    ways = {"Shutdown": ("ShutdownVMCommand", 10.0), "Hard": ("StopVMCommand", 3.0), "Kill": ("KillVMCommand", 1.0)}
    if mode not in ways:
        refusal = f"The stop mode {mode} is not supported. Use one of {', '.join(ways)}."
        return Task("StopCatletCommand", while_it_exists(catlet, Fail(refusal)), display_name="Stopping Catlet")
    command, seconds = ways[mode]
    return Task(
        "StopCatletCommand",
        while_it_exists(
            catlet, *_then_state(Task(command, _on_machine(catlet, seconds)), catlet, "Stopped", records_state)
        ),
        display_name="Stopping Catlet",
    )


def delete_catlet(catlet: CatletRow) -> Task:
    """Remove the machine, then the disks that are stored with it. Nothing is left to do for one that is gone."""

    def own_disks(run: Run) -> list[DiskRow]:
        return [disk for disk in run.database.disks_of(catlet) if disk.location == catlet.location]

    def attach_disks(run: Run) -> None:
        for disk in own_disks(run):
            run.database.attach_resource(run.operation, "VirtualDisk", disk.id)

    def destroy(run: Run) -> Iterable[Step]:
        yield Together(*(destroy_disk(disk) for disk in own_disks(run)))

    def remove(run: Run) -> Iterable[Step]:
        if run.database.catlets.pop(catlet.id, None) is None:
            return
        for disk in run.database.disks_of(catlet):
            if disk.is_frozen or disk.location != catlet.location:
                disk.catlet_id = None
        yield Task("DestroyResourcesCommand", destroy, display_name="Destroy Resources", on_created=attach_disks)

    def steps(run: Run) -> Iterable[Step]:
        if catlet.id in run.database.catlets:
            yield Task("RemoveCatletVMCommand", Pause(4.0))
            yield remove

    return Task(
        "DestroyCatletCommand",
        steps,
        display_name="Destroy Catlet",
        on_created=lambda run: run.database.attach(run.operation, "Catlet", catlet),
    )


def _validate(genes: GenePool, wanted: Iterable[GeneRow]) -> Task:
    children = [
        Task("PrepareGeneCommand", genes.prepare(gene), display_name=f"Preparing gene {gene.unique_id}")
        for gene in wanted
        if gene.gene_type == "Volume"
    ]
    return Task("ValidateCatletDeploymentCommand", Together(*children), display_name="Validate catlet deployment")


def _on_machine(catlet: CatletRow, seconds: float) -> Callable[[Run], Iterable[Step]]:
    """What takes ``seconds`` of the machine. The host looks for it before and afterwards."""

    def steps(run: Run) -> Iterable[Step]:
        if catlet.has_machine:
            yield Pause(seconds)
        if not catlet.has_machine:
            yield Fail(no_machine(catlet))

    return steps


def _then_state(task: Task, catlet: CatletRow, status: str, records_state: bool) -> tuple[Step, ...]:
    def record(run: Run) -> None:
        if catlet.has_machine:
            catlet.status = status

    def record_at_once(run: Run) -> Iterable[Step]:
        record(run)
        return ()

    if records_state:
        return task, Task("UpdateCatletStateCommand", Pause(0.5), on_completed=record)
    return task, record_at_once
