"""The configuration of a deployed catlet."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..rows import CatletRow, DiskRow, PortRow
from .capabilities import is_dynamic, shown_capabilities
from .members import Configuration, items, ordered, without_empty
from .variables import redacted


def instantiated(configuration: Mapping[str, Any], random: random.Random) -> Configuration:
    """The configuration with a place for the catlet and its drives, and addresses for its adapters."""
    location = str(configuration.get("location") or _base36(random.getrandbits(62))).lower()
    return ordered(
        {
            **configuration,
            "config_type": "instance",
            "location": location,
            "drives": [
                {**drive, "location": drive.get("location") or location} for drive in items(configuration, "drives")
            ],
            "network_adapters": [
                {**adapter, "mac_address": adapter.get("mac_address") or _mac_address(random)}
                for adapter in items(configuration, "network_adapters")
            ],
        }
    )


def before_setup(configuration: Mapping[str, Any]) -> Configuration:
    """The configuration of a machine that was created, but not set up: it has no drives and no adapters yet."""
    return {**configuration, "drives": [], "network_adapters": []}


def shown(catlet: CatletRow, find_disk: Callable[[str], DiskRow | None]) -> Configuration:
    """The configuration as the server shows it: from what the machine has, without secrets."""
    configuration = catlet.configuration
    memory = configuration["memory"]
    if not is_dynamic(configuration):
        memory = {"startup": memory.get("startup", 1024)}
    return redacted(
        without_empty(
            ordered(
                {
                    **configuration,
                    "project": catlet.project.name,
                    "name": catlet.name,
                    "memory": {"startup": 1024, **memory},
                    "drives": [_drive(drive, find_disk) for drive in configuration["drives"]],
                    "network_adapters": [
                        {member: adapter[member] for member in ("name", "mac_address")}
                        for adapter in configuration["network_adapters"]
                    ],
                    "capabilities": shown_capabilities(configuration),
                    "networks": connected(catlet.ports),
                }
            )
        )
    )


def _drive(drive: Mapping[str, Any], find_disk: Callable[[str], DiskRow | None]) -> Configuration:
    disk = find_disk(str(drive["name"]))
    if disk is None:
        return {"name": drive["name"], "type": drive["type"]}
    is_as_large = disk.parent is not None and disk.size == disk.parent.size
    return {
        "name": disk.name,
        "location": disk.location,
        "store": disk.data_store,
        "source": drive.get("source"),
        "size": None if is_as_large else disk.size,
        "type": drive["type"],
    }


def connected(ports: Iterable[PortRow]) -> list[Configuration]:
    """The networks of a configuration, from the ports of a catlet."""
    return [
        {
            "name": port.network.name,
            "adapter_name": port.adapter_name,
            **({"subnet_v4": {"name": port.subnet, "ip_pool": port.ip_pool}} if port.address else {}),
        }
        for port in ports
    ]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def _mac_address(random: random.Random) -> str:
    return "d2:ab:" + random.randbytes(4).hex(":")
