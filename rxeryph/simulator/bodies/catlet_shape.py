"""The members of a catlet configuration, as JSON must have them: every other member is refused."""

from __future__ import annotations

from ..binding.shapes import BOOLEAN, INTEGER, STRING, ListOf, Member, Object, Shape, choice
from ..level import Level


def _object(**members: Shape) -> Object:
    return Object({name: Member(shape) for name, shape in members.items()}, is_strict=True)


def _changed(shape: Object, *removed: str, **members: Shape) -> Object:
    kept = {name: member for name, member in shape.members.items() if name not in removed}
    return Object(kept | {name: Member(member) for name, member in members.items()}, is_strict=True)


_DRIVE_TYPES = "vhd", "shared_vhd", "phd", "dvd", "vhd_set"
_MUTATION = choice("merge", "overwrite", "remove")

VARIABLE = _object(
    name=STRING, type=choice("string", "boolean", "number"), value=STRING, secret=BOOLEAN, required=BOOLEAN
)
FODDER = _object(
    name=STRING,
    remove=BOOLEAN,
    source=STRING,
    type=STRING,
    content=STRING,
    filename=STRING,
    secret=BOOLEAN,
    variables=ListOf(VARIABLE),
)
_SUBNET = _object(name=STRING, ip_pool=STRING)
CPU = _object(count=INTEGER)
MEMORY = _object(startup=INTEGER, minimum=INTEGER, maximum=INTEGER)
CAPABILITY = _object(name=STRING, mutation=_MUTATION, details=ListOf(STRING))
DRIVE = _object(
    name=STRING,
    mutation=_MUTATION,
    location=STRING,
    store=STRING,
    source=STRING,
    size=INTEGER,
    type=choice(*_DRIVE_TYPES),
)
ADAPTER = _object(
    name=STRING,
    mutation=_MUTATION,
    mac_address=STRING,
    mac_address_spoofing=BOOLEAN,
    dhcp_guard=BOOLEAN,
    router_guard=BOOLEAN,
)
CATLET = _object(
    version=STRING,
    config_type=choice("configuration", "specification", "instance"),
    project=STRING,
    name=STRING,
    location=STRING,
    hostname=STRING,
    environment=STRING,
    store=STRING,
    parent=STRING,
    cpu=CPU,
    memory=MEMORY,
    drives=ListOf(DRIVE),
    network_adapters=ListOf(ADAPTER),
    capabilities=ListOf(CAPABILITY),
    networks=ListOf(
        _object(name=STRING, mutation=_MUTATION, adapter_name=STRING, subnet_v4=_SUBNET, subnet_v6=_SUBNET)
    ),
    variables=ListOf(VARIABLE),
    fodder=ListOf(FODDER),
)
_OLD_DRIVE = _changed(DRIVE, type=choice(*_DRIVE_TYPES, is_snake_case=False))
_OLD_CATLET = _changed(CATLET, "config_type", drives=ListOf(_OLD_DRIVE))
_OLD_ADAPTER = _changed(ADAPTER, "mac_address_spoofing", "dhcp_guard", "router_guard")
_FIRST_CATLET = _changed(_OLD_CATLET, network_adapters=ListOf(_OLD_ADAPTER))
NETWORKS = _object(
    version=STRING,
    project=STRING,
    networks=ListOf(
        _object(
            name=STRING,
            environment=STRING,
            address=STRING,
            provider=_object(name=STRING, subnet=STRING, ip_pool=STRING),
            subnets=ListOf(
                _object(
                    name=STRING,
                    address=STRING,
                    ip_pools=ListOf(_object(name=STRING, first_ip=STRING, last_ip=STRING, next_ip=STRING)),
                    dns_servers=ListOf(STRING),
                    dns_domain=STRING,
                    mtu=INTEGER,
                )
            ),
        )
    ),
)


def catlet_shape(level: Level) -> Object:
    """The members that servers of ``level`` know.

    Before API 1.2 there is no ``config_type``, and drive types are spelled as in ``SharedVHD``. With API 1.0 adapters
    have no guards either.
    """
    if level.is_first:
        return _FIRST_CATLET
    return _OLD_CATLET if level.is_old else CATLET
