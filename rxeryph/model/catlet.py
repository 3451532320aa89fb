"""A catlet: a virtual machine as eryph shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .enums import OpenEnum
from .project import Project
from .value import Value


class CatletStatus(OpenEnum):
    """Power state of a catlet."""

    UNKNOWN = "Unknown"
    STOPPED = "Stopped"
    RUNNING = "Running"
    PENDING = "Pending"
    ERROR = "Error"
    MISSING = "Missing"


@dataclass(frozen=True, slots=True)
class FloatingNetworkPort(Value):
    """The port through which a catlet's network is reached from outside."""

    name: str
    provider: str | None = None
    subnet: str | None = None
    ip_v4_addresses: tuple[str, ...] = ()
    ip_v4_subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatletNetwork(Value):
    """A network the catlet is connected to, with its addresses there."""

    name: str
    provider: str | None = None
    ip_v4_addresses: tuple[str, ...] = ()
    ip_v4_default_gateway: str | None = None
    """On the wire the member is spelled ``i_pv4_default_gateway``."""
    dns_server_addresses: tuple[str, ...] = ()
    ip_v4_subnets: tuple[str, ...] = ()
    floating_port: FloatingNetworkPort | None = None


@dataclass(frozen=True, slots=True)
class CatletNetworkAdapter(Value):
    """A virtual network adapter."""

    name: str
    mac_address: str | None = None


@dataclass(frozen=True, slots=True)
class CatletDrive(Value):
    """A drive; ``attached_disk_id`` is the id of its virtual disk, if it has one.

    ``type`` is Vhd, SharedVhd, Phd, Dvd or VhdSet, also from older servers, which spell it otherwise.
    """

    type: str
    attached_disk_id: str | None = None


@dataclass(frozen=True, slots=True)
class CatletSpecificationReference(Value):
    """The specification version a catlet was deployed from (API 1.2)."""

    specification_id: str
    specification_version_id: str


@dataclass(frozen=True, slots=True)
class Catlet(Value):
    """A catlet. Its configuration takes another request: ``catlets.get(id, with_configuration=True)``.

    Long because the server's catlet has as many members.
    """

    id: str
    name: str
    status: CatletStatus
    vm_id: str | None = None
    project: Project | None = None
    is_deprecated: bool = False
    networks: tuple[CatletNetwork, ...] = ()
    network_adapters: tuple[CatletNetworkAdapter, ...] = ()
    drives: tuple[CatletDrive, ...] = ()
    specification: CatletSpecificationReference | None = None
    environment: str | None = None
    """Only the newest servers send this and ``provisioning_status``."""
    provisioning_status: str | None = None
    configuration: Mapping[str, object] | None = field(default=None, repr=False, compare=False)
    """None if it was not requested, or if the server has none."""

    @property
    def cpu_count(self) -> int | None:
        """Number of processors in the configuration; None if it is not there."""
        return self._number("cpu", "count")

    @property
    def memory_startup(self) -> int | None:
        """Memory at start in MB, from the configuration; None if it is not there."""
        return self._number("memory", "startup")

    def _number(self, member: str, part: str) -> int | None:
        value = (self.configuration or {}).get(member)
        if isinstance(value, Mapping):
            value = value.get(part)
        return value if isinstance(value, int) and not isinstance(value, bool) else None
