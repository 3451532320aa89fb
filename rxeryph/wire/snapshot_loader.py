"""The replies of one operation, one after another: what has not changed is the same object again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from ..model import Operation
from ._decoding import decoded
from .log_entries import entries_alone_differ, load_entries
from .operation import load_operation


class SnapshotLoader:
    """Loads the replies of one operation, one after another. Not thread-safe.

    A reply of the same bytes as the last one gives the same snapshot, without decoding it. In any other reply, a
    task, log entry, resource or project that is equal to the last one of its id is the same object again, and so is
    a collection whose items are all the same. It keeps the last reply's bytes and snapshot.
    """

    def __init__(self) -> None:
        self._text = b""
        self._last: Operation | None = None

    def load(self, text: bytes, url: str | None = None) -> Operation:
        """The snapshot in a reply. Raises WireError, and then keeps the last one."""
        return self._load(text, url, None if self._last is None else self._entries_if_alone(text))

    def load_element(self, text: bytes, url: str | None, entries: Sequence[object] | None) -> Operation:
        """The same for an element of a list.

        ``entries`` are its decoded log entries, if nothing else is known to have changed since the last snapshot.
        """
        return self._load(text, url, entries)

    def _load(self, text: bytes, url: str | None, entries: Sequence[object] | None) -> Operation:
        last = self._last
        if last is None or text != self._text:
            new = None if last is None or entries is None else load_entries(entries, url)
            if last is None or new is None:
                loaded = load_operation(decoded(text, url), url)
                last = loaded if last is None else _with_objects_of(last, loaded)
            else:
                last = replace(last, log_entries=_reused(last.log_entries, new))
        self._text, self._last = text, last
        return last

    def _entries_if_alone(self, text: bytes) -> Sequence[object] | None:
        """The decoded log entries in a reply, if nothing else has changed since the last one."""
        last = self._text
        if text == last:
            return None
        found = entries_alone_differ(last, None, text)
        if found is None:
            return None
        (_, end), entries, stop = found
        return entries if len(text) - stop == len(last) - end else None


class _Item(Protocol):
    @property
    def id(self) -> str: ...


ItemT = TypeVar("ItemT", bound=_Item)


def _with_objects_of(last: Operation, new: Operation) -> Operation:
    return replace(
        new,
        resources=_reused(last.resources, new.resources),
        log_entries=_reused(last.log_entries, new.log_entries),
        projects=_reused(last.projects, new.projects),
        tasks=_reused(last.tasks, new.tasks),
    )


def _reused(last: tuple[ItemT, ...], new: tuple[ItemT, ...]) -> tuple[ItemT, ...]:
    """``new`` with the objects of ``last`` in place of those that equal them."""
    known = {item.id: item for item in last}
    items: list[ItemT] = []
    is_same = len(new) == len(last)
    for item in new:
        before = known.get(item.id)
        if before is not None and before == item:
            item = before
        else:
            is_same = False
        items.append(item)
    # The order in a reply is not stable, so another order of the same items is no change.
    return last if is_same and known.keys() == {item.id for item in items} else tuple(items)
