"""Virtual disks."""

from __future__ import annotations

from dataclasses import dataclass

from .enums import OpenEnum
from .project import Project
from .value import Value


class DiskStatus(OpenEnum):
    """Whether a disk is in order."""

    OK = "Ok"
    ERROR = "Error"


@dataclass(frozen=True, slots=True)
class DiskGene(Value):
    """The gene a disk was made from."""

    gene_set: str
    name: str
    architecture: str | None = None


@dataclass(frozen=True, slots=True)
class AttachedCatlet(Value):
    """A catlet that has the disk as a drive."""

    catlet_id: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class VirtualDisk(Value):
    """A virtual disk. ``path`` and ``parent_path`` are visible to super admins only.

    Long because the server's disk has as many members.
    """

    id: str
    name: str
    location: str | None = None
    data_store: str | None = None
    project: Project | None = None
    environment: str | None = None
    status: DiskStatus | None = None
    gene: DiskGene | None = None
    path: str | None = None
    parent_path: str | None = None
    size_bytes: int | None = None
    parent_id: str | None = None
    attached_catlets: tuple[AttachedCatlet, ...] = ()
