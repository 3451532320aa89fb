"""The results that an operation may have when it completes. Most have none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .value import Value


@dataclass(frozen=True, slots=True)
class CatletConfigResult(Value):
    """An expanded or populated catlet configuration."""

    configuration: Mapping[str, object] | None = None
    result_type: str = "CatletConfig"


@dataclass(frozen=True, slots=True)
class CatletResult(Value):
    """The catlet a specification was deployed to. Creating a catlet does not produce it."""

    catlet_id: str
    result_type: str = "Catlet"


@dataclass(frozen=True, slots=True)
class CatletSpecificationResult(Value):
    """A validated specification: its built configuration and the genes it is pinned to (id to hash)."""

    configuration: Mapping[str, object] | None = None
    genes: Mapping[str, str] = field(default_factory=dict)
    result_type: str = "CatletSpecification"


@dataclass(frozen=True, slots=True)
class SshChannelResult(Value):
    """A one-time token for an SSH channel; the token never shows in a repr."""

    token: str = field(repr=False)
    expires_at: datetime | None = None
    result_type: str = "SshChannel"


@dataclass(frozen=True, slots=True)
class GuestServicesStatusResult(Value):
    """What the guest services of a catlet say about themselves."""

    guest_services_status: str | None = None
    guest_services_version: str | None = None
    provisioning_state: str | None = None
    shell: str | None = None
    shell_args: str | None = None
    result_type: str = "GuestServicesStatus"


@dataclass(frozen=True, slots=True)
class ProvisioningEvent(Value):
    """One step of the provisioning inside the guest."""

    name: str
    type: str | None = None
    result: str | None = None
    message: str | None = None
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProvisioningLogResult(Value):
    """The provisioning log of a catlet."""

    rendered_log: str | None = None
    events: tuple[ProvisioningEvent, ...] = ()
    result_type: str = "ProvisioningLog"


@dataclass(frozen=True, slots=True)
class UnknownResult(Value):
    """A result of a type that this version of the library does not know, kept as it is."""

    result_type: str
    data: Mapping[str, object] = field(default_factory=dict, repr=False)


ResultValue = (
    CatletConfigResult
    | CatletResult
    | CatletSpecificationResult
    | SshChannelResult
    | GuestServicesStatusResult
    | ProvisioningLogResult
    | UnknownResult
)
