"""The endpoints of virtual disks."""

from __future__ import annotations

from collections.abc import Iterable

from ..api import BY_PROJECT, NO_WRITE, Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import INTEGER_OR_STRING, STRING, Member
from ..bodies.disks import new_disk
from ..bodies.reading import CORRELATION_ID, correlation_id
from ..database import Database
from ..level import Level
from ..problem import Problem
from ..resources import Resources
from ..rows import DiskRow
from ..submissions import Submissions
from ..traces import disks as traces

_TEXT = Member(STRING, is_required=True, is_nullable=False)
_NEW = CORRELATION_ID | {
    **{"project_id": _TEXT, "name": _TEXT, "location": _TEXT, "size": Member(INTEGER_OR_STRING, is_required=True)},
    **{"environment": Member(STRING), "store": Member(STRING)},
}


class Disks:
    """Virtual disks, with or without a catlet."""

    def __init__(self, database: Database, submissions: Submissions, level: Level) -> None:
        self._database = database
        self._resources = Resources(database, level)
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "compute:catlets:read", "compute:catlets:write"
        return (
            Endpoint("GET", "/v1/virtualdisks", read, self.list, query=BY_PROJECT),
            Endpoint("POST", "/v1/virtualdisks", write, self.create, body=Body("request", _NEW)),
            Endpoint("GET", "/v1/virtualdisks/{id}", read, self.get),
            Endpoint("DELETE", "/v1/virtualdisks/{id}", write, self.delete),
        )

    def list(self, call: Call) -> Answer:
        shows_path = call.caller.is_super_admin
        return 200, {
            "value": [self._resources.disk(row, shows_path=shows_path) for row in call.select(self._database.disks)]
        }

    def get(self, call: Call) -> Answer:
        return 200, self._resources.disk(call.find(self._database.disks), shows_path=call.caller.is_super_admin)

    def create(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, wanted = correlation_id(body), new_disk(body)
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
        return self._submissions.begin(call, traces.create_disk(disk), chosen_id)

    def delete(self, call: Call) -> Answer:
        disk = call.find(self._database.disks, "contributor")
        if disk.gene is not None:
            raise Problem(400, "The disk belongs to the gene pool and cannot be deleted.")
        if self._database.children_of(disk):
            raise Problem(400, "The disk has children and cannot be deleted.")
        if disk.catlet_id is None and disk.is_frozen:
            raise Problem(400, "The configuration of the disk is frozen, so the disk cannot be deleted.")
        if disk.catlet_id is not None:
            raise Problem(400, "The disk is attached to a virtual machine and cannot be deleted.")

        return self._submissions.begin(call, traces.destroy_disk(disk), resource=("VirtualDisk", disk))
