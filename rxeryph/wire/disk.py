"""Virtual disks."""

from __future__ import annotations

from marshmallow import fields

from ..model import AttachedCatlet, DiskGene, DiskStatus, VirtualDisk
from ._drives import DriveType
from ._loading import load, load_all
from ._schema import NounSchema, Open
from .project import ProjectSchema


class DiskGeneSchema(NounSchema):
    model = DiskGene
    gene_set = fields.String(required=True)
    name = fields.String(required=True)
    architecture = fields.String()


class AttachedCatletSchema(NounSchema):
    model = AttachedCatlet
    catlet_id = fields.String(required=True)
    type = DriveType()


class VirtualDiskSchema(NounSchema):
    model = VirtualDisk
    id = fields.String(required=True)
    name = fields.String(required=True)
    location = fields.String()
    data_store = fields.String()
    project = fields.Nested(ProjectSchema)
    environment = fields.String()
    status = Open(DiskStatus)
    gene = fields.Nested(DiskGeneSchema)
    path = fields.String()
    parent_path = fields.String()
    size_bytes = fields.Integer()
    parent_id = fields.String()
    attached_catlets = fields.List(fields.Nested(AttachedCatletSchema))


_DISK = VirtualDiskSchema()


def load_virtual_disk(data: object, url: str | None = None) -> VirtualDisk:
    """A disk from a decoded reply. Raises WireError."""
    return load(_DISK, VirtualDisk, data, url)


def load_virtual_disks(data: object, url: str | None = None) -> tuple[VirtualDisk, ...]:
    """The disks of a list reply. Raises WireError."""
    return load_all(_DISK, VirtualDisk, data, url)
