"""What an update demands of a catlet's configuration: some members must be as they were, some must not be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .comparing import by_name
from .documents import ROOT
from .names import with_tag
from .refusal import Sentence

FIXED = ("config_type", "project", "location", "hostname", "environment", "store", "parent")
"""Members that an update must repeat as they are."""

AT_CREATION = ("fodder", "variables")
"""Members that an update must not have."""


def obstacles(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Sentence]:
    """Why the server would not change the configuration ``before`` of a catlet that exists into ``after``."""
    for member in AT_CREATION:
        if after.get(member) is not None:
            yield f"{ROOT}.{member}", f"{member} can be given only when a catlet is created."
    for member in FIXED:
        yield from _fixed(f"{ROOT}.{member}", before.get(member), after.get(member), is_exact=member == "hostname")
    yield from _drives(before, after)
    yield from _adapters(before, after)


def _fixed(path: str, before: object, after: object, *, is_exact: bool = False) -> Iterator[Sentence]:
    if after is None and before is not None:
        yield path, "the member is missing, but an update has to repeat it. Return all that was passed."
    elif before != after if is_exact else _folded(before) != _folded(after):
        yield path, f"{after!r} cannot be, because it is {before!r}, which an update cannot change."


def _folded(value: object) -> object:
    """A name in one letter case; a gene set without a tag is the latest one."""
    return with_tag(value.casefold()) if isinstance(value, str) else value


def _drives(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Sentence]:
    olds, news = by_name(before.get("drives")) or {}, by_name(after.get("drives"))
    for name, drive in (news or {}).items():
        old, path = olds.get(name, {}), f"{ROOT}.drives[name={name}]"
        if _is_of_gene(old):
            for member in ("store", "location", "source"):
                yield from _fixed(f"{path}.{member}", old.get(member), drive.get(member))
        elif _is_of_gene(drive):
            yield f"{path}.source", "a drive from a gene cannot be added to a catlet that exists."
    for name, drive in olds.items():
        if news is not None and name not in news and _is_of_gene(drive):
            yield f"{ROOT}.drives[name={name}]", "a drive that comes from a gene cannot be removed."


def _is_of_gene(drive: Mapping[str, object]) -> bool:
    source = drive.get("source")
    return isinstance(source, str) and source.startswith("gene:")


def _adapters(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Sentence]:
    """A network whose adapter is removed would get a new adapter of that name from the server."""
    olds, news = by_name(before.get("network_adapters")) or {}, by_name(after.get("network_adapters")) or {}
    for name, network in (by_name(after.get("networks")) or {}).items():
        adapter = _folded(network.get("adapter_name"))
        if adapter in olds and adapter not in news:
            path = f"{ROOT}.network_adapters[name={adapter}]"
            yield path, f"the adapter cannot be removed while network {name!r} uses it; remove that too."
