"""Changes of a catlet's configuration, on plain JSON data. An update replaces the whole configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy

from ..model import CatletChange
from .checking import Unknown, Violation, violations
from .comparing import NAMED, Plain, differences, key_of
from .documents import ROOT
from .preparing import prepared, sentences
from .refusal import refusal
from .rules import CATLET
from .updating import AT_CREATION, obstacles

Edit = Callable[[Plain], Mapping[str, object] | None]
"""A function that gets a configuration and returns it changed; one that returns None has changed what it got."""

MERGED = ("cpu", "memory")
"""Members that are merged part by part."""


def plan_change(
    configuration: Mapping[str, object], change: Plain | Edit, *, unknown: Unknown = "refuse"
) -> CatletChange:
    """What to send to change a catlet that has ``configuration``: ``change`` is a checked partial one or a function.

    Raises InvalidRequestError, with all paths, for what breaks a rule or what an update cannot change, and what the
    function raises. What is in ``configuration`` already is not held against the rules: the server sent it.
    """
    before = {member: value for member, value in configuration.items() if member not in AT_CREATION}
    if callable(change):
        passed = deepcopy(before)
        returned = change(passed)
        document, after = prepared(passed if returned is None else returned)
    else:
        document, after = prepared(merge(before, change))
    known = {_kind(each) for each in violations(before, CATLET, ROOT)}
    found = [each for each in violations(after, CATLET, ROOT, unknown=unknown) if _kind(each) not in known]
    problems = [(_by_name(path, after), sentence) for path, sentence in sentences(found, document)]
    problems += obstacles(before, after)
    if problems:
        raise refusal(problems)
    return CatletChange(after, tuple(differences(before, after)))


def _kind(violation: Violation) -> tuple[str, str]:
    """What a violation has in common with the same one of another entry."""
    return re.sub(r"\[\d+\]", "[]", violation.path), violation.reason


def _by_name(path: str, configuration: Mapping[str, object]) -> str:
    """``path`` with the name of the entry in place of its number, which is only that of the merged list."""
    match = re.match(r"(\$\.configuration\.)(\w+)\[(\d+)\]", path)
    entries = configuration.get(match[2]) if match is not None and match[2] in NAMED else None
    name = key_of(entries[int(match[3])], -1) if match is not None and isinstance(entries, list) else -1
    return path if match is None or name == -1 else f"{match[1]}{match[2]}[name={name}]{path[match.end() :]}"


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


def _merge_lists(olds: list[object], partial: list[object]) -> list[object]:
    merged: dict[object, object] = {key_of(item, index): item for index, item in enumerate(olds)}
    for index, item in enumerate(partial, len(olds)):
        key = key_of(item, index)
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
