"""Catlets."""

from __future__ import annotations

from marshmallow import fields

from ..model import (
    Catlet,
    CatletDrive,
    CatletNetwork,
    CatletNetworkAdapter,
    CatletSpecificationReference,
    CatletStatus,
    FloatingNetworkPort,
)
from ._drives import DriveType
from ._loading import load, load_all
from ._schema import NounSchema, Open
from .project import ProjectSchema


class FloatingNetworkPortSchema(NounSchema):
    model = FloatingNetworkPort
    name = fields.String(required=True)
    provider = fields.String()
    subnet = fields.String()
    ip_v4_addresses = fields.List(fields.String())
    ip_v4_subnets = fields.List(fields.String())


class CatletNetworkSchema(NounSchema):
    model = CatletNetwork
    name = fields.String(required=True)
    provider = fields.String()
    ip_v4_addresses = fields.List(fields.String())
    # The server's naming policy turns IPv4DefaultGateway into this.
    ip_v4_default_gateway = fields.String(data_key="i_pv4_default_gateway")
    dns_server_addresses = fields.List(fields.String())
    ip_v4_subnets = fields.List(fields.String())
    floating_port = fields.Nested(FloatingNetworkPortSchema)


class CatletNetworkAdapterSchema(NounSchema):
    model = CatletNetworkAdapter
    name = fields.String(required=True)
    mac_address = fields.String()


class CatletDriveSchema(NounSchema):
    model = CatletDrive
    type = DriveType(required=True)
    attached_disk_id = fields.String()


class CatletSpecificationReferenceSchema(NounSchema):
    model = CatletSpecificationReference
    specification_id = fields.String(required=True)
    specification_version_id = fields.String(required=True)


class CatletSchema(NounSchema):
    model = Catlet
    id = fields.String(required=True)
    name = fields.String(required=True)
    status = Open(CatletStatus, required=True)
    vm_id = fields.String()
    project = fields.Nested(ProjectSchema)
    is_deprecated = fields.Boolean()
    networks = fields.List(fields.Nested(CatletNetworkSchema))
    network_adapters = fields.List(fields.Nested(CatletNetworkAdapterSchema))
    drives = fields.List(fields.Nested(CatletDriveSchema))
    specification = fields.Nested(CatletSpecificationReferenceSchema)
    environment = fields.String()
    provisioning_status = fields.String()


CATLET = CatletSchema()


def load_catlet(data: object, url: str | None = None) -> Catlet:
    """A catlet from a decoded reply. Raises WireError."""
    return load(CATLET, Catlet, data, url)


def load_catlets(data: object, url: str | None = None) -> tuple[Catlet, ...]:
    """The catlets of a list reply. Raises WireError."""
    return load_all(CATLET, Catlet, data, url)
