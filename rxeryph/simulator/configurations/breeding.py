"""How a configuration inherits from the catlet gene of its parent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .members import Configuration, by_name, items, name_of, without_empty

_OWN = ("config_type", "project", "name", "location", "hostname", "environment", "store", "parent")
_LISTS = ("drives", "network_adapters", "capabilities", "networks")


def bred(child: Mapping[str, Any], parent: Mapping[str, Any]) -> Configuration:
    """The ``child`` with what it inherits. Its identity and its place are its own."""
    return {
        **{member: child[member] for member in _OWN if member in child},
        **{member: {**(parent.get(member) or {}), **(child.get(member) or {})} for member in ("cpu", "memory")},
        **{member: _merged(items(child, member), items(parent, member)) for member in _LISTS},
        "variables": _sorted({**by_name(items(parent, "variables")), **by_name(items(child, "variables"))}),
        "fodder": _fodder(items(child, "fodder"), items(parent, "fodder")),
    }


def without_removed(configuration: Mapping[str, Any]) -> Configuration:
    """The configuration without entries that are still marked to be removed."""
    kept = {
        member: [item for item in items(configuration, member) if item.get("mutation") != "remove"]
        for member in _LISTS
    }
    for capability in kept["capabilities"]:
        capability.pop("mutation", None)
    return {**configuration, **kept}


def merged_fodder(first: Mapping[str, Any], second: Mapping[str, Any]) -> Configuration:
    """Two fodder entries of the same key; the second decides. Variables come with the content they are for."""
    giver = second if "content" in second or "source" in second else first
    merged = {**first, **second, "source": second.get("source"), "variables": giver.get("variables")}
    return without_empty(merged)


def fodder_key(fodder: Mapping[str, Any]) -> tuple[str, str]:
    """The name and source of fodder. That it comes from a catlet gene is information only."""
    source = str(fodder.get("source") or "").lower()
    return name_of(fodder), "" if source.endswith(":catlet") else source


def _merged(child: list[Configuration], parent: list[Configuration]) -> list[Configuration]:
    found = {name: entry for name, entry in by_name(parent).items() if entry.get("mutation") != "remove"}
    for entry in child:
        name, mutation = name_of(entry), entry.get("mutation")
        if mutation == "remove":
            found.pop(name, None)
        elif mutation == "overwrite":
            found[name] = entry
        else:
            inherited = {member: value for member, value in found.get(name, {}).items() if member != "mutation"}
            found[name] = inherited | {member: value for member, value in entry.items() if _is_set(member, value)}
    return _sorted(found)


def _is_set(member: str, value: object) -> bool:
    return value != "" and (member, value) != ("size", 0)


def _fodder(child: list[Configuration], parent: list[Configuration]) -> list[Configuration]:
    keyed = {fodder_key(entry): entry for entry in parent}
    found = {key: entry for key, entry in keyed.items() if key[1] or not entry.get("remove")}
    for entry in child:
        key = fodder_key(entry)
        if entry.get("remove") and not key[1]:
            found.pop(key, None)
        else:
            found[key] = merged_fodder(found[key], entry) if key in found else entry
    return list(found.values())


def _sorted(entries: Mapping[str, Configuration]) -> list[Configuration]:
    return [entries[name] for name in sorted(entries)]
