"""The groups of calls, declared once for the plain client and for the session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Generic

from ..closing import Closing
from ..model import ApiVersion, Operation
from .calls import OpT
from .transport import Transport
from .version import VersionGate, read_version

if TYPE_CHECKING:
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


class Groups(Closing, Generic[OpT]):
    """The API of an eryph server: one attribute per group of calls. Thread-safe.

    The module of a group is loaded when the attribute is first used.

    A call that changes something returns what ``lift`` makes of its operation. Use it in a ``with`` block, or call
    ``close()``.
    """

    def __init__(self, transport: Transport, lift: Callable[[Operation], OpT]) -> None:
        self._transport = transport
        self._lift_operation = lift
        self._gate = VersionGate(transport)

    @cached_property
    def catlets(self) -> Catlets[OpT]:
        """List, read, create, update, start, stop and delete catlets; expand and validate configurations."""
        from .catlets import Catlets

        return Catlets(self._transport, self._lift_operation, self._gate)

    @cached_property
    def catlet_specifications(self) -> CatletSpecifications[OpT]:
        """Configurations kept on the server in versions, and deployed from there (API 1.2)."""
        from .specifications import CatletSpecifications

        return CatletSpecifications(self._transport, self._lift_operation, self._gate)

    @cached_property
    def guest_services(self) -> GuestServices[OpT]:
        """What runs inside a catlet: status, settings, access keys, SSH channels (API 1.2)."""
        from .guest_services import GuestServices

        return GuestServices(self._transport, self._lift_operation, self._gate)

    @cached_property
    def projects(self) -> Projects[OpT]:
        """List, read, create and delete projects."""
        from .projects import Projects

        return Projects(self._transport, self._lift_operation)

    @cached_property
    def project_members(self) -> ProjectMembers[OpT]:
        """Who has which role in a project."""
        from .members import ProjectMembers

        return ProjectMembers(self._transport, self._lift_operation)

    @cached_property
    def virtual_disks(self) -> VirtualDisks[OpT]:
        """List, read, create and delete disks."""
        from .disks import VirtualDisks

        return VirtualDisks(self._transport, self._lift_operation)

    @cached_property
    def virtual_networks(self) -> VirtualNetworks[OpT]:
        """List and read networks; read and update their configuration in a project."""
        from .networks import VirtualNetworks

        return VirtualNetworks(self._transport, self._lift_operation)

    @cached_property
    def genes(self) -> Genes[OpT]:
        """What the gene pool holds, and removing it."""
        from .genes import Genes

        return Genes(self._transport, self._lift_operation)

    @cached_property
    def operations(self) -> Operations:
        """Read, list and cancel operations."""
        from .operations import Operations

        return Operations(self._transport, self._gate)

    @cached_property
    def options(self) -> Options:
        """Names of data stores, environments and sites (newest servers only)."""
        from .options import Options

        return Options(self._transport)

    @cached_property
    def clients(self) -> Clients:
        """Clients of the identity API."""
        from .clients import Clients

        return Clients(self._transport.identity)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._transport.endpoint!r})"

    def version(self) -> ApiVersion:
        """The version of the API that the server speaks."""
        return read_version(self._transport)

    def close(self) -> None:
        """End all connections; requests in progress raise ClosedError."""
        self._transport.close()
