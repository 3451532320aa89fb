"""The nouns of eryph as frozen values: operations, tasks, log entries, resources, projects, catlets."""

from .catlet import (
    Catlet,
    CatletDrive,
    CatletNetwork,
    CatletNetworkAdapter,
    CatletSpecificationReference,
    CatletStatus,
    FloatingNetworkPort,
)
from .client import IdentityClient, IdentityClientWithSecret
from .disk import AttachedCatlet, DiskGene, DiskStatus, VirtualDisk
from .enums import OpenEnum
from .gene import Gene, GeneType
from .member import ProjectMember
from .network import VirtualNetwork
from .operation import (
    LogEntry,
    Operation,
    OperationResource,
    OperationStatus,
    ResourceType,
    Task,
    TaskReference,
)
from .option import ConfigOption
from .project import Project
from .results import (
    CatletConfigResult,
    CatletResult,
    CatletSpecificationResult,
    GuestServicesStatusResult,
    ProvisioningEvent,
    ProvisioningLogResult,
    ResultValue,
    SshChannelResult,
    UnknownResult,
)
from .specification import (
    CatletSpecification,
    CatletSpecificationVersion,
    CatletSpecificationVersionInfo,
    PinnedGene,
    SpecificationContent,
    SpecificationDeployment,
    SpecificationVariant,
)
from .validation import ValidationIssue, ValidationResult
from .version import ApiVersion

__all__ = [
    "ApiVersion",
    "AttachedCatlet",
    "Catlet",
    "CatletConfigResult",
    "CatletDrive",
    "CatletNetwork",
    "CatletNetworkAdapter",
    "CatletResult",
    "CatletSpecification",
    "CatletSpecificationReference",
    "CatletSpecificationResult",
    "CatletSpecificationVersion",
    "CatletSpecificationVersionInfo",
    "CatletStatus",
    "ConfigOption",
    "DiskGene",
    "DiskStatus",
    "FloatingNetworkPort",
    "Gene",
    "GeneType",
    "GuestServicesStatusResult",
    "IdentityClient",
    "IdentityClientWithSecret",
    "LogEntry",
    "OpenEnum",
    "Operation",
    "OperationResource",
    "OperationStatus",
    "PinnedGene",
    "Project",
    "ProjectMember",
    "ProvisioningEvent",
    "ProvisioningLogResult",
    "ResourceType",
    "ResultValue",
    "SpecificationContent",
    "SpecificationDeployment",
    "SpecificationVariant",
    "SshChannelResult",
    "Task",
    "TaskReference",
    "UnknownResult",
    "ValidationIssue",
    "ValidationResult",
    "VirtualDisk",
    "VirtualNetwork",
]
