"""The endpoints of catlets."""

from __future__ import annotations

from collections.abc import Iterable

from .. import documents
from ..api import BY_PROJECT, NO_WRITE, Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import Member, choice
from ..bodies.catlets import catlet_configuration
from ..bodies.reading import CONFIGURATION, correlation_id
from ..configurations.instance import shown
from ..database import Database
from ..genepool import GenePool
from ..networking import ports
from ..problem import Problem
from ..rows import CatletRow, ProjectRow
from ..submissions import Submissions
from ..tasks.steps import Task
from ..traces import catlets as traces

_MODE = Body("Body", {"mode": Member(choice("Shutdown", "Hard", "Kill", is_required=True), is_required=True)})


class Catlets:
    """Catlets, their configuration and their state."""

    def __init__(self, database: Database, genes: GenePool, submissions: Submissions) -> None:
        self._database = database
        self._genes = genes
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write, control = (f"compute:catlets:{right}" for right in ("read", "write", "control"))
        return (
            Endpoint("GET", "/v1/catlets", read, self.list, query=BY_PROJECT),
            Endpoint("POST", "/v1/catlets", write, self.create, body=Body("request", CONFIGURATION)),
            Endpoint("GET", "/v1/catlets/{id}", read, self.get),
            Endpoint("PUT", "/v1/catlets/{id}", write, self.update, body=Body("Body", CONFIGURATION)),
            Endpoint("DELETE", "/v1/catlets/{id}", write, self.delete),
            Endpoint("GET", "/v1/catlets/{id}/config", read, self.get_config),
            Endpoint("PUT", "/v1/catlets/{id}/start", control, self.start),
            Endpoint("PUT", "/v1/catlets/{id}/stop", control, self.stop, body=_MODE),
        )

    def list(self, call: Call) -> Answer:
        return 200, {"value": [self._document(row) for row in call.select(self._database.catlets)]}

    def get(self, call: Call) -> Answer:
        return 200, self._document(call.find(self._database.catlets))

    def get_config(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets)
        disks = {disk.name: disk for disk in self._database.disks_of(catlet)}
        return 200, {"configuration": shown(catlet, disks.get)}

    def create(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, configuration = correlation_id(body), catlet_configuration(body)
        project = self._database.project_named(str(configuration.get("project") or "").strip() or "default")
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        name = str(configuration.get("name") or "").strip().lower() or "catlet"
        if self._database.catlet_named(name, project) is not None:
            raise name_is_taken(name, project)
        return self._submissions.begin(call, traces.create_catlet(self._genes, project, configuration), chosen_id)

    def update(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, configuration = correlation_id(body), catlet_configuration(body)
        catlet = call.find(self._database.catlets, "contributor")
        return self._change(call, catlet, traces.update_catlet(self._genes, catlet, configuration), chosen_id)

    def start(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets, "contributor")
        return self._change(call, catlet, traces.start_catlet(catlet))

    def stop(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets, "contributor")
        return self._change(call, catlet, traces.stop_catlet(catlet, str(call.body()["mode"])))

    def delete(self, call: Call) -> Answer:
        catlet = call.find(self._database.catlets, "contributor")
        return self._change(call, catlet, traces.delete_catlet(catlet))

    def _change(self, call: Call, catlet: CatletRow, script: Task, chosen_id: str | None = None) -> Answer:
        return self._submissions.begin(call, script, chosen_id, resource=("Catlet", catlet))

    def _document(self, row: CatletRow) -> documents.Document:
        origin: documents.Document = {}
        if row.origin is not None:
            specification, version = row.origin
            ids = {"specification_id": specification.id, "specification_version_id": version.id}
            origin = {"specification": ids}
        return {
            "id": row.id,
            "name": row.name,
            "vm_id": row.vm_id,
            "project": documents.project(row.project),
            "status": row.status,
            "is_deprecated": False,
            "networks": [ports.shown(port) for port in row.ports],
            "network_adapters": [
                {"name": adapter["name"], "mac_address": adapter["mac_address"]}
                for adapter in row.configuration["network_adapters"]
            ],
            "drives": [{"type": "Vhd", "attached_disk_id": disk.id} for disk in self._database.disks_of(row)],
            **origin,
        }


def name_is_taken(name: str, project: ProjectRow) -> Problem:
    """The answer to a second catlet of that name in the project."""
    return Problem(
        409,
        f"A catlet with the name '{name}' already exists in the project '{project.name}'."
        " Catlet names must be unique within a project.",
    )
