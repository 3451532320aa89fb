"""The endpoints that expand a catlet configuration, fill in its variables, or check it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from ..api import NO_WRITE, Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import BOOLEAN, Member, Raw
from ..bodies.catlets import catlet_configuration, checked_configuration
from ..bodies.reading import CONFIGURATION, correlation_id
from ..configurations.members import Configuration
from ..configurations.normalising import Refused
from ..configurations.plans import Plan, expansion, population
from ..database import Database
from ..genepool import GenePool
from ..problem import Problem
from ..submissions import Submissions
from ..tasks.steps import Fail, Run, Step, Task
from ..traces.catlets import build_specification

Finish: TypeAlias = Callable[[Configuration], Configuration]

_EXPANDED = CONFIGURATION | {"show_secrets": Member(BOOLEAN)}
_NEW, _EXISTING = Body("request", _EXPANDED), Body("Body", _EXPANDED)
_GIVEN = Body("request", CONFIGURATION)
_ONLY = Body("request", {"configuration": Member(Raw(), is_required=True)})


class Configurations:
    """What can be done with a configuration without making a catlet."""

    def __init__(self, database: Database, genes: GenePool, submissions: Submissions) -> None:
        self._database = database
        self._genes = genes
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "compute:catlets:read", "compute:catlets:write"
        return (
            Endpoint("POST", "/v1/catlets/config/expand", write, self.expand, body=_NEW),
            Endpoint("POST", "/v1/catlets/{id}/config/expand", write, self.expand_existing, (1, 2), _EXISTING),
            Endpoint("POST", "/v1/catlets/config/populate-variables", write, self.populate, (1, 1), _GIVEN),
            Endpoint("POST", "/v1/catlets/config/validate", read, self.validate, body=_ONLY),
        )

    def expand(self, call: Call) -> Answer:
        """Begin to expand a configuration. Secrets in the result are redacted unless the caller asks for them."""
        body = call.body()
        return self._build(call, "ExpandNewCatletConfigCommand", self._checked(call, body), _expansion(body))

    def expand_existing(self, call: Call) -> Answer:
        """Expand a configuration in the project of a catlet, even if the configuration names another."""
        body = call.body()
        given = catlet_configuration(body)
        catlet = call.find(self._database.catlets, "contributor")
        plan = Plan(given, catlet.project.name)
        return self._build(call, "ExpandNewCatletConfigCommand", plan, _expansion(body))

    def populate(self, call: Call) -> Answer:
        """Begin to fill in the variables. The result is the configuration as given, with those of its parents."""
        plan = self._checked(call, call.body())
        return self._build(
            call, "PopulateCatletConfigVariablesCommand", plan, lambda built: population(plan.given, built)
        )

    def validate(self, call: Call) -> Answer:
        """Check a configuration. The answer is 200 for an invalid one too."""
        _, issues = checked_configuration(str(call.body()["configuration"]))
        errors = [{"member": path, "message": message} for path, found in issues.items() for message in found]
        return 200, {"is_valid": not errors, **({"errors": errors} if errors else {})}

    def _checked(self, call: Call, body: Mapping[str, object]) -> Plan:
        configuration = catlet_configuration(body)
        project = self._database.project_named(str(configuration.get("project") or "").strip() or "default")
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        return Plan(configuration, project.name)

    def _build(self, call: Call, command: str, plan: Plan, finish: Finish) -> Answer:
        found: list[Configuration] = []

        def work_out(run: Run) -> Iterable[Step]:
            try:
                found.append(finish(plan.built.configuration))
            except Refused as refused:
                yield Fail(str(refused), 0.0)

        def hand_over(run: Run) -> None:
            run.operation.result = {"result_type": "CatletConfig", "configuration": found[-1]}

        script = Task(command, build_specification(self._genes, plan), work_out, on_completed=hand_over)
        return self._submissions.begin(call, script, correlation_id(call.body()))


def _expansion(body: Mapping[str, object]) -> Finish:
    return lambda built: expansion(built, shows_secrets=body.get("show_secrets") is True)
