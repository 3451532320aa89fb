"""The plain client: typed REST without Rx. Mutating methods return the ``Operation`` they started."""

from __future__ import annotations

from collections.abc import Sequence

from ..credentials import Route, locate
from ..http import Http, Timeout, Verify
from ..retry import ErrorBudget
from .catlets import Catlets, StopMode
from .clients import Clients
from .compute import ComputeClient
from .disks import VirtualDisks
from .documents import Configuration
from .genes import Genes
from .groups import Groups
from .guest_services import GuestServices
from .members import ProjectMembers
from .networks import VirtualNetworks
from .operations import Operations
from .options import Options
from .projects import Projects
from .specifications import CatletSpecifications
from .transport import Transport
from .variables import Variables

__all__ = [
    "CatletSpecifications",
    "Catlets",
    "Clients",
    "ComputeClient",
    "Configuration",
    "Genes",
    "Groups",
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
