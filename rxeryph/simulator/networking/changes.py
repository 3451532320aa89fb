"""What the controller refuses to change of networks that catlets use. Each refusal is a line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

from ..rows import NetworkRow, PortRow
from .checks import place
from .settings import find_pool


def refusals(
    present: Sequence[NetworkRow],
    wanted: Sequence[Mapping[str, Any]],
    ports: Sequence[PortRow],
    flat_providers: Collection[str],
) -> Iterator[str]:
    """What forbids to replace the ``present`` networks by the ``wanted`` ones, which are complete.

    A network that is flat then may always be changed.
    """
    known = {(network["environment"], network["name"]): network for network in wanted}
    for row in present:
        used = [port for port in ports if port.network is row]
        if used and (row.environment, row.name) not in known:
            yield (
                f"environment '{row.environment}', network '{row.name}': {len(used)} ports use the network;"
                " remove them before the network"
            )
    for row in present:
        network = known.get((row.environment, row.name))
        used = [port for port in ports if port.network is row]
        if network is not None and used and network["provider"]["name"] not in flat_providers:
            yield from _changed(row, network, used)


def _changed(row: NetworkRow, network: Mapping[str, Any], used: Sequence[PortRow]) -> Iterator[str]:
    here, before = place(network), row.configuration
    kinds = []
    if network["provider"] != before["provider"]:
        kinds.append("provider")
    if {each["address"] for each in network["subnets"]} != {each["address"] for each in before["subnets"]}:
        kinds.append("addresses")
    yield from (f"{here}: {len(used)} ports use the network, so its {kind} cannot change" for kind in kinds)
    if kinds:
        yield f"{here}: remove all ports, or move them to another network, before that change"
    for subnet, pool in dict.fromkeys((port.subnet, port.ip_pool) for port in used if port.address):
        addresses = [port.address for port in used if port.address and (port.subnet, port.ip_pool) == (subnet, pool)]
        old, new = find_pool(before, subnet, pool), find_pool(network, subnet, pool)
        where = place(network, subnet, pool, kind="ip pool")
        if new is None:
            yield f"{where}: {len(addresses)} addresses of the pool are in use, so it cannot be removed"
        elif old is not None:
            yield from (f"{where}: {problem}" for problem in _pool(old, new, addresses))


def _pool(old: Mapping[str, Any], new: Mapping[str, Any], addresses: Sequence[str]) -> Iterator[str]:
    if new["first_ip"] != old["first_ip"]:
        yield "the first address of a pool in use cannot change"
    highest = max(map(IPv4Address, addresses))
    if new["last_ip"] != old["last_ip"] and IPv4Address(new["last_ip"]) < highest:
        yield f"the last address cannot become '{new['last_ip']}' while '{highest}' is in use"
    if new.get("next_ip") in addresses:
        yield f"the next address cannot become '{new['next_ip']}', which is in use"
