"""The nouns of eryph as frozen values: operations, tasks, log entries, resources, projects, catlets."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .catlet import Catlet as Catlet
    from .catlet import CatletDrive as CatletDrive
    from .catlet import CatletNetwork as CatletNetwork
    from .catlet import CatletNetworkAdapter as CatletNetworkAdapter
    from .catlet import CatletSpecificationReference as CatletSpecificationReference
    from .catlet import CatletStatus as CatletStatus
    from .catlet import FloatingNetworkPort as FloatingNetworkPort
    from .change import CatletChange as CatletChange
    from .change import Difference as Difference
    from .client import IdentityClient as IdentityClient
    from .client import IdentityClientWithSecret as IdentityClientWithSecret
    from .disk import AttachedCatlet as AttachedCatlet
    from .disk import DiskGene as DiskGene
    from .disk import DiskStatus as DiskStatus
    from .disk import VirtualDisk as VirtualDisk
    from .enums import OpenEnum as OpenEnum
    from .gene import Gene as Gene
    from .gene import GeneType as GeneType
    from .member import ProjectMember as ProjectMember
    from .network import VirtualNetwork as VirtualNetwork
    from .operation import CancelRequest as CancelRequest
    from .operation import LogEntry as LogEntry
    from .operation import Operation as Operation
    from .operation import OperationResource as OperationResource
    from .operation import OperationStatus as OperationStatus
    from .operation import ResourceType as ResourceType
    from .operation import Task as Task
    from .operation import TaskReference as TaskReference
    from .option import ConfigOption as ConfigOption
    from .project import Project as Project
    from .results import CatletConfigResult as CatletConfigResult
    from .results import CatletResult as CatletResult
    from .results import CatletSpecificationResult as CatletSpecificationResult
    from .results import GuestServicesStatusResult as GuestServicesStatusResult
    from .results import ProvisioningEvent as ProvisioningEvent
    from .results import ProvisioningLogResult as ProvisioningLogResult
    from .results import ResultValue as ResultValue
    from .results import SshChannelResult as SshChannelResult
    from .results import UnknownResult as UnknownResult
    from .specification import CatletSpecification as CatletSpecification
    from .specification import CatletSpecificationVersion as CatletSpecificationVersion
    from .specification import CatletSpecificationVersionInfo as CatletSpecificationVersionInfo
    from .specification import PinnedGene as PinnedGene
    from .specification import SpecificationContent as SpecificationContent
    from .specification import SpecificationDeployment as SpecificationDeployment
    from .specification import SpecificationVariant as SpecificationVariant
    from .validation import ValidationIssue as ValidationIssue
    from .validation import ValidationResult as ValidationResult
    from .version import ApiVersion as ApiVersion
else:  # not for type checkers: they would take any name for a public one
    from ..lazy import lazily

    __getattr__, __dir__ = lazily(
        __name__,
        {
            ".catlet": (
                "Catlet CatletDrive CatletNetwork CatletNetworkAdapter CatletSpecificationReference CatletStatus "
                "FloatingNetworkPort"
            ),
            ".change": "CatletChange Difference",
            ".client": "IdentityClient IdentityClientWithSecret",
            ".disk": "AttachedCatlet DiskGene DiskStatus VirtualDisk",
            ".enums": "OpenEnum",
            ".gene": "Gene GeneType",
            ".member": "ProjectMember",
            ".network": "VirtualNetwork",
            ".operation": (
                "CancelRequest LogEntry Operation OperationResource OperationStatus ResourceType Task TaskReference"
            ),
            ".option": "ConfigOption",
            ".project": "Project",
            ".results": (
                "CatletConfigResult CatletResult CatletSpecificationResult GuestServicesStatusResult "
                "ProvisioningEvent ProvisioningLogResult ResultValue SshChannelResult UnknownResult"
            ),
            ".specification": (
                "CatletSpecification CatletSpecificationVersion CatletSpecificationVersionInfo PinnedGene "
                "SpecificationContent SpecificationDeployment SpecificationVariant"
            ),
            ".validation": "ValidationIssue ValidationResult",
            ".version": "ApiVersion",
        },
    )
    __all__ = __dir__()
