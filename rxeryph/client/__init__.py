"""The plain client: typed REST without Rx. Mutating methods return the ``Operation`` they started."""

from __future__ import annotations

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
from .settings import ConnectionSettings
from .specifications import CatletSpecifications
from .transport import Transport
from .variables import Variables

__all__ = [
    "CatletSpecifications",
    "Catlets",
    "Clients",
    "ComputeClient",
    "Configuration",
    "ConnectionSettings",
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
]
