"""The groups of calls, declared once for the plain client and for the session."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Generic, Self

from ..model import ApiVersion, Operation
from .calls import OpT
from .catlets import Catlets
from .clients import Clients
from .disks import VirtualDisks
from .genes import Genes
from .guest_services import GuestServices
from .members import ProjectMembers
from .networks import VirtualNetworks
from .operations import Operations
from .options import Options
from .projects import Projects
from .specifications import CatletSpecifications
from .transport import Transport
from .version import VersionGate, read_version


class Groups(Generic[OpT]):
    """The API of an eryph server: one attribute per group of calls. Thread-safe.

    A call that changes something returns what ``lift`` makes of its operation. Use it in a ``with`` block, or call
    ``close()``.
    """

    def __init__(self, transport: Transport, lift: Callable[[Operation], OpT]) -> None:
        self._transport = transport
        gate = VersionGate(transport)
        self.catlets: Catlets[OpT] = Catlets(transport, lift, gate)
        """List, read, create, update, start, stop and delete catlets; expand and validate configurations."""
        self.catlet_specifications: CatletSpecifications[OpT] = CatletSpecifications(transport, lift, gate)
        """Configurations kept on the server in versions, and deployed from there (API 1.2)."""
        self.guest_services: GuestServices[OpT] = GuestServices(transport, lift, gate)
        """What runs inside a catlet: status, settings, access keys, SSH channels (API 1.2)."""
        self.projects: Projects[OpT] = Projects(transport, lift)
        """List, read, create and delete projects."""
        self.project_members: ProjectMembers[OpT] = ProjectMembers(transport, lift)
        """Who has which role in a project."""
        self.virtual_disks: VirtualDisks[OpT] = VirtualDisks(transport, lift)
        """List, read, create and delete disks."""
        self.virtual_networks: VirtualNetworks[OpT] = VirtualNetworks(transport, lift)
        """List and read networks; read and update their configuration in a project."""
        self.genes: Genes[OpT] = Genes(transport, lift)
        """What the gene pool holds, and removing it."""
        self.operations = Operations(transport)
        """Read, list and cancel operations."""
        self.options = Options(transport)
        """Names of data stores, environments and sites (newest servers only)."""
        self.clients = Clients(transport.identity)
        """Clients of the identity API."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._transport.endpoint!r})"

    def version(self) -> ApiVersion:
        """The version of the API that the server speaks."""
        return read_version(self._transport)

    def close(self) -> None:
        """End all connections; requests in progress raise ClosedError."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
