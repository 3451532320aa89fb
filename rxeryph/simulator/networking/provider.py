"""The addresses of the default network provider: one for the router of each network, one for each port in it."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from ..rows import NetworkRow, PortRow

NETWORK = IPv4Network("10.249.248.0/22")
FIRST, LAST = IPv4Address("10.249.248.10"), IPv4Address("10.249.251.241")


def free_address(networks: Iterable[NetworkRow], ports: Iterable[PortRow]) -> str | None:
    """The lowest address that none of the networks and ports of all projects has; None if there is none left."""
    used = {row.router_address for row in networks} | {port.floating_address for port in ports}
    numbers = range(int(FIRST), int(LAST) + 1)
    return next((found for found in map(str, map(IPv4Address, numbers)) if found not in used), None)
