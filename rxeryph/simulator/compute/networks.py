"""The endpoints of virtual networks."""

from __future__ import annotations

from collections.abc import Iterable

from .. import documents
from ..api import Answer, Call, Endpoint
from ..database import Database, NetworkRow


class Networks:
    """The virtual networks of projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def endpoints(self) -> Iterable[Endpoint]:
        read = "compute:projects:read"
        return (
            Endpoint("GET", "/v1/virtualnetworks", read, self.list),
            Endpoint("GET", "/v1/virtualnetworks/{id}", read, self.get),
        )

    def list(self, call: Call) -> Answer:
        return 200, {"value": [_document(row) for row in call.select(self._database.networks)]}

    def get(self, call: Call) -> Answer:
        return 200, _document(call.find(self._database.networks))


def _document(row: NetworkRow) -> documents.Document:
    return {
        "id": row.id,
        "name": row.name,
        "project": documents.project(row.project),
        "environment": "default",
        "provider_name": "default",
        "ip_network": "10.0.0.0/20",
    }
