"""A catlet: a virtual machine as eryph shows it."""

from __future__ import annotations

from dataclasses import dataclass

from .enums import OpenEnum
from .project import Project


class CatletStatus(OpenEnum):
    """Power state of a catlet."""

    UNKNOWN = "Unknown"
    STOPPED = "Stopped"
    RUNNING = "Running"
    PENDING = "Pending"
    ERROR = "Error"
    MISSING = "Missing"


@dataclass(frozen=True, slots=True)
class FloatingNetworkPort:
    """The port through which a catlet's network is reached from outside."""

    name: str
    provider: str | None = None
    subnet: str | None = None
    ip_v4_addresses: tuple[str, ...] = ()
    ip_v4_subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatletNetwork:
    """A network the catlet is connected to, with the addresses it got."""

    name: str
    provider: str | None = None
    ip_v4_addresses: tuple[str, ...] = ()
    ip_v4_default_gateway: str | None = None
    """On the wire the member is spelled ``i_pv4_default_gateway``."""
    dns_server_addresses: tuple[str, ...] = ()
    ip_v4_subnets: tuple[str, ...] = ()
    floating_port: FloatingNetworkPort | None = None


@dataclass(frozen=True, slots=True)
class CatletNetworkAdapter:
    """A virtual network adapter."""

    name: str
    mac_address: str | None = None


@dataclass(frozen=True, slots=True)
class CatletDrive:
    """A drive; ``attached_disk_id`` names its virtual disk where it has one."""

    type: str
    attached_disk_id: str | None = None


@dataclass(frozen=True, slots=True)
class CatletSpecificationReference:
    """The specification version a catlet was deployed from (API 1.2)."""

    specification_id: str
    specification_version_id: str


@dataclass(frozen=True, slots=True)
class Catlet:
    """A catlet. Its configuration (cpu, memory) is a request of its own: ``catlets.get_config(id)``."""

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
    """Only newest servers send this and the next."""
    provisioning_status: str | None = None
