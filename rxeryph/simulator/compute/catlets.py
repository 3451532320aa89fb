"""The endpoints of catlets."""

from __future__ import annotations

from collections.abc import Iterable

from .. import documents
from ..api import BY_PROJECT, NO_WRITE, Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import Member, choice
from ..bodies.catlets import catlet_configuration
from ..bodies.reading import CONFIGURATION, correlation_id
from ..catlet_settings import adapters, expanded, redacted
from ..database import Database
from ..genepool import GenePool
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
        return 200, {"configuration": redacted(expanded(call.find(self._database.catlets).configuration))}

    def create(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, configuration = correlation_id(body), catlet_configuration(body)
        project = self._database.project_named(str(configuration.get("project") or "").strip() or "default")
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        name = str(configuration.get("name") or "").strip() or "catlet"
        if self._database.catlet_named(name, project) is not None:
            raise name_is_taken(name, project)
        configuration |= {"project": project.name, "name": name.lower()}
        return self._submissions.begin(call, traces.create_catlet(self._genes, project, configuration), chosen_id)

    def update(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, configuration = correlation_id(body), catlet_configuration(body)
        catlet = call.find(self._database.catlets, "contributor")
        return self._change(
            call, catlet, traces.update_catlet(self._genes, catlet, {"name": catlet.name, **configuration}), chosen_id
        )

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
        address = f"10.0.{row.number // 250}.{row.number % 250 + 2}"
        return {
            "id": row.id,
            "name": row.name,
            "vm_id": row.vm_id,
            "project": documents.project(row.project),
            "status": row.status,
            "is_deprecated": False,
            "networks": [
                {
                    "name": "default",
                    "provider": "default",
                    "ip_v4_addresses": [address],
                    "i_pv4_default_gateway": "10.0.0.1",
                    "dns_server_addresses": ["9.9.9.9"],
                    "ip_v4_subnets": ["10.0.0.0/20"],
                }
            ],
            "network_adapters": [
                {
                    "name": name,
                    "mac_address": f"d2:ab:{row.number >> 8 & 255:02x}:{row.number & 255:02x}:00:{index:02x}",
                }
                for index, name in enumerate(adapters(row.configuration))
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
