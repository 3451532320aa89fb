"""The operations on catlets and configurations as servers with API 1.2 do them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..configurations.members import Configuration
from ..configurations.normalising import Refused
from ..configurations.plans import Plan, expansion, population
from ..genepool import GenePool
from ..rows import CatletRow, ProjectRow
from ..tasks.steps import Fail, Run, Step, Task
from .catlets import build_specification, create_catlet, update_catlet


class CurrentCatlets:
    """The operations of a server with API 1.2."""

    def __init__(self, genes: GenePool) -> None:
        self._genes = genes

    def create(self, project: ProjectRow, given: Mapping[str, Any]) -> Task:
        """Make a new catlet."""
        return create_catlet(self._genes, project, given)

    def update(self, catlet: CatletRow, given: Mapping[str, Any]) -> Task:
        """Replace the configuration of a catlet."""
        return update_catlet(self._genes, catlet, given)

    def expand(self, project: ProjectRow, given: Mapping[str, Any], *, shows_secrets: bool) -> Task:
        """Work out a new configuration."""
        plan = Plan(given, project.name)
        return self._build(
            "ExpandNewCatletConfigCommand", plan, lambda built: expansion(built, shows_secrets=shows_secrets)
        )

    def expand_existing(self, catlet: CatletRow, given: Mapping[str, Any], *, shows_secrets: bool) -> Task:
        """Work out a new configuration in the project of a catlet."""
        return self.expand(catlet.project, given, shows_secrets=shows_secrets)

    def populate(self, project: ProjectRow, given: Mapping[str, Any]) -> Task:
        """Add the variables that the parents declare."""
        plan = Plan(given, project.name)
        return self._build("PopulateCatletConfigVariablesCommand", plan, lambda built: population(plan.given, built))

    def _build(self, command: str, plan: Plan, finish: Callable[[Configuration], Configuration]) -> Task:
        found: list[Configuration] = []

        def work_out(run: Run) -> Iterable[Step]:
            try:
                found.append(finish(plan.built.configuration))
            except Refused as refused:
                yield Fail(str(refused), 0.0)

        def hand_over(run: Run) -> None:
            run.operation.result = {"result_type": "CatletConfig", "configuration": found[-1]}

        return Task(command, build_specification(self._genes, plan), work_out, on_completed=hand_over)
