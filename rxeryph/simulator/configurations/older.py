"""Configurations as servers before API 1.2 wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..rows import CatletRow
from .instance import connected
from .members import Configuration, by_name, items, ordered, without_empty
from .variables import redacted, substituted, with_system_variables

DRIVE_TYPES = {"vhd": "VHD", "shared_vhd": "SharedVHD", "phd": "PHD", "dvd": "DVD", "vhd_set": "VHDSet"}
"""The old spelling of the types of drives."""


def expansion(
    given: Mapping[str, Any], built: Configuration, ids: tuple[str, str], *, shows_secrets: bool
) -> Configuration:
    """The result of an expansion. ``ids`` are those of the catlet and its machine."""
    known = substituted(with_system_variables(built, *ids))
    del known["config_type"]
    if known["hostname"] == known["name"]:
        del known["hostname"]
    for member in ("project", "environment", "store"):
        if not given.get(member):
            del known[member]
    known["drives"] = [{**drive, "type": DRIVE_TYPES[drive["type"]]} for drive in known["drives"]]
    known["network_adapters"] = [{"mac_address": "", **adapter} for adapter in known["network_adapters"]]
    shown = without_empty(ordered(known))
    return shown if shows_secrets else redacted(shown)


def difference(catlet: CatletRow, parent: Mapping[str, Any]) -> Configuration:
    """The configuration of a catlet, as far as it differs from that of its ``parent``."""
    configuration, known = catlet.configuration, by_name(items(parent, "drives"))
    found: Configuration = {"version": "1.0", "name": catlet.name, "location": configuration["location"]}
    if catlet.project.name != "default":
        found["project"] = catlet.project.name
    if configuration["environment"] != "default":
        found["environment"] = configuration["environment"]
    found["parent"] = configuration.get("parent")
    for member in ("cpu", "memory"):
        before = parent.get(member) or {}
        found[member] = {key: value for key, value in configuration[member].items() if before.get(key) != value}
    found["drives"] = [
        drive
        for drive in map(_drive, configuration["drives"])
        if drive["name"] not in known or drive.get("size") != known[drive["name"]].get("size")
    ]
    usual = ("default", "default", "default")
    found["networks"] = connected(
        port for port in catlet.ports if (port.network.name, port.subnet, port.ip_pool) != usual
    )
    before = by_name(items(parent, "capabilities"))
    given = items(configuration, "capabilities")
    found["capabilities"] = [each for each in given if before.get(each["name"]) != each]
    return without_empty(ordered(found))


def _drive(drive: Mapping[str, Any]) -> Configuration:
    found = {member: drive[member] for member in ("name", "size") if drive.get(member)}
    return found if drive["type"] == "vhd" else {**found, "type": DRIVE_TYPES[drive["type"]]}
