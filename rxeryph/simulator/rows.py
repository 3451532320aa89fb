"""The rows of the server's database."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .private_key import PrivateKey

TERMINAL = frozenset({"Completed", "Failed", "Cancelled"})
"""The final statuses of operations and tasks."""


@dataclass(slots=True)
class ClientRow:
    id: str
    tenant_id: str
    name: str | None
    scopes: tuple[str, ...]
    key: PrivateKey | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    roles: tuple[str, ...] = ()


@dataclass(slots=True)
class ProjectRow:
    id: str
    tenant_id: str
    name: str
    members: dict[str, MemberRow] = field(default_factory=dict)
    """The roles of clients, by the id of the assignment."""

    @property
    def project(self) -> ProjectRow:
        """Itself, since its own roles decide who may see it."""
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
        """Its name in messages."""
        return f"{self.gene_type.lower()}::gene:{self.gene_set}:{self.name}[{self.architecture}]"

    @property
    def old_id(self) -> str:
        """Its name in messages of servers before API 1.2."""
        return f"{self.gene_type.lower()} gene:{self.gene_set}:{self.name} ({self.architecture})"

    @property
    def id(self) -> str:
        """Its id, which is the same on every host."""
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
    """The gene of the pool, if this is its disk."""
    parent: DiskRow | None = None
    """The disk of the pool on which it is based."""
    is_frozen: bool = False
    """Whether the server leaves it alone, as a disk outside of the paths that it manages."""

    @property
    def place(self) -> tuple[str, ...]:
        """Where it is stored. No two disks have the same place."""
        return self.project.id, self.data_store, self.environment, self.location, self.name


@dataclass(slots=True)
class NetworkRow:
    id: str
    name: str
    project: ProjectRow
    configuration: dict[str, Any]
    """The network as it was configured, with all defaults."""
    router_address: str | None = None
    """The address of its router at the provider; a flat network has no router."""

    @property
    def environment(self) -> str:
        """The environment it is for."""
        return str(self.configuration["environment"])


@dataclass(frozen=True, slots=True)
class Built:
    """A configuration that can be deployed, with the genes that it needs."""

    configuration: dict[str, Any]
    genes: tuple[GeneRow, ...]


@dataclass(slots=True)
class VersionRow:
    id: str
    created: int
    comment: str | None
    content_type: str
    content: str
    configuration: dict[str, Any]
    """The content, parsed."""
    architectures: tuple[str, ...]
    built: Built | None = None
    """The configuration and genes that were built from it; None before that."""


@dataclass(slots=True)
class SpecificationRow:
    id: str
    name: str
    project: ProjectRow
    versions: list[VersionRow]
    """Oldest first; never empty."""


@dataclass(slots=True)
class PortRow:
    """Where a catlet is connected to a network."""

    network: NetworkRow
    adapter_name: str
    subnet: str
    ip_pool: str
    address: str | None
    """None in a flat network, which has no addresses of its own."""
    floating_address: str | None


@dataclass(slots=True)
class CatletRow:
    id: str
    vm_id: str
    name: str
    project: ProjectRow
    configuration: dict[str, Any]
    """As it was deployed, with its location and the addresses of its adapters."""
    genes: tuple[GeneRow, ...] = ()
    status: str = "Unknown"
    """Nothing is known about a machine before it was set up."""
    has_machine: bool = True
    """Whether its machine is still on the host."""
    ports: list[PortRow] = field(default_factory=list)
    origin: tuple[SpecificationRow, VersionRow] | None = None
    """The specification and version it was deployed from."""
    shell: dict[str, str] = field(default_factory=dict)
    """The shell settings of the guest services."""
    channels: dict[str, int] = field(default_factory=dict)
    """The tokens of SSH channels that were not used yet, and when they expire."""

    @property
    def location(self) -> str:
        """Where its own disks are stored."""
        return str(self.configuration["location"])


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
    """An operation. Long because it is a table of the server with its members."""

    id: str
    tenant_id: str
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
    changes: int = 0
    """How often it was changed, but for log entries. What it looked like before is known by this number."""

    def changed(self) -> None:
        """Note a change of the operation, its tasks, or what it refers to."""
        self.changes += 1
