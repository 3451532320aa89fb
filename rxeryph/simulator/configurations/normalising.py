"""Names in lower case, and what a configuration leaves open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .members import Configuration, by_name, items, name_of

DEFAULT = "default"
_SUBNETS = ("subnet_v4", "subnet_v6")


class Refused(Exception):
    """The controller refuses a configuration; the message says why."""


def with_default_network(configuration: Mapping[str, Any]) -> Configuration:
    """The configuration with a network, if it names none."""
    return {**configuration, "networks": items(configuration, "networks") or [{"name": DEFAULT}]}


def full_gene_set(gene_set: str) -> str:
    """``org/set/tag`` in lower case; the default tag is ``latest``."""
    parts = gene_set.lower().split("/")
    return "/".join(parts if len(parts) > 2 else [*parts, "latest"])


def full_source(source: str) -> str:
    """The source of a drive or of fodder; that of a gene with its tag."""
    if not source.startswith("gene:"):
        return source
    gene_set, _, gene = source.removeprefix("gene:").rpartition(":")
    return f"gene:{full_gene_set(gene_set)}:{gene.lower()}"


def normalised(configuration: Mapping[str, Any]) -> Configuration:
    """The configuration with names in lower case, adapters for its networks, and defaults.

    Raises Refused if two networks use the same adapter.
    """
    networks = [
        {
            **network,
            "name": name_of(network),
            "adapter_name": str(network.get("adapter_name") or f"eth{index}").lower(),
        }
        for index, network in enumerate(items(configuration, "networks"))
    ]
    memory = configuration.get("memory") or {}
    name = str(configuration.get("name") or "").lower()
    return {
        **configuration,
        **{
            member: str(configuration.get(member) or DEFAULT).lower()
            for member in ("project", "environment", "store")
        },
        "name": name,
        "hostname": configuration.get("hostname") or name,
        "cpu": configuration.get("cpu") or {"count": 1},
        "memory": {key: value for key, value in memory.items() if value is not None} or {"startup": 1024},
        "drives": [_drive(drive) for drive in items(configuration, "drives")],
        "network_adapters": _adapters(networks, items(configuration, "network_adapters")),
        "capabilities": [{**each, "name": name_of(each)} for each in items(configuration, "capabilities")],
        "networks": networks,
        "variables": [_variable(variable) for variable in items(configuration, "variables")],
        "fodder": [_fodder(each) for each in items(configuration, "fodder")],
    }


def refuse_unnamed_subnets(configuration: Mapping[str, Any]) -> None:
    """Raise Refused if a subnet of a network has no name, which is not checked in the request."""
    for network in items(configuration, "networks"):
        if any(network.get(member) is not None and not name_of(network[member]) for member in _SUBNETS):
            raise Refused(f"The network '{network['name']}' names a subnet without a name. Add the name.")


def _drive(drive: Mapping[str, Any]) -> Configuration:
    found = {**drive, "name": name_of(drive), "store": str(drive.get("store") or DEFAULT).lower()}
    found["type"] = str(drive.get("type") or "vhd").lower()
    if drive.get("source"):
        found["source"] = full_source(drive["source"])
    return found


def _adapters(networks: list[Configuration], adapters: list[Configuration]) -> list[Configuration]:
    used = [network["adapter_name"] for network in networks]
    twice = [name for name, count in Counter(used).items() if count > 1]
    if twice:
        raise Refused(
            "The catlet configuration cannot be completed: several networks use the same network adapter:"
            f" {', '.join(twice)}. Give each network an adapter of its own."
        )
    given = by_name(adapters)
    first = [{**given.get(name, {}), "name": name} for name in used]
    extra = [{**adapter, "name": name} for name, adapter in given.items() if name not in used]
    return [_with_mac(adapter) for adapter in (*first, *extra)]


def _with_mac(adapter: Configuration) -> Configuration:
    mac = str(adapter.get("mac_address") or "").replace(":", "").replace("-", "").lower()
    return {**adapter, "mac_address": ":".join(mac[at : at + 2] for at in range(0, 12, 2))} if mac else adapter


def _variable(variable: Mapping[str, Any]) -> Configuration:
    return {**variable, "name": name_of(variable), "type": str(variable.get("type") or "string").lower()}


def _fodder(fodder: Mapping[str, Any]) -> Configuration:
    found = dict(fodder)
    if fodder.get("name"):
        found["name"] = name_of(fodder)
    if fodder.get("source"):
        found["source"] = full_source(fodder["source"])
    return found
