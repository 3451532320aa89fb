"""Changes of a catlet's configuration, on plain JSON data: merge, compare, and find what the server would refuse.

An update replaces the whole configuration, and some members must be as they were. Members of the lists in ``NAMED``
belong together by their ``name``, in any letter case; a path shows one as ``drives[name=data]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy

from ..model import CatletChange, Difference
from .documents import ROOT
from .plain import check_configuration
from .refusal import invalid

Plain = dict[str, object]

Edit = Callable[[Plain], Mapping[str, object] | None]
"""A function that gets a configuration and returns it changed; one that returns None has changed what it got."""

NAMED = ("drives", "network_adapters", "capabilities", "networks")
"""Lists whose members have names."""

MERGED = ("cpu", "memory")
"""Members that are merged part by part."""

FIXED = ("config_type", "project", "location", "hostname", "environment", "store", "parent")
"""Members that an update must repeat as they are."""

AT_CREATION = ("fodder", "variables")
"""Members that an update must not have."""


def plan_change(configuration: Mapping[str, object], change: Plain | Edit) -> CatletChange:
    """What to send to change a catlet that has ``configuration``: ``change`` is a checked partial one or a function.

    Raises InvalidRequestError, with the path, for what an update cannot change, and what the function raises.
    """
    before = {member: value for member, value in configuration.items() if member not in AT_CREATION}
    if callable(change):
        passed = deepcopy(before)
        returned = change(passed)
        after = check_configuration(passed if returned is None else returned)
    else:
        after = merge(before, change)
    check_change(before, after)
    return CatletChange(after, tuple(differences(before, after)))


def merge(before: Mapping[str, object], partial: Mapping[str, object]) -> Plain:
    """``before`` with the members of ``partial``, by eryph's rules for a catlet and its parent.

    None means unchanged. The parts of cpu and memory are merged, and so are the members of named lists: an entry with
    the name of an old one changes the parts that it has, with ``mutation: overwrite`` it replaces the old one, with
    ``mutation: remove`` it removes it. New entries come last.
    """
    after = dict(before)
    for member, value in partial.items():
        old = before.get(member)
        if value is None:
            continue
        if member in NAMED and isinstance(value, list):
            after[member] = _merge_lists(old if isinstance(old, list) else [], value)
        elif member in MERGED and isinstance(value, dict):
            after[member] = _merge_parts(old, value)
        else:
            after[member] = value
    return after


def differences(before: object, after: object, path: str = ROOT) -> Iterator[Difference]:
    """What to change in ``before`` to get ``after``, but for the order of named lists. None is the same as absent."""
    if isinstance(before, dict) and isinstance(after, dict):
        for member in dict.fromkeys((*before, *after)):
            old, new, inner = before.get(member), after.get(member), f"{path}.{member}"
            olds, news = _by_name(old), _by_name(new)
            if member in NAMED and path == ROOT and olds is not None and news is not None:
                for name in dict.fromkeys((*olds, *news)):
                    yield from differences(olds.get(name), news.get(name), f"{inner}[name={name}]")
            else:
                yield from differences(old, new, inner)
    elif before != after or type(before) is not type(after):  # True is equal to 1
        yield Difference(path, before, after)


def check_change(before: Mapping[str, object], after: Mapping[str, object]) -> None:
    """Raise InvalidRequestError, with the path, for what the server does not change in a catlet that exists."""
    for member in AT_CREATION:
        if after.get(member) is not None:
            raise invalid(f"{ROOT}.{member}", f"{member} can be given only when a catlet is created.")
    for member in FIXED:
        _check_fixed(f"{ROOT}.{member}", before.get(member), after.get(member), is_exact=member == "hostname")
    _check_drives(before, after)
    _check_adapters(before, after)


def _merge_lists(olds: list[object], partial: list[object]) -> list[object]:
    merged: dict[object, object] = {_key(item, index): item for index, item in enumerate(olds)}
    for index, item in enumerate(partial, len(olds)):
        key = _key(item, index)
        if not isinstance(item, dict):
            merged[key] = item  # the server says what is wrong with it
            continue
        mutation = str(item.get("mutation") or "merge").casefold()
        new = {part: value for part, value in item.items() if part != "mutation"}
        old = merged.get(key)
        if mutation == "remove":
            merged.pop(key, None)
        elif mutation == "overwrite" or not isinstance(old, dict):
            merged[key] = new
        else:
            merged[key] = {**_merge_parts(old, new), "name": old["name"]}
    return [*merged.values()]


def _merge_parts(old: object, new: Mapping[str, object]) -> Plain:
    given = {part: value for part, value in new.items() if value is not None}
    return {**old, **given} if isinstance(old, dict) else given


def _key(item: object, index: int) -> object:
    """What an entry is known by: its name, else its place."""
    name = item.get("name") if isinstance(item, dict) else None
    return name.casefold() if isinstance(name, str) else index


def _by_name(items: object) -> dict[str, Plain] | None:
    """The entries of a list by name, {} for None; None if a name is missing or occurs twice."""
    if items is None:
        return {}
    if not isinstance(items, list):
        return None
    named = {key: item for index, item in enumerate(items) if isinstance(key := _key(item, index), str)}
    return named if len(named) == len(items) else None


def _check_fixed(path: str, before: object, after: object, *, is_exact: bool = False) -> None:
    if after is None and before is not None:
        raise invalid(path, "the member is missing, but an update has to repeat it. Return all that was passed.")
    if not is_exact:
        before, after = _folded(before), _folded(after)
    if before != after:
        raise invalid(path, f"{after!r} cannot be, because it is {before!r}, which an update cannot change.")


def _folded(value: object) -> object:
    """A name in one letter case; a gene set without a tag is the latest one."""
    name = value.casefold() if isinstance(value, str) else value
    return f"{name}/latest" if isinstance(name, str) and name.count("/") == 1 and ":" not in name else name


def _check_drives(before: Mapping[str, object], after: Mapping[str, object]) -> None:
    olds, news = _by_name(before.get("drives")) or {}, _by_name(after.get("drives"))
    for name, drive in (news or {}).items():
        old, path = olds.get(name, {}), f"{ROOT}.drives[name={name}]"
        if _is_of_gene(old):
            for member in ("store", "location", "source"):
                _check_fixed(f"{path}.{member}", old.get(member), drive.get(member))
            if str(drive.get("type") or "vhd").casefold() != "vhd":
                raise invalid(f"{path}.type", "the type of a drive that comes from a gene cannot change.")
        elif _is_of_gene(drive):
            raise invalid(f"{path}.source", "a drive from a gene cannot be added to a catlet that exists.")
    for name, drive in olds.items():
        if news is not None and name not in news and _is_of_gene(drive):
            raise invalid(f"{ROOT}.drives[name={name}]", "a drive that comes from a gene cannot be removed.")


def _is_of_gene(drive: Mapping[str, object]) -> bool:
    source = drive.get("source")
    return isinstance(source, str) and source.startswith("gene:")


def _check_adapters(before: Mapping[str, object], after: Mapping[str, object]) -> None:
    """A network whose adapter is removed would get a new adapter of that name from the server."""
    olds, news = _by_name(before.get("network_adapters")) or {}, _by_name(after.get("network_adapters")) or {}
    for name, network in (_by_name(after.get("networks")) or {}).items():
        adapter = _folded(network.get("adapter_name"))
        if adapter in olds and adapter not in news:
            path = f"{ROOT}.network_adapters[name={adapter}]"
            raise invalid(path, f"the adapter cannot be removed while network {name!r} uses it; remove that too.")
