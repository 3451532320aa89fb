"""The rules for configurations, as data: every member that the server knows, and what its value may be.

They are those of the newest server, which are the strictest, with the spellings of all. The server answers 400 to a
configuration that breaks one, except for the rules in ``networks``, which make the operation fail.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import names, relations
from .kinds import Boolean, Choice, List, Object, Rule, String, Whole
from .networks import all_networks, network

CONFIG_TYPES = Choice(("configuration", "specification", "instance"))
DRIVE_TYPES = Choice(("vhd", "shared_vhd", "phd", "dvd", "vhd_set"))
MUTATIONS = Choice(("merge", "overwrite", "remove"))
VARIABLE_TYPES = Choice(relations.TYPES)
FODDER_TYPES = Choice(
    (
        *("cloud-boothook", "cloud-config", "cloud-config-archive", "include-once-url", "include-url"),
        *("part-handler", "shellscript", "upstart-job"),
    ),
    is_exact=True,
)
MIB = Whole(128, 12 * 2**20, 128, "MiB")

VARIABLES = List(
    Object(
        {
            "name": String(names.variable_name, is_required=True),
            "type": VARIABLE_TYPES,
            "value": String(accepts_scalars=True),
            "secret": Boolean(),
            "required": Boolean(),
        },
        relation=relations.variable,
    ),
    relation=relations.names,
)

FODDER = List(
    Object(
        {
            "name": String(names.FODDER),
            "remove": Boolean(),
            "source": String(names.gene),
            "type": FODDER_TYPES,
            "content": String(),
            "filename": String(names.file_name),
            "secret": Boolean(),
            "variables": VARIABLES,
        },
        relation=relations.fodder,
    ),
    relation=relations.fodders,
)

DRIVES = List(
    Object(
        {
            "name": String(names.DRIVE, is_required=True),
            "mutation": MUTATIONS,
            "location": String(names.LOCATION),
            "store": String(names.STORE),
            "source": String(names.drive_source),
            "size": Whole(1, 65536, unit="GiB"),
            "type": DRIVE_TYPES,
        },
        relation=relations.drive,
    ),
    most=64,
    relation=relations.names,
)

ADAPTERS = List(
    Object(
        {
            "name": String(names.ADAPTER, is_required=True),
            "mutation": MUTATIONS,
            "mac_address": String(names.mac_address),
            "mac_address_spoofing": Boolean(),
            "dhcp_guard": Boolean(),
            "router_guard": Boolean(),
        }
    ),
    most=8,
    relation=relations.names,
)

CAPABILITIES = List(
    Object(
        {
            "name": String(names.CAPABILITY, is_required=True),
            "mutation": MUTATIONS,
            "details": List(String()),
        },
        short="name",
    ),
    relation=relations.names,
)

SUBNET_OF_CATLET = Object({"name": String(names.SUBNET), "ip_pool": String(names.POOL)})

NETWORKS_OF_CATLET = List(
    Object(
        {
            "name": String(names.NETWORK, is_required=True),
            "mutation": MUTATIONS,
            "adapter_name": String(names.ADAPTER),
            "subnet_v4": SUBNET_OF_CATLET,
            "subnet_v6": SUBNET_OF_CATLET,
        }
    ),
    most=8,
    relation=relations.names,
)

CATLET = Object(
    {
        "version": String(),
        "config_type": CONFIG_TYPES,
        "project": String(names.PROJECT),
        "name": String(names.CATLET),
        "location": String(names.LOCATION),
        "hostname": String(),
        "environment": String(names.ENVIRONMENT),
        "store": String(names.STORE),
        "parent": String(names.gene_set),
        "cpu": Object({"count": Whole(1, 240)}, short="count"),
        "memory": Object({"startup": MIB, "minimum": MIB, "maximum": MIB}, "startup", relations.memory),
        "drives": DRIVES,
        "network_adapters": ADAPTERS,
        "capabilities": CAPABILITIES,
        "networks": NETWORKS_OF_CATLET,
        "variables": VARIABLES,
        "fodder": FODDER,
    }
)

SPECIFICATION = Object(
    {**CATLET.members, "name": String(names.CATLET, is_required=True)}, relation=relations.specification
)
"""A specification is the configuration of a catlet; it belongs to a project on the server."""

POOLS = List(Object({"name": String(), "first_ip": String(), "last_ip": String(), "next_ip": String()}))

SUBNETS = List(
    Object(
        {
            "name": String(),
            "address": String(),
            "ip_pools": POOLS,
            "dns_servers": List(String()),
            "dns_domain": String(),
            "mtu": Whole(),
        }
    )
)

PROVIDER = Object({"name": String(), "subnet": String(), "ip_pool": String()}, short="name")

NETWORKS = Object(
    {
        "version": String(),
        "project": String(names.PROJECT),
        "networks": List(
            Object(
                {
                    "name": String(is_required=True),
                    "environment": String(),
                    "address": String(),
                    "provider": PROVIDER,
                    "subnets": SUBNETS,
                },
                relation=network,
            ),
            relation=all_networks,
        ),
    }
)
"""The networks of a project."""


def _strings(rule: Rule) -> Iterator[str]:
    if isinstance(rule, List):
        yield from _strings(rule.entry)
    for name, member in rule.members.items() if isinstance(rule, Object) else ():
        if isinstance(member, String | Choice) or (isinstance(member, Object) and member.short == "name"):
            yield name
        yield from _strings(member)


STRINGS = frozenset((*_strings(CATLET), *_strings(NETWORKS)))
"""Members that are always strings, however YAML would read them: ``52:54:00:12:34:56`` is not a number there."""
