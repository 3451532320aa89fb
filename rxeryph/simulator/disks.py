"""The endpoints of virtual disks and virtual networks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from . import documents, traces
from .call import NO_WRITE, Answer, Call, Endpoint
from .database import Database, DiskRow, OperationRow, ProjectRow
from .problem import Problem
from .submissions import Submissions
from .validation import correlation_id, guid, new_disk


class Disks:
    """The endpoints of virtual disks, and those that only read virtual networks."""

    def __init__(self, database: Database, submissions: Submissions) -> None:
        self._database = database
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write, projects = "compute:catlets:read", "compute:catlets:write", "compute:projects:read"
        return (
            Endpoint("GET", "/v1/virtualdisks", read, self.list_disks),
            Endpoint("POST", "/v1/virtualdisks", write, self.create_disk),
            Endpoint("GET", "/v1/virtualdisks/{id}", read, self.get_disk),
            Endpoint("DELETE", "/v1/virtualdisks/{id}", write, self.delete_disk),
            Endpoint("GET", "/v1/virtualnetworks", projects, self.list_networks),
            Endpoint("GET", "/v1/virtualnetworks/{id}", projects, self.get_network),
        )

    def list_disks(self, call: Call) -> Answer:
        found = (row for row in self._database.disks.values() if _is_asked_for(call, row.project))
        show = partial(self._show, call)
        return 200, {"value": [show(row) for row in sorted(found, key=lambda row: row.id)]}

    def get_disk(self, call: Call) -> Answer:
        return 200, self._show(call, self._disk(call, "reader"))

    def create_disk(self, call: Call) -> Answer:
        body = call.body()
        wish, wanted = correlation_id(body), new_disk(body)
        project = self._database.projects.get(wanted.project_id)
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        disk = DiskRow(
            self._database.new_id(),
            wanted.name,
            project,
            wanted.location,
            wanted.size,
            environment=wanted.environment,
            data_store=wanted.store,
        )
        if any(disk.place == other.place for other in self._database.disks.values()):
            raise Problem(
                409,
                f"A disk with the name '{body['name']}' already exists in the specified storage location."
                " Disk names must be unique within a storage location.",
            )
        return self._submissions.begin(call, traces.create_disk(disk), wish)

    def delete_disk(self, call: Call) -> Answer:
        disk = self._disk(call, "contributor")
        if disk.catlet_id is not None:
            raise Problem(400, "The disk is attached to a virtual machine and cannot be deleted.")

        def attach(operation: OperationRow) -> None:
            self._database.attach_resource(operation, "VirtualDisk", disk.id)
            self._database.attach_project(operation, disk.project)

        return self._submissions.begin(call, traces.destroy_disk(disk), None, attach)

    def list_networks(self, call: Call) -> Answer:
        found = (row for row in self._database.networks.values() if _is_asked_for(call, row.project))
        return 200, {"value": [documents.virtual_network(row) for row in sorted(found, key=lambda row: row.id)]}

    def get_network(self, call: Call) -> Answer:
        row = self._database.networks.get(call.id)
        if row is None or not call.caller.has_role("reader", row.project):
            raise Problem(404)
        return 200, documents.virtual_network(row)

    def _disk(self, call: Call, role: str) -> DiskRow:
        row = self._database.disks.get(call.id)
        if row is None or not call.caller.has_role(role, row.project):
            raise Problem(404)
        return row

    def _show(self, call: Call, row: DiskRow) -> documents.Document:
        return documents.virtual_disk(row, with_path=call.caller.is_super_admin)


def _is_asked_for(call: Call, project: ProjectRow) -> bool:
    wanted = call.query("project_id")
    return call.caller.has_role("reader", project) and (not wanted or project.id == guid(wanted))
