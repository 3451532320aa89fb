"""The ports that connect a catlet to networks, and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Protocol

from ..configurations.members import Configuration
from ..configurations.normalising import Refused
from ..placement import Placement
from ..rows import CatletRow, NetworkRow, PortRow, ProjectRow
from . import provider
from .settings import DEFAULT, find_pool


class Rows(Protocol):
    """The networks of projects and the ports of all catlets."""

    placement: Placement
    networks: dict[str, NetworkRow]

    def networks_of(self, project: ProjectRow) -> list[NetworkRow]: ...

    @property
    def ports(self) -> list[PortRow]: ...


def connect(rows: Rows, catlet: CatletRow, configuration: Mapping[str, Any]) -> None:
    """Give a catlet the ports that its configuration names. Raises Refused for a network that does not exist."""
    wanted = []
    for network in configuration.get("networks", ()):
        adapter = next(each for each in configuration["network_adapters"] if each["name"] == network["adapter_name"])
        row = _network(rows, catlet, network["name"], configuration["environment"])
        for guard in ("mac_address_spoofing", "dhcp_guard", "router_guard"):
            if adapter.get(guard) and not _is_flat(rows, row):
                raise Refused(
                    f"{guard} cannot be enabled for the adapter '{adapter['name']}':"
                    f" the network '{row.name}' does not use a flat network provider."
                )
        wanted.append((row, network))
    catlet.ports = [port for port in catlet.ports if any(_is_of(port, row, network, rows) for row, network in wanted)]
    for row, network in wanted:
        if not any(_is_of(port, row, network, rows) for port in catlet.ports):
            catlet.ports.append(_new_port(rows, row, network))


def shown(port: PortRow) -> Configuration:
    """A port as the document of a catlet shows it."""
    names = port.network.configuration["provider"]
    document: Configuration = {"name": port.network.name, "provider": names["name"]}
    if port.address is None:
        document |= {"ip_v4_addresses": [], "dns_server_addresses": [], "ip_v4_subnets": []}
    else:
        subnet = next(each for each in port.network.configuration["subnets"] if each["name"] == port.subnet)
        document |= {
            "ip_v4_addresses": [port.address],
            "i_pv4_default_gateway": str(IPv4Network(subnet["address"])[1]),
            "dns_server_addresses": subnet["dns_servers"],
            "ip_v4_subnets": [subnet["address"]],
        }
    if port.floating_address is not None:
        document["floating_port"] = {
            "name": names["ip_pool"],
            "provider": names["name"],
            "subnet": names["subnet"],
            "ip_v4_addresses": [port.floating_address],
            "ip_v4_subnets": [str(provider.NETWORK)],
        }
    return document


def _network(rows: Rows, catlet: CatletRow, name: str, environment: str) -> NetworkRow:
    """The network of that name in the environment, or else in the default one."""
    known = {row.environment: row for row in rows.networks_of(catlet.project) if row.name == name}
    found = known.get(environment) or known.get(DEFAULT)
    if found is None:
        also = "" if environment == DEFAULT else " and in the default environment"
        raise Refused(f"The network '{name}' was not found in environment '{environment}'{also}.")
    return found


def _is_flat(rows: Rows, row: NetworkRow) -> bool:
    return row.configuration["provider"]["name"] in rows.placement.flat_providers


def _is_of(port: PortRow, row: NetworkRow, network: Mapping[str, Any], rows: Rows) -> bool:
    if port.network is not row or port.adapter_name != network["adapter_name"]:
        return False
    if _is_flat(rows, row) or port.floating_address is None:
        return _is_flat(rows, row) and port.floating_address is None
    subnet = network.get("subnet_v4") or {}
    return (
        port.address is not None
        and subnet.get("name", port.subnet) == port.subnet
        and subnet.get("ip_pool", port.ip_pool) == port.ip_pool
    )


def _new_port(rows: Rows, row: NetworkRow, network: Mapping[str, Any]) -> PortRow:
    if _is_flat(rows, row):
        return PortRow(row, network["adapter_name"], "", "", None, None)
    wanted = network.get("subnet_v4") or {}
    subnet, pool_name = wanted.get("name") or DEFAULT, wanted.get("ip_pool") or DEFAULT
    if subnet not in [each["name"] for each in row.configuration["subnets"]]:
        raise Refused(f"The network '{row.name}' in environment '{row.environment}' has no subnet '{subnet}'.")
    pool = find_pool(row.configuration, subnet, pool_name)
    if pool is None:
        raise Refused(f"The subnet '{subnet}' of the network '{row.name}' has no ip pool '{pool_name}'.")
    ports = rows.ports
    used = {port.address for port in ports if port.address and port.network is row and port.subnet == subnet}
    address = _free(pool, used)
    pool["next_ip"] = _following(pool, address, used | {address})
    floating = provider.free_address(rows.networks.values(), ports)
    if floating is None:
        raise Refused("The network provider has no more free addresses.")
    return PortRow(row, network["adapter_name"], subnet, pool_name, address, floating)


def _free(pool: Mapping[str, Any], used: set[str]) -> str:
    if pool["next_ip"] not in used:
        return str(pool["next_ip"])
    found = _following(pool, pool["next_ip"], used)
    if found in used:
        raise Refused(f"The ip pool '{pool['name']}' has no more free addresses.")
    return found


def _following(pool: Mapping[str, Any], address: str, used: set[str]) -> str:
    """The next free address after ``address``, from the beginning again after the last; the first if none is free."""
    first, last, at = (int(IPv4Address(each)) for each in (pool["first_ip"], pool["last_ip"], address))
    numbers = (*range(at + 1, last + 1), *range(first, at + 1))
    free = (each for each in (str(IPv4Address(number)) for number in numbers) if each not in used)
    return next(free, str(pool["first_ip"]))
