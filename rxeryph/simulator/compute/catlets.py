"""The endpoints of catlets."""

from __future__ import annotations

from collections.abc import Iterable

from ..api import BY_PROJECT, NO_WRITE, Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import Member, choice
from ..bodies.catlets import catlet_configuration
from ..bodies.reading import CONFIGURATION, correlation_id
from ..configurations.building import parent_of
from ..configurations.instance import shown
from ..configurations.older import difference
from ..database import Database
from ..genepool import GenePool
from ..level import Level
from ..problem import Problem
from ..resources import Resources
from ..rows import CatletRow, ProjectRow
from ..submissions import Submissions
from ..tasks.steps import Task
from ..traces import catlets as traces
from .work import catlet_work

_MODES = "Shutdown", "Hard", "Kill"
"""Servers with API 1.0 lack the last one."""


class Catlets:
    """Catlets, their configuration and their state."""

    def __init__(self, database: Database, genes: GenePool, submissions: Submissions, level: Level) -> None:
        self._database = database
        self._genes = genes
        self._work = catlet_work(genes, level)
        self._submissions = submissions
        self._level = level
        self._resources = Resources(database, level)

    def endpoints(self) -> Iterable[Endpoint]:
        read, write, control = (f"compute:catlets:{right}" for right in ("read", "write", "control"))
        modes = _MODES if self._level.has((1, 1)) else _MODES[:-1]
        mode = Member(choice(*modes, is_required=True), is_required=True)
        return (
            Endpoint("GET", "/v1/catlets", read, self.list, query=BY_PROJECT),
            Endpoint("POST", "/v1/catlets", write, self.create, body=Body("request", CONFIGURATION)),
            Endpoint("GET", "/v1/catlets/{id}", read, self.get),
            Endpoint("PUT", "/v1/catlets/{id}", write, self.update, body=Body("Body", CONFIGURATION)),
            Endpoint("DELETE", "/v1/catlets/{id}", write, self.delete),
            Endpoint("GET", "/v1/catlets/{id}/config", read, self.get_config, is_negotiated=True),
            Endpoint("PUT", "/v1/catlets/{id}/start", control, self.start),
            Endpoint("PUT", "/v1/catlets/{id}/stop", control, self.stop, body=Body("Body", {"mode": mode})),
        )

    def list(self, call: Call) -> Answer:
        return 200, {"value": [self._resources.catlet(row) for row in call.select(self._database.catlets)]}

    def get(self, call: Call) -> Answer:
        return 200, self._resources.catlet(call.find(self._database.catlets))

    def get_config(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets)
        if self._level.is_old:
            parent = parent_of(self._genes, catlet.configuration.get("parent"))
            return 200, {"configuration": difference(catlet, parent)}
        disks = {disk.name: disk for disk in self._database.disks_of(catlet)}
        return 200, {"configuration": shown(catlet, disks.get)}

    def create(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, configuration = correlation_id(body), catlet_configuration(body, self._level)
        named = str(configuration.get("project") or "").strip() or "default"
        project = self._database.project_named(named, call.caller.tenant_id)
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        name = str(configuration.get("name") or "").strip().lower() or "catlet"
        environment = str(configuration.get("environment") or "").strip().lower() or "default"
        if self._database.catlet_named(name, project, environment if self._level.is_old else None) is not None:
            raise name_is_taken(name, project)
        return self._submissions.begin(call, self._work.create(project, configuration), chosen_id)

    def update(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, configuration = correlation_id(body), catlet_configuration(body, self._level)
        catlet = call.find(self._database.catlets, "contributor")
        return self._change(call, catlet, self._work.update(catlet, configuration), chosen_id)

    def start(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets, "contributor")
        return self._change(call, catlet, traces.start_catlet(catlet, records_state=self._level.has((1, 1))))

    def stop(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets, "contributor")
        mode = str(call.body()["mode"])
        return self._change(call, catlet, traces.stop_catlet(catlet, mode, records_state=self._level.has((1, 1))))

    def delete(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets, "contributor")
        return self._change(call, catlet, traces.delete_catlet(catlet))

    def _change(self, call: Call, catlet: CatletRow, script: Task, chosen_id: str | None = None) -> Answer:
        return self._submissions.begin(call, script, chosen_id, resource=("Catlet", catlet))


def name_is_taken(name: str, project: ProjectRow) -> Problem:
    """The answer to a second catlet of that name in the project."""
    return Problem(
        409,
        f"A catlet with the name '{name}' already exists in the project '{project.name}'."
        " Catlet names must be unique within a project.",
    )
