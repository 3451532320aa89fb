"""The replies of one operation, one after another: what has not changed is the same object again."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, TypeVar

from ..model import Operation
from ._decoding import decoded
from .log_entries import entries_alone_changed
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
        last = self._last
        if last is None:
            last = load_operation(decoded(text, url), url)
        elif text != self._text:
            entries = entries_alone_changed(self._text, text, url)
            if entries is None:
                last = _with_objects_of(last, load_operation(decoded(text, url), url))
            else:
                last = replace(last, log_entries=_reused(last.log_entries, entries))
        self._text, self._last = text, last
        return last


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
