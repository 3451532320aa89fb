"""The plain client: typed REST without Rx. Mutating methods return the ``Operation`` they started."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..configuration import Configuration as Configuration
    from ..configuration import Unknown as Unknown
    from ..configuration import Variables as Variables
    from .catlets import Catlets as Catlets
    from .catlets import StopMode as StopMode
    from .clients import Clients as Clients
    from .compute import ComputeClient as ComputeClient
    from .disks import VirtualDisks as VirtualDisks
    from .genes import Genes as Genes
    from .groups import Groups as Groups
    from .guest_services import GuestServices as GuestServices
    from .members import ProjectMembers as ProjectMembers
    from .networks import VirtualNetworks as VirtualNetworks
    from .operations import Operations as Operations
    from .options import Options as Options
    from .projects import Projects as Projects
    from .settings import ConnectionSettings as ConnectionSettings
    from .specifications import CatletSpecifications as CatletSpecifications
    from .transport import Transport as Transport
else:  # not for type checkers: they would take any name for a public one
    from ..lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            "..configuration": "Configuration Unknown Variables",
            ".catlets": "Catlets StopMode",
            ".clients": "Clients",
            ".compute": "ComputeClient",
            ".disks": "VirtualDisks",
            ".genes": "Genes",
            ".groups": "Groups",
            ".guest_services": "GuestServices",
            ".members": "ProjectMembers",
            ".networks": "VirtualNetworks",
            ".operations": "Operations",
            ".options": "Options",
            ".projects": "Projects",
            ".settings": "ConnectionSettings",
            ".specifications": "CatletSpecifications",
            ".transport": "Transport",
        },
    )
    __all__ = __dir__()
