"""``--set memory.startup=4096``: parts of a catlet configuration on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ..configuration import NAMED
from ..errors import ConfigurationError

EXAMPLES = "memory.startup=4096, drives.data.size=20 or drives.data.mutation=remove"


def assign(partial: dict[str, object], assignments: Iterable[str]) -> dict[str, object]:
    """``partial`` with each ``PATH=VALUE`` set in it. Raises ConfigurationError.

    A path is the names of members, and for a drive, adapter, network or capability its name too. A value is JSON, or
    else a string.
    """
    for assignment in assignments:
        path, sign, value = assignment.partition("=")
        names = path.strip().split(".")
        if not sign or not all(names):
            raise _wrong(assignment, f"write PATH=VALUE, such as {EXAMPLES}")
        if names[0] in NAMED and len(names) < 3:
            raise _wrong(assignment, f"name the entry of {names[0]} and its member, such as {EXAMPLES}")
        place = partial
        if names[0] in NAMED:
            place = _entry(partial, names[0], names[1], assignment)
            names = names[2:]
        for name in names[:-1]:
            place = _part(place, name, assignment)
        place[names[-1]] = _read(value)
    return partial


def _part(place: dict[str, object], name: str, assignment: str) -> dict[str, object]:
    part = place.setdefault(name, {})
    if not isinstance(part, dict):
        raise _wrong(assignment, f"{name} has no members")
    return part


def _entry(place: dict[str, object], member: str, name: str, assignment: str) -> dict[str, object]:
    entries = place.setdefault(member, [])
    if not isinstance(entries, list):
        raise _wrong(assignment, f"{member} is no list")
    for entry in entries:
        if isinstance(entry, dict) and str(entry.get("name")).casefold() == name.casefold():
            return entry
    added: dict[str, object] = {"name": name}
    entries.append(added)
    return added


def _read(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _wrong(assignment: str, reason: str) -> ConfigurationError:
    return ConfigurationError(f"--set {assignment!r}: {reason}.", place="--set")
