"""What the controller refuses in the configuration of networks. Each refusal is a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from ..placement import DEFAULT, Placement


def refusals(networks: Sequence[Mapping[str, Any]], placement: Placement) -> Iterator[str]:
    """What is wrong with complete networks, whatever exists already."""
    keys = Counter((network["environment"], network["name"]) for network in networks)
    for environment, name in (key for key, count in keys.items() if count > 1):
        yield f"There are several networks '{name}' in environment '{environment}'."
    for network in networks:
        yield from _network(network, networks, placement)


def place(network: Mapping[str, Any], *names: str, kind: str = "network") -> str:
    """How a network, or a part of it, is named in refusals."""
    environment = f"environment '{network['environment']}', " if network["environment"] != "default" else ""
    return f"{environment}{kind} '{'/'.join((str(network['name']), *names))}'"


def _network(
    network: Mapping[str, Any], networks: Sequence[Mapping[str, Any]], placement: Placement
) -> Iterator[str]:
    here, provider = place(network), network["provider"]
    if not str(network["name"]).strip():
        yield "A network has no name."
    if provider["name"] not in placement.providers:
        known = ", ".join(placement.providers)
        yield f"{here}: there is no network provider '{provider['name']}'; there are {known}"
        return
    if provider["name"] in placement.flat_providers:
        if {provider["subnet"], provider["ip_pool"]} != {DEFAULT}:
            yield f"{here}: the provider '{provider['name']}' is flat, so it has no subnets and pools; name none"
        return
    for member in ("subnet", "ip_pool"):
        if provider[member] != DEFAULT:
            yield f"{here}: the provider '{provider['name']}' has no {member} '{provider[member]}'"
            return
    address = _address(network["address"])
    if address is None:
        yield f"{here}: '{network['address'] or ''}' is not a network address such as 10.0.0.0/20"
        return
    if isinstance(address, IPv6Network):
        yield f"{here}: the address '{network['address']}' is not an IPv4 address"
        return
    if str(address) != network["address"]:
        yield f"{here}: the address '{network['address']}' does not begin its network; use '{address}'"
        return
    others = [(each, _address(each["address"])) for each in networks if place(each) != here]
    overlapping = [
        place(each) for each, other in others if isinstance(other, IPv4Network) and address.overlaps(other)
    ]
    if overlapping:
        yield f"{here}: the address '{address}' overlaps with that of {', '.join(overlapping)}"
    for subnet in network["subnets"]:
        yield from _subnet(network, subnet, address)


def _subnet(network: Mapping[str, Any], subnet: Mapping[str, Any], outer: IPv4Network) -> Iterator[str]:
    here, address = place(network, subnet["name"], kind="subnet"), _address(subnet["address"])
    if not isinstance(address, IPv4Network):
        yield f"{here}: '{subnet['address']}' is not a network address such as 10.0.0.0/20"
        return
    if not address.subnet_of(outer):
        yield f"{here}: the address '{address}' is outside of the network's '{outer}'"
        return
    if str(address) != subnet["address"]:
        yield f"{here}: the address '{subnet['address']}' does not begin its network; use '{address}'"
        return
    for pool in subnet["ip_pools"]:
        where = place(network, subnet["name"], pool["name"], kind="ip pool")
        yield from (f"{where}: {problem}" for problem in _pool(pool, address))


def _pool(pool: Mapping[str, Any], subnet: IPv4Network) -> Iterator[str]:
    known: dict[str, IPv4Address] = {}
    for member in ("first_ip", "last_ip", "next_ip"):
        if member == "next_ip" and not str(pool.get(member) or "").strip():
            continue
        try:
            found = ip_address(pool.get(member) or "")
        except ValueError:
            yield f"{member} '{pool.get(member) or ''}' is not an IP address"
            continue
        if found not in subnet:
            yield f"{member} '{found}' is outside of the subnet '{subnet}'"
        if isinstance(found, IPv4Address):
            known[member] = found
    last = known.get("last_ip")
    if last is not None and known.get("first_ip", last) > last:
        yield f"last_ip '{last}' is lower than first_ip '{known['first_ip']}'"
    if last is not None and known.get("next_ip", last) > last:
        yield f"next_ip '{known['next_ip']}' is higher than last_ip '{last}'"


def _address(value: object) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(str(value), strict=False) if value and "/" in str(value) else None
    except ValueError:
        return None
