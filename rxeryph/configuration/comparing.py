"""Two configurations of a catlet compared.

Entries of the lists in ``NAMED`` belong together by their ``name``, in any letter case; a path shows one as
``drives[name=data]``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Difference
from .documents import ROOT

Plain = dict[str, object]

NAMED = ("drives", "network_adapters", "capabilities", "networks")
"""Lists whose members have names."""


def differences(before: object, after: object, path: str = ROOT) -> Iterator[Difference]:
    """What to change in ``before`` to get ``after``, but for the order of named lists. None is the same as absent."""
    if isinstance(before, dict) and isinstance(after, dict):
        for member in dict.fromkeys((*before, *after)):
            old, new, inner = before.get(member), after.get(member), f"{path}.{member}"
            olds, news = by_name(old), by_name(new)
            if member in NAMED and path == ROOT and olds is not None and news is not None:
                for name in dict.fromkeys((*olds, *news)):
                    yield from differences(olds.get(name), news.get(name), f"{inner}[name={name}]")
            else:
                yield from differences(old, new, inner)
    elif before != after or type(before) is not type(after):  # True is equal to 1
        yield Difference(path, before, after)


def key_of(item: object, index: int) -> object:
    """What an entry is known by: its name, else its place."""
    name = item.get("name") if isinstance(item, dict) else None
    return name.casefold() if isinstance(name, str) else index


def by_name(items: object) -> dict[str, Plain] | None:
    """The entries of a list by name, {} for None; None if a name is missing or occurs twice."""
    if items is None:
        return {}
    if not isinstance(items, list):
        return None
    named = {key: item for index, item in enumerate(items) if isinstance(key := key_of(item, index), str)}
    return named if len(named) == len(items) else None
