"""The plain client: typed REST without Rx. Mutating methods return the ``Operation`` they started."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from ..credentials import Route, locate
from ..http import Http, Timeout, Verify
from ..model import ApiVersion, Operation
from ..retry import ErrorBudget
from .catlets import Catlets, StopMode
from .clients import Clients
from .disks import VirtualDisks
from .documents import Configuration
from .genes import Genes
from .guest_services import GuestServices
from .members import ProjectMembers
from .networks import VirtualNetworks
from .operations import Operations
from .options import Options
from .projects import Projects
from .specifications import CatletSpecifications
from .transport import Transport
from .variables import Variables
from .version import VersionGate, read_version

__all__ = [
    "CatletSpecifications",
    "Catlets",
    "Clients",
    "ComputeClient",
    "Configuration",
    "Genes",
    "GuestServices",
    "Operations",
    "Options",
    "ProjectMembers",
    "Projects",
    "StopMode",
    "Transport",
    "Variables",
    "VirtualDisks",
    "VirtualNetworks",
    "open_transport",
]


def open_transport(
    configuration: str | None = None,
    *,
    endpoint: str | None = None,
    identity_endpoint: str | None = None,
    compute_endpoint: str | None = None,
    client_id: str | None = None,
    private_key: str | None = None,
    client_secret: str | None = None,
    scopes: Sequence[str] | None = None,
    error_budget: ErrorBudget | None = None,
    request_timeout: Timeout | None = None,
    workers: int = 8,
    verify: Verify = True,
    allow_http: bool = False,
) -> Transport:
    """A transport to the eryph these arguments name; see ``rxeryph.connect``. Sends nothing."""
    found = locate(
        configuration,
        endpoint=endpoint,
        identity_endpoint=identity_endpoint,
        compute_endpoint=compute_endpoint,
        client_id=client_id,
        private_key=private_key,
        client_secret=client_secret,
        allow_http=allow_http,
    )
    http = Http(verify=verify, timeout=request_timeout, connections=workers)
    return Transport(Route(http, found, scopes, allow_http=allow_http), error_budget)


class ComputeClient:
    """An eryph server as plain calls: ``operations``, ``catlets``, ``catlet_specifications``, ``guest_services``,
    ``projects``, ``project_members``, ``virtual_disks``, ``virtual_networks``, ``genes``, ``options``,
    ``clients`` (of the identity API) and ``version()``.

    Thread-safe. ``with ComputeClient(open_transport(endpoint=..., ...)) as client: ...``
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        gate = VersionGate(transport)
        self.operations = Operations(transport)
        self.catlets: Catlets[Operation] = Catlets(transport, _itself, gate)
        self.catlet_specifications: CatletSpecifications[Operation] = CatletSpecifications(transport, _itself, gate)
        self.guest_services: GuestServices[Operation] = GuestServices(transport, _itself, gate)
        self.projects: Projects[Operation] = Projects(transport, _itself)
        self.project_members: ProjectMembers[Operation] = ProjectMembers(transport, _itself)
        self.virtual_disks: VirtualDisks[Operation] = VirtualDisks(transport, _itself)
        self.virtual_networks: VirtualNetworks[Operation] = VirtualNetworks(transport, _itself)
        self.genes: Genes[Operation] = Genes(transport, _itself)
        self.options = Options(transport)
        self.clients = Clients(transport.identity)

    def version(self) -> ApiVersion:
        """The version of the API the server speaks."""
        return read_version(self._transport)

    def close(self) -> None:
        """End all connections; requests under way end with ClosedError."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _itself(operation: Operation) -> Operation:
    return operation
