"""The endpoints that expand a catlet configuration, fill in its variables, or check it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from ..api import NO_WRITE, Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import BOOLEAN, Member, Raw
from ..bodies.catlets import catlet_configuration, checked_configuration
from ..bodies.reading import CONFIGURATION, correlation_id
from ..catlet_settings import expanded, redacted
from ..database import Database
from ..genepool import GenePool
from ..problem import Problem
from ..submissions import Submissions
from ..tasks.steps import Run, Task
from ..traces.catlets import build_specification

Finish: TypeAlias = Callable[[Mapping[str, object]], dict[str, object]]

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
        configuration = self._checked(call, body)
        return self._build(call, "ExpandNewCatletConfigCommand", configuration, _expansion(body))

    def expand_existing(self, call: Call) -> Answer:
        """Expand a configuration in the project of a catlet, even if the configuration names another."""
        body = call.body()
        given = catlet_configuration(body)
        catlet = call.find(self._database.catlets, "contributor")
        configuration = given | {"project": catlet.project.name}
        return self._build(call, "ExpandNewCatletConfigCommand", configuration, _expansion(body))

    def populate(self, call: Call) -> Answer:
        """Begin to fill in the variables. The result is the configuration as given: no parent here declares any."""
        return self._build(call, "PopulateCatletConfigVariablesCommand", self._checked(call, call.body()), dict)

    def validate(self, call: Call) -> Answer:
        """Check a configuration. The answer is 200 for an invalid one too."""
        _, issues = checked_configuration(str(call.body()["configuration"]))
        errors = [{"member": path, "message": message} for path, found in issues.items() for message in found]
        return 200, {"is_valid": not errors, **({"errors": errors} if errors else {})}

    def _checked(self, call: Call, body: Mapping[str, object]) -> dict[str, object]:
        configuration = catlet_configuration(body)
        project = self._database.project_named(str(configuration.get("project") or "").strip() or "default")
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        return configuration | {"project": project.name}

    def _build(self, call: Call, command: str, configuration: Mapping[str, object], finish: Finish) -> Answer:
        def hand_over(run: Run) -> None:
            run.operation.result = {"result_type": "CatletConfig", "configuration": finish(configuration)}

        script = Task(command, build_specification(self._genes, configuration), on_completed=hand_over)
        return self._submissions.begin(call, script, correlation_id(call.body()))


def _expansion(body: Mapping[str, object]) -> Finish:
    if body.get("show_secrets") is True:
        return expanded
    return lambda configuration: redacted(expanded(configuration))
