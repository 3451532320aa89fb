"""What the members of a network configuration demand of each other.

Only the server knows which providers are flat. Their networks need no address, so only a network with an address is
looked into.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from .relations import Part, Problem, is_given


def network(part: Part) -> Iterator[Problem]:
    """The address of a network contains those of its subnets, and theirs contain the pools."""
    address = _network(part.get("address"))
    if isinstance(address, str):
        yield Problem(".address", address)
    if not isinstance(address, IPv4Network):
        return
    for place, subnet in _parts(part, "subnets"):
        inner = _network(subnet.get("address"))
        if isinstance(inner, str):
            yield Problem(f"{place}.address", inner)
            continue
        if inner is not None and not inner.subnet_of(address):
            yield Problem(f"{place}.address", f"{inner} is not within the network's {address}")
        for pool_place, pool in _parts(subnet, "ip_pools"):
            for each in _pool(pool, address if inner is None else inner):
                yield Problem(f"{place}{pool_place}{each.path}", each.reason)


def _pool(pool: Part, subnet: IPv4Network) -> Iterator[Problem]:
    found: dict[str, IPv4Address] = {}
    for member in ("first_ip", "last_ip", "next_ip"):
        value = pool.get(member)
        if not is_given(value):
            if member != "next_ip":
                yield Problem(f".{member}", "the member is required")
            continue
        try:
            found[member] = IPv4Address(value)
        except ValueError:
            yield Problem(f".{member}", "it is not an address such as 10.0.0.100")
            continue
        if found[member] not in subnet:
            yield Problem(f".{member}", f"{found[member]} is not within {subnet}")
    last = found.get("last_ip")
    if last is not None and found.get("first_ip", last) > last:
        yield Problem(".last_ip", f"{last} is less than first_ip")
    if last is not None and found.get("next_ip", last) > last:
        yield Problem(".next_ip", f"{found['next_ip']} is more than last_ip")


def all_networks(items: Sequence[object]) -> Iterator[Problem]:
    """No two networks of an environment have the same name, and no two overlap."""
    names: dict[tuple[object, object], int] = {}
    addresses: list[tuple[int, IPv4Network]] = []
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            continue
        environment = item.get("environment")
        first = names.setdefault((environment if is_given(environment) else "default", item.get("name")), index)
        if first != index:
            yield Problem("", f"[{index}] has the same name and environment as [{first}]", f"[{index}]")
        address = _network(item.get("address"))
        if isinstance(address, IPv4Network):
            for other, taken in addresses:
                if address.overlaps(taken):
                    yield Problem(f"[{index}].address", f"{address} overlaps with {taken} of networks[{other}]")
            addresses.append((index, address))


def _network(value: object) -> IPv4Network | str | None:
    """The network, or what is wrong with it; None if none is given."""
    if not isinstance(value, str) or not is_given(value):
        return None
    try:
        found = IPv4Network(value, strict=False)
    except ValueError:
        return "it is not a network such as 10.0.0.0/20"
    return found if str(found) == value else f"it must be written as {found}"


def _parts(part: Part, member: str) -> Iterator[tuple[str, Part]]:
    """The entries of a list with their paths."""
    entries = part.get(member)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping):
            yield f".{member}[{index}]", entry
