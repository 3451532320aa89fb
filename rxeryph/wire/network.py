"""Virtual networks."""

from __future__ import annotations

from marshmallow import fields

from ..model import VirtualNetwork
from ._loading import load, load_all
from ._schema import NounSchema
from .project import ProjectSchema


class VirtualNetworkSchema(NounSchema):
    model = VirtualNetwork
    id = fields.String(required=True)
    name = fields.String(required=True)
    project = fields.Nested(ProjectSchema)
    environment = fields.String()
    provider_name = fields.String()
    ip_network = fields.String()


_NETWORK = VirtualNetworkSchema()


def load_virtual_network(data: object, url: str | None = None) -> VirtualNetwork:
    """A network from a decoded reply. Raises WireError."""
    return load(_NETWORK, VirtualNetwork, data, url)


def load_virtual_networks(data: object, url: str | None = None) -> tuple[VirtualNetwork, ...]:
    """The networks of a list reply. Raises WireError."""
    return load_all(_NETWORK, VirtualNetwork, data, url)
