"""The endpoints of virtual networks."""

from __future__ import annotations

from collections.abc import Iterable

from .. import documents
from ..api import BY_PROJECT, Answer, Call, Endpoint
from ..binding.binder import Body
from ..bodies.networks import network_configuration
from ..bodies.reading import CONFIGURATION, correlation_id
from ..database import Database
from ..level import Level
from ..networking.settings import shown
from ..rows import NetworkRow
from ..submissions import Submissions
from ..traces import networks as traces


class Networks:
    """The virtual networks of projects."""

    def __init__(self, database: Database, submissions: Submissions, level: Level) -> None:
        self._database = database
        self._level = level
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "compute:projects:read", "compute:projects:write"
        configuration = "/v1/projects/{project_id}/virtualnetworks/config"
        return (
            Endpoint("GET", "/v1/virtualnetworks", read, self.list, query=BY_PROJECT),
            Endpoint("GET", "/v1/virtualnetworks/{id}", read, self.get),
            Endpoint("GET", configuration, read, self.get_config, is_negotiated=True),
            Endpoint("PUT", configuration, write, self.update_config, body=Body("Body", CONFIGURATION)),
        )

    def list(self, call: Call) -> Answer:
        return 200, {"value": [_document(row) for row in call.select(self._database.networks)]}

    def get(self, call: Call) -> Answer:
        return 200, _document(call.find(self._database.networks))

    def get_config(self, call: Call) -> Answer:
        project = call.find(self._database.projects, parameter="project_id")
        rows = self._database.networks_of(project)
        rows.sort(key=lambda row: (row.environment != "default", row.environment, row.name))
        networks = [shown(row.configuration) for row in rows]
        return 200, {"configuration": {"version": "1.0", "project": project.name, "networks": networks}}

    def update_config(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, project = correlation_id(body), call.own_project(self._database.projects)
        wanted = network_configuration(body, self._level)
        return self._submissions.begin(call, traces.update_networks(project, wanted), chosen_id, project=project)


def _document(row: NetworkRow) -> documents.Document:
    document: documents.Document = {
        "id": row.id,
        "name": row.name,
        "project": documents.project(row.project),
        "environment": row.environment,
        "provider_name": row.configuration["provider"]["name"],
    }
    if row.configuration["address"]:
        document["ip_network"] = row.configuration["address"]
    return document
