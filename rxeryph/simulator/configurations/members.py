"""The members of a configuration, in the order in which the server writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Configuration: TypeAlias = dict[str, Any]
"""A configuration whose members have been checked, or one of its parts."""

_ORDER = (
    *("config_type", "version", "project", "name", "location", "hostname", "environment", "store", "parent"),
    *("cpu", "memory", "drives", "network_adapters", "capabilities", "networks", "variables", "fodder"),
)
_DRIVE = ("name", "mutation", "location", "store", "source", "size", "type")
_FODDER = ("name", "remove", "source", "type", "content", "filename", "secret", "variables")
_VARIABLE = ("name", "type", "value", "secret", "required")
_PARTS: Mapping[str, tuple[str, ...]] = {"drives": _DRIVE, "fodder": _FODDER, "variables": _VARIABLE}


def items(configuration: Mapping[str, Any], member: str) -> list[Configuration]:
    """The entries of a list; none if it is absent."""
    return list(configuration.get(member) or ())


def name_of(item: Mapping[str, Any]) -> str:
    """The name of an entry, in lower case."""
    return str(item.get("name") or "").lower()


def by_name(entries: Iterable[Configuration]) -> dict[str, Configuration]:
    """The entries by their names."""
    return {name_of(entry): entry for entry in entries}


def without_blank(value: Mapping[str, Any]) -> Configuration:
    """The configuration without members that are blank strings, at any depth. Values and contents stay."""
    return {
        member: _without_blank(each)
        for member, each in value.items()
        if member in ("value", "content") or not (isinstance(each, str) and not each.strip())
    }


def _without_blank(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_blank(each) for each in value]
    return without_blank(value) if isinstance(value, dict) else value


def without_empty(configuration: Mapping[str, Any]) -> Configuration:
    """The configuration without members that are absent, and without empty lists and objects."""
    return {member: value for member, value in configuration.items() if value not in (None, [], {})}


def ordered(configuration: Mapping[str, Any]) -> Configuration:
    """The configuration with its members in the order of the server."""
    known = {member: configuration[member] for member in _ORDER if configuration.get(member) is not None}
    for member, order in _PARTS.items():
        if member in known:
            known[member] = [_part(entry, order) for entry in known[member]]
    return known


def _part(entry: Mapping[str, Any], order: Iterable[str]) -> Configuration:
    known = {member: entry[member] for member in order if entry.get(member) is not None}
    if known.get("variables"):
        known["variables"] = [_part(variable, _VARIABLE) for variable in known["variables"]]
    elif "variables" in known:
        del known["variables"]
    return known
