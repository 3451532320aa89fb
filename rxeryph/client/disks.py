"""Virtual disks: list, read, create and delete them."""

from __future__ import annotations

from ..configuration import names
from ..configuration.names import check_name
from ..model import VirtualDisk
from ..wire import load_virtual_disk, load_virtual_disks
from .calls import Calls, OpT
from .checks import check_whole_number
from .names import DISKS, Target, target

LARGEST = 65536
"""GiB."""


class VirtualDisks(Calls[OpT]):
    """The virtual disks of a server; see ``Catlets`` for what a change returns, and for names instead of ids."""

    def list(self, project_id: str | None = None) -> tuple[VirtualDisk, ...]:
        """The disks that the client may see, all or those of one project (name or id)."""
        return self._list("/v1/virtualdisks", project_id, load_virtual_disks)

    def get(self, disk_id: str, *, project: str | None = None) -> VirtualDisk:
        """One disk. Raises NotFoundError when it does not exist (yet) or is not visible."""
        disk = self._disk(disk_id, project, changes=False)
        return self._read(f"/v1/virtualdisks/{disk.find()}", load_virtual_disk)

    def create(
        self,
        project_id: str,
        name: str,
        location: str,
        size: int,
        *,
        environment: str | None = None,
        store: str | None = None,
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Create an empty disk of ``size`` GiB, 1 to 65536, at the storage identifier ``location``.

        ``environment`` and ``store`` name where to store it; the defaults are the server's. ``correlation_id`` (a
        GUID, default a new one) becomes the operation's id. The disk can be read once the operation has completed.
        Raises InvalidRequestError before anything is sent, AccessDeniedError (also for a project that does not
        exist), ConflictError when a disk of that name exists.
        """
        project = self._project(project_id, "$.project_id", changes=True)
        body: dict[str, object] = {
            "name": check_name(name, "$.name", names.DRIVE),
            "location": check_name(location, "$.location", names.LOCATION),
            "size": check_whole_number(size, "$.size", LARGEST, "GiB"),
        }
        for member, value in (("environment", environment), ("store", store)):
            if value is not None:
                body[member] = check_name(value, f"$.{member}", names.STORE)
        chosen = self._choose(correlation_id, once, self.create, project_id=project_id, **body)
        return self._submit_as(chosen, "POST", lambda: ("/v1/virtualdisks", {**body, "project_id": project.find()}))

    def delete(self, disk_id: str, *, project: str | None = None) -> OpT:
        """Delete a disk. InvalidRequestError if a catlet uses it or other disks are based on it."""
        disk = self._disk(disk_id, project, changes=True)
        return self._submit("DELETE", f"/v1/virtualdisks/{disk.find()}")

    def _disk(self, disk_id: str, project: str | None, *, changes: bool) -> Target:
        return target(self._transport, DISKS, disk_id, "disk_id", project, changes=changes)
