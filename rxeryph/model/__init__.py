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
from .disk import AttachedCatlet, DiskGene, DiskStatus, VirtualDisk
from .enums import OpenEnum
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
    "CatletSpecificationReference",
    "CatletSpecificationResult",
    "CatletStatus",
    "DiskGene",
    "DiskStatus",
    "FloatingNetworkPort",
    "GuestServicesStatusResult",
    "LogEntry",
    "OpenEnum",
    "Operation",
    "OperationResource",
    "OperationStatus",
    "Project",
    "ProvisioningEvent",
    "ProvisioningLogResult",
    "ResourceType",
    "ResultValue",
    "SshChannelResult",
    "Task",
    "TaskReference",
    "UnknownResult",
    "ValidationIssue",
    "ValidationResult",
    "VirtualDisk",
    "VirtualNetwork",
]
