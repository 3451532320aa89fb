"""Catlet configurations: expand one, fill its variables in, or check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .call import NO_WRITE, Answer, Call, Endpoint
from .database import Database
from .genepool import GenePool
from .problem import Problem
from .script import Task
from .settings import expanded
from .submissions import Submissions
from .traces import build_specification
from .validation import catlet_configuration, correlation_id
from .workflow import Run


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
            Endpoint("POST", "/v1/catlets/config/populate-variables", write, self.populate, (1, 1)),
            Endpoint("POST", "/v1/catlets/config/validate", read, self.validate),
        )

    def expand(self, call: Call) -> Answer:
        return self._build(call, "ExpandNewCatletConfigCommand")

    def populate(self, call: Call) -> Answer:
        return self._build(call, "PopulateCatletConfigVariablesCommand")

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

    def _build(self, call: Call, command: str) -> Answer:
        body = call.body()
        wish, configuration = correlation_id(body), catlet_configuration(body)
        project = self._database.project_named(str(configuration["project"]))
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        return self._submissions.begin(call, build_configuration(command, self._genes, configuration), wish)


def build_configuration(command: str, genes: GenePool, configuration: Mapping[str, object]) -> Task:
    """Build the specification; its configuration is the result."""

    def hand_over(run: Run) -> None:
        run.operation.result = {"result_type": "CatletConfig", "configuration": expanded(configuration)}

    return Task(command, build_specification(genes, configuration), on_completed=hand_over)
