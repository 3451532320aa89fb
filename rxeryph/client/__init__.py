"""The plain client: typed REST without Rx. Mutating methods return the ``Operation`` they started."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from ..budget import ErrorBudget
from ..credentials import Http, Timeout, TokenSource, Verify, locate
from ..model import ApiVersion, Operation
from .catlets import Catlets, StopMode
from .disks import VirtualDisks
from .networks import VirtualNetworks
from .operations import Operations
from .projects import Projects
from .transport import Transport
from .version import read_version

__all__ = [
    "Catlets",
    "ComputeClient",
    "Operations",
    "Projects",
    "StopMode",
    "Transport",
    "VirtualDisks",
    "VirtualNetworks",
    "open_transport",
]


def open_transport(
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
    endpoints, credentials = locate(
        endpoint=endpoint,
        identity_endpoint=identity_endpoint,
        compute_endpoint=compute_endpoint,
        client_id=client_id,
        private_key=private_key,
        client_secret=client_secret,
        allow_http=allow_http,
    )
    http = Http(verify=verify, timeout=request_timeout, connections=workers)
    tokens = TokenSource(http, endpoints.identity, credentials, scopes, allow_http=allow_http)
    return Transport(endpoints.compute, tokens, http, error_budget)


class ComputeClient:
    """An eryph server as plain calls: ``operations``, ``catlets``, ``projects``, ``virtual_disks``,
    ``virtual_networks`` and ``version()``.

    Thread-safe. ``with ComputeClient(open_transport(endpoint=..., ...)) as client: ...``
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.operations = Operations(transport)
        self.catlets: Catlets[Operation] = Catlets(transport, _itself)
        self.projects: Projects[Operation] = Projects(transport, _itself)
        self.virtual_disks: VirtualDisks[Operation] = VirtualDisks(transport, _itself)
        self.virtual_networks = VirtualNetworks(transport)

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
