"""What the simulated server keeps: projects, catlets, disks, clients and operations with all their rows."""

from __future__ import annotations

import hashlib
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

BEGINNING = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
"""When every simulated server was started, so that the same seed gives the same times."""

TENANT_ID = "c1813384-8ecb-4f17-b846-821ee515d19b"
DEFAULT_PROJECT_ID = "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
TERMINAL = frozenset({"Completed", "Failed", "Cancelled"})
ROLES = {
    "owner": "918d2c23-8e9a-41ae-8f0e-adaca3becbc4",
    "contributor": "6c526814-2466-4bc1-92fd-1728c1152f3d",
    "reader": "47982531-a6d2-41e4-ad6c-d5023deb7710",
}
SYSTEM_CLIENT = "system-client"
SUPER_ADMIN = "e5e83176-7543-4d01-baea-08a00ea064a6"

DEFAULT_NETWORK: dict[str, object] = {
    "name": "default",
    "address": "10.0.0.0/20",
    "subnets": [
        {"name": "default", "ip_pools": [{"name": "default", "first_ip": "10.0.0.50", "last_ip": "10.0.15.240"}]}
    ],
}
"""The network that every project begins with, as in its network configuration."""

_BEGINNING_TICKS = int(BEGINNING.timestamp()) * 10_000_000


def ticks_at(seconds: float) -> int:
    """A moment of simulated time as the server stamps it: units of 100 ns since 1970."""
    return _BEGINNING_TICKS + round(seconds * 10_000_000)


@dataclass(slots=True)
class ProjectRow:
    id: str
    name: str
    members: dict[str, MemberRow] = field(default_factory=dict)
    """Which client has which role, by the id of the assignment."""

    @property
    def project(self) -> ProjectRow:
        """Itself: its own roles decide who may see it."""
        return self

    def add(self, assignment_id: str, client_id: str, role: str) -> None:
        """Give a client a role."""
        self.members[assignment_id] = MemberRow(assignment_id, self, client_id, role)


@dataclass(slots=True)
class MemberRow:
    id: str
    project: ProjectRow
    client_id: str
    role: str


