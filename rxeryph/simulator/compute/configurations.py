"""Catlet configurations: expand one, fill its variables in, or check it."""

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
    """The endpoints below ``/v1/catlets/config``."""

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
        """The result is redacted, unless the caller wishes to see secrets."""
        body = call.body()
        configuration = self._checked(call, body)
        return self._build(call, "ExpandNewCatletConfigCommand", configuration, _expansion(body))

    def expand_existing(self, call: Call) -> Answer:
        """The same in the project of a catlet, whatever the configuration says."""
        catlet = call.find(self._database.catlets, "contributor")
        body = call.body()
        configuration = catlet_configuration(body, catlet.name) | {"project": catlet.project.name}
        return self._build(call, "ExpandNewCatletConfigCommand", configuration, _expansion(body))

    def populate(self, call: Call) -> Answer:
        """The result is what was given; no parent here declares variables."""
        return self._build(call, "PopulateCatletConfigVariablesCommand", self._checked(call, call.body()), dict)

    def validate(self, call: Call) -> Answer:
        """Always 200, also for a configuration that is wrong."""
        body = call.body()
        if body.get("configuration") is None:
            raise Problem(400, errors={"$.configuration": ["The configuration field is required."]})
        try:
            catlet_configuration(body)
        except Problem as problem:
            errors = [
                {"member": path.replace("$.configuration", "$"), "message": text}
                for path, texts in (problem.errors or {}).items()
                for text in texts
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
