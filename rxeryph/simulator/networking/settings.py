"""The configuration of a network with all its defaults, and without those that the server leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..configurations.members import Configuration
from ..rows import NetworkRow

DEFAULT = "default"
NAME_SERVERS = ["9.9.9.9", "8.8.8.8"]
MTU = 1400

DEFAULT_NETWORK: Configuration = {
    "name": DEFAULT,
    "address": "10.0.0.0/20",
    "subnets": [
        {
            "name": DEFAULT,
            "ip_pools": [{"name": DEFAULT, "first_ip": "10.0.0.100", "last_ip": "10.0.0.240"}],
            "dns_servers": NAME_SERVERS,
        }
    ],
}
"""The network of a new project."""


def complete(network: Mapping[str, Any]) -> Configuration:
    """A network with all its defaults. A new pool begins at its first address."""
    environment = _or_default(network, "environment")
    provider = network.get("provider") or {}
    return {
        "name": network.get("name"),
        "environment": environment,
        "provider": {member: provider.get(member, DEFAULT) for member in ("name", "subnet", "ip_pool")},
        "address": network.get("address"),
        "subnets": [
            {
                "name": _or_default(subnet, "name"),
                "address": subnet.get("address", network.get("address")),
                "ip_pools": [{**pool, "name": pool.get("name") or DEFAULT} for pool in subnet.get("ip_pools") or ()],
                "dns_servers": list(subnet.get("dns_servers") or ()),
                "dns_domain": subnet.get("dns_domain") or _domain(environment),
                "mtu": subnet.get("mtu") or MTU,
            }
            for subnet in network.get("subnets") or ()
        ],
    }


def with_next_ips(network: Configuration, before: NetworkRow | None) -> Configuration:
    """The network with the next address of each pool: as requested, or as ``before``, or the first one."""
    for subnet in network["subnets"]:
        for pool in subnet["ip_pools"]:
            known = find_pool(before.configuration, subnet["name"], pool["name"]) if before else None
            is_kept = known is not None and known["first_ip"] == pool["first_ip"]
            pool["next_ip"] = pool.get("next_ip") or (known["next_ip"] if known and is_kept else pool["first_ip"])
    return network


def find_pool(network: Mapping[str, Any], subnet: str, pool: str) -> Configuration | None:
    """A pool of a complete network."""
    pools = [each for one in network["subnets"] if one["name"] == subnet for each in one["ip_pools"]]
    return next((each for each in pools if each["name"] == pool), None)


def shown(network: Mapping[str, Any]) -> Configuration:
    """The network as the server shows it, without most of the defaults."""
    document: Configuration = {"name": network["name"]}
    if network["environment"] != DEFAULT:
        document["environment"] = network["environment"]
    provider = {member: name for member, name in network["provider"].items() if name != DEFAULT}
    if provider:
        document["provider"] = provider
    if network["address"]:
        document["address"] = network["address"]
    if network["subnets"]:
        document["subnets"] = [_shown_subnet(subnet, network) for subnet in network["subnets"]]
    return document


def _shown_subnet(subnet: Mapping[str, Any], network: Mapping[str, Any]) -> Configuration:
    document: Configuration = {"name": subnet["name"]}
    if subnet["address"] != network["address"]:
        document["address"] = subnet["address"]
    order = ("name", "first_ip", "last_ip", "next_ip")
    if subnet["ip_pools"]:
        document["ip_pools"] = [{member: pool[member] for member in order} for pool in subnet["ip_pools"]]
    if subnet["dns_servers"]:
        document["dns_servers"] = subnet["dns_servers"]
    if subnet["dns_domain"] != _domain(network["environment"]):
        document["dns_domain"] = subnet["dns_domain"]
    document["mtu"] = subnet["mtu"]
    return document


def _or_default(part: Mapping[str, Any], member: str) -> str:
    """A name, or the default for one that is absent or blank."""
    name = str(part.get(member) or "")
    return name if name.strip() else DEFAULT


def _domain(environment: str) -> str:
    return "home.arpa" if environment == DEFAULT else f"{environment}.home.arpa"