@dataclass(slots=True)
class GeneRow:
    gene_type: str
    gene_set: str
    name: str
    architecture: str
    size: int
    """In bytes."""

    @property
    def unique_id(self) -> str:
        """How the server names it in texts."""
        return f"{self.gene_type.lower()}::gene:{self.gene_set}:{self.name}[{self.architecture}]"

    @property
    def id(self) -> str:
        """The same wherever the gene is kept."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.unique_id))

    @property
    def hash(self) -> str:
        """The hash of its content."""
        return f"sha256:{hashlib.sha256(self.unique_id.encode()).hexdigest()}"


@dataclass(slots=True)
class DiskRow:
    id: str
    name: str
    project: ProjectRow
    location: str
    size: int
    """In GiB."""
    catlet_id: str | None = None
    """The catlet it is attached to."""
    environment: str = "default"
    data_store: str = "default"
    gene: GeneRow | None = None
    """The gene of the pool that it is."""
    parent: DiskRow | None = None
    """The disk of the pool it holds the differences to."""

    @property
    def place(self) -> tuple[str, ...]:
        """Where it is stored; no two disks share it."""
        return self.project.id, self.data_store, self.environment, self.location, self.name


@dataclass(slots=True)
class NetworkRow:
    id: str
    name: str
    project: ProjectRow
    configuration: dict[str, object] = field(default_factory=dict)
    """What was asked for, as in the network configuration of the project."""


@dataclass(slots=True)
class VersionRow:
    id: str
    created: int
    comment: str | None
    content_type: str
    content: str
    configuration: dict[str, object]
    """What the content says."""
    architectures: tuple[str, ...]


@dataclass(slots=True)
class SpecificationRow:
    id: str
    name: str
    project: ProjectRow
    versions: list[VersionRow]
    """Oldest first; there is always one."""


@dataclass(slots=True)
class CatletRow:
    id: str
    vm_id: str
    name: str
    project: ProjectRow
    configuration: dict[str, object]
    status: str = "Stopped"
    number: int = 0
    origin: tuple[SpecificationRow, VersionRow] | None = None
    """The specification it was deployed from, and which version of it."""
    shell: dict[str, str] = field(default_factory=dict)
    """Settings of the guest services."""

    @property
    def location(self) -> str:
        """Where its own disks are stored."""
        return self.id[:8]


Resource: TypeAlias = CatletRow | DiskRow | SpecificationRow


@dataclass(slots=True)
class TaskRow:
    id: str
    parent_id: str
    name: str
    display_name: str | None
    created: int
    status: str = "Queued"
    progress: int = 0
    started_at: int | None = None
    ended_at: int | None = None
    reference: dict[str, str] | None = None


@dataclass(slots=True)
class LogRow:
    id: str
    task_id: str
    message: str
    ticks: int


@dataclass(slots=True)
class ResourceRow:
    id: str
    resource_id: str
    resource_type: str


@dataclass(slots=True)
class OperationRow:
    id: str
    requested_by: str | None
    created: int
    status: str = "Queued"
    status_message: str = "Queued"
    started_at: int | None = None
    ended_at: int | None = None
    resources: list[ResourceRow] = field(default_factory=list)
    projects: list[ProjectRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    log_entries: list[LogRow] = field(default_factory=list)
    result: dict[str, object] | None = None


class Database:
    """The rows by id. ``random`` makes every id, so that a seed tells them all."""

    def __init__(self, random: random.Random) -> None:
        self.random = random
        self.projects: dict[str, ProjectRow] = {}
        self.networks: dict[str, NetworkRow] = {}
        self.disks: dict[str, DiskRow] = {}
        self.genes: dict[str, GeneRow] = {}
        """What the gene pool of the host holds."""
        self.catlets: dict[str, CatletRow] = {}
        self.specifications: dict[str, SpecificationRow] = {}
        self.operations: dict[str, OperationRow] = {}
        self.catlets_made = 0
        self.add_project(ProjectRow(DEFAULT_PROJECT_ID, "default"))

    def new_id(self) -> str:
        """A random GUID."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def add_project(self, project: ProjectRow) -> None:
        """A new project, with the network every project begins with."""
        self.projects[project.id] = project
        self.set_networks(project, [DEFAULT_NETWORK])

    def set_networks(self, project: ProjectRow, wanted: list[dict[str, object]]) -> None:
        """Let ``project`` have the networks ``wanted``; one that keeps its name keeps its id."""
        known = {row.name: row.id for row in self.networks.values() if row.project is project}
        self.networks = {key: row for key, row in self.networks.items() if row.project is not project}
        for configuration in wanted:
            name = str(configuration["name"])
            row = NetworkRow(known.get(name) or self.new_id(), name, project, dict(configuration))
            self.networks[row.id] = row

    def disks_of(self, catlet: CatletRow) -> list[DiskRow]:
        """The disks attached to a catlet."""
        return [disk for disk in self.disks.values() if disk.catlet_id == catlet.id]

    def children_of(self, disk: DiskRow) -> list[DiskRow]:
        """The disks that hold the differences to a disk."""
        return [child for child in self.disks.values() if child.parent is disk]

    def catlet_named(self, name: str, project: ProjectRow) -> CatletRow | None:
        """The catlet of that name in a project."""
        return next((row for row in self.catlets.values() if row.project is project and row.name == name), None)

    def deployed(self, specification: SpecificationRow) -> CatletRow | None:
        """The catlet that was deployed from a specification."""
        rows = self.catlets.values()
        return next((row for row in rows if row.origin and row.origin[0] is specification), None)

    def project_named(self, name: str) -> ProjectRow | None:
        """The project of that name, in any letter case."""
        return next((row for row in self.projects.values() if row.name == name.lower()), None)

    def attach_resource(self, operation: OperationRow, kind: str, resource_id: str) -> None:
        """Let ``operation`` refer to a resource, once."""
        if not any((row.resource_type, row.resource_id) == (kind, resource_id) for row in operation.resources):
            operation.resources.append(ResourceRow(self.new_id(), resource_id, kind))

    def attach_project(self, operation: OperationRow, project: ProjectRow) -> None:
        """Let ``operation`` refer to a project, once."""
        if project not in operation.projects:
            operation.projects.append(project)

    def attach(self, operation: OperationRow, kind: str, row: Resource) -> None:
        """Let ``operation`` refer to a resource and to its project."""
        self.attach_resource(operation, kind, row.id)
        self.attach_project(operation, row.project)

    def delete_project(self, project: ProjectRow) -> None:
        """Delete a project; every operation forgets that it belonged to it."""
        self.projects.pop(project.id, None)
        self.networks = {key: row for key, row in self.networks.items() if row.project is not project}
        self.disks = {key: row for key, row in self.disks.items() if row.project is not project}
        self.specifications = {key: row for key, row in self.specifications.items() if row.project is not project}
        for operation in self.operations.values():
            if project in operation.projects:
                operation.projects.remove(project)
