"""The endpoints that expand a catlet configuration, fill in its variables, or check it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from ..api import NO_WRITE, Answer, Call, Endpoint
from ..bodies.catlets import catlet_configuration
from ..bodies.reading import correlation_id
from ..catlet_settings import expanded, redacted
from ..database import Database
from ..genepool import GenePool
from ..problem import Problem
from ..submissions import Submissions
from ..tasks.steps import Run, Task
from ..traces.catlets import build_specification

Finish: TypeAlias = Callable[[Mapping[str, object]], dict[str, object]]


class Configurations:
    """What can be done with a configuration without making a catlet."""

    def __init__(self, database: Database, genes: GenePool, submissions: Submissions) -> None:
        self._database = database
        self._genes = genes
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "compute:catlets:read", "compute:catlets:write"
        return (
            Endpoint("POST", "/v1/catlets/config/expand", write, self.expand),
            Endpoint("POST", "/v1/catlets/{id}/config/expand", write, self.expand_existing, (1, 2)),
            Endpoint("POST", "/v1/catlets/config/populate-variables", write, self.populate, (1, 1)),
            Endpoint("POST", "/v1/catlets/config/validate", read, self.validate),
        )

    def expand(self, call: Call) -> Answer:
        """Begin to expand a configuration. Secrets in the result are redacted unless the caller asks for them."""
        body = call.body()
        configuration = self._checked(call, body)
        return self._build(call, "ExpandNewCatletConfigCommand", configuration, _expansion(body))

    def expand_existing(self, call: Call) -> Answer:
        """Expand a configuration in the project of a catlet, even if the configuration names another."""
        catlet = call.find(self._database.catlets, "contributor")
        body = call.body()
        configuration = catlet_configuration(body, catlet.name) | {"project": catlet.project.name}
        return self._build(call, "ExpandNewCatletConfigCommand", configuration, _expansion(body))

    def populate(self, call: Call) -> Answer:
        """Begin to fill in the variables. The result is the configuration as given: no parent here declares any."""
        return self._build(call, "PopulateCatletConfigVariablesCommand", self._checked(call, call.body()), dict)

    def validate(self, call: Call) -> Answer:
        """Check a configuration. The answer is 200 for an invalid one too."""
        body = call.body()
        if body.get("configuration") is None:
            raise Problem(400, errors={"$.configuration": ["The configuration field is required."]})
        try:
            catlet_configuration(body)
        except Problem as problem:
            errors = [
                {"member": path.replace("$.configuration", "$"), "message": message}
                for path, messages in (problem.errors or {}).items()
                for message in messages
            ]
            return 200, {"is_valid": False, "errors": errors}
        return 200, {"is_valid": True}

    def _checked(self, call: Call, body: Mapping[str, object]) -> dict[str, object]:
        configuration = catlet_configuration(body)
        project = self._database.project_named(str(configuration["project"]))
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        return configuration

    def _build(self, call: Call, command: str, configuration: Mapping[str, object], finish: Finish) -> Answer:
        def hand_over(run: Run) -> None:
            run.operation.result = {"result_type": "CatletConfig", "configuration": finish(configuration)}

        script = Task(command, build_specification(self._genes, configuration), on_completed=hand_over)
        return self._submissions.begin(call, script, correlation_id(call.body()))


def _expansion(body: Mapping[str, object]) -> Finish:
    if body.get("show_secrets") is True:
        return expanded
    return lambda configuration: redacted(expanded(configuration))
