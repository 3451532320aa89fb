"""What an update may change of the configuration of a catlet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .members import Configuration, by_name, items, name_of, without_blank
from .normalising import Refused, full_gene_set, full_source, normalised, refuse_unnamed_subnets

_FIXED = ("project", "environment", "store", "location", "parent", "hostname")


def updated(given: Mapping[str, Any], current: Mapping[str, Any], title: str) -> Configuration:
    """The configuration that replaces the ``current`` one. Raises Refused with a line for each forbidden change."""
    given = without_blank(given)
    refusals = list(_refusals(given, current))
    if refusals:
        raise Refused("\n".join([f"{title} cannot be updated to this configuration.", *refusals]))
    refuse_unnamed_subnets(given)
    kept = {member: current[member] for member in ("variables", "fodder", "memory") if member in current}
    name = given.get("name") or current["name"]
    return normalised({**kept, **{key: value for key, value in given.items() if value is not None}, "name": name})


def _refusals(given: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[str]:
    kind = given.get("config_type")
    if kind is None:
        yield "$.config_type: The config_type is required. It must be instance, as in the present configuration."
    elif str(kind).lower() != "instance":
        yield f"$.config_type: The config_type must be instance, not {kind}."
    for member in _FIXED:
        if member != "parent" or "parent" in current or given.get("parent"):
            yield from _same(f"$.{member}", member, given, current)
    drives = list(_drives(given, current))
    yield from drives
    if not drives:
        names = by_name(items(given, "drives"))
        for drive in items(current, "drives"):
            if _is_gene(drive) and drive["name"] not in names:
                yield f"$.drives: The drive {drive['name']} comes from a gene and cannot be removed."
    for member in ("fodder", "variables"):
        if given.get(member) is not None:
            yield f"$.{member}: An update cannot contain {member}, not even an empty list. Leave the member out."


def _drives(given: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[str]:
    known = by_name(items(current, "drives"))
    for index, drive in enumerate(items(given, "drives")):
        path, before = f"$.drives[{index}]", known.get(name_of(drive))
        if before is not None and _is_gene(before):
            if drive.get("type") not in (None, before["type"]):
                yield f"{path}.type: The type of a drive that comes from a gene cannot change."
            for member in ("store", "location", "source"):
                yield from _same(f"{path}.{member}", member, drive, before)
        elif _is_gene(drive):
            yield f"{path}.source: An update cannot add a drive that comes from a gene."


def _same(path: str, member: str, given: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[str]:
    value, present = given.get(member), current.get(member)
    if not value:
        yield f"{path}: The {member} is required, as it is in the present configuration: {present}."
    elif _comparable(member, value) != _comparable(member, present):
        yield f"{path}: The {member} cannot change from {present or 'none'} to {value}."


def _comparable(member: str, value: Any) -> object:
    if member == "hostname" or not isinstance(value, str):
        return value
    return {"parent": full_gene_set, "source": full_source}.get(member, str.lower)(value)


def _is_gene(drive: Mapping[str, Any]) -> bool:
    return str(drive.get("source") or "").startswith("gene:")
