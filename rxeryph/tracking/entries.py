"""The log entries of one operation, as a value that grows without a copy."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Iterator

from ..model import LogEntry


class Entries(Collection[LogEntry]):
    """Log entries, each id once, sorted by the server's time and then by id. It never changes.

    ``added`` leads to another one, which shares the memory of the first: both know the same list and the same index,
    and each counts how many of the entries there are its own. So another entry costs the same however many there are,
    if it is among the newest. Of several successors of the same value, the first one shares and any other is a copy.
    Older values remain right, but reading one costs a look at every entry. Any thread may read while another adds.
    """

    __slots__ = ("_count", "_growth", "_in_order", "_numbers", "newest")

    def __init__(self, entries: Iterable[LogEntry] = ()) -> None:
        by_id = {entry.id: entry for entry in entries}
        self._share(sorted(by_id.values(), key=moment), {id: number for number, id in enumerate(by_id)})

    def _share(self, in_order: list[LogEntry], numbers: dict[str, int]) -> None:
        self._in_order = in_order
        self._numbers = numbers
        """By id, how many entries came before it. Those from ``_count`` on belong to successors only."""
        self._count = len(numbers)
        self._growth = [True]
        """Emptied by the first successor. Taking the last item of a list is one step, whatever other threads do."""
        self.newest = in_order[-1].ticks if in_order else None
        """Time of the newest entry, in ticks of the server's clock."""

    def added(self, entries: Iterable[LogEntry]) -> tuple[Entries, list[LogEntry]]:
        """These and more, and which of ``entries`` were new, sorted. A known id is left as it is."""
        by_id = {entry.id: entry for entry in entries if not self.has(entry.id)}
        if not by_id:
            return self, []
        new = sorted(by_id.values(), key=moment)
        in_order, numbers = self._grown()
        for entry in new:
            numbers[entry.id] = len(numbers)  # first, so that a reader of an older value recognises the entry
            if not in_order or moment(in_order[-1]) <= moment(entry):
                in_order.append(entry)
            else:
                insort(in_order, entry, key=moment)
        after = Entries.__new__(Entries)
        after._share(in_order, numbers)
        return after, new

    def _grown(self) -> tuple[list[LogEntry], dict[str, int]]:
        """The list and the index that the next successor may change."""
        if self._count:  # every operation begins with the same empty value
            try:
                self._growth.pop()
            except IndexError:
                pass
            else:
                return self._in_order, self._numbers
        shown = self.in_order
        return list(shown), {entry.id: number for number, entry in enumerate(shown)}

    @property
    def in_order(self) -> tuple[LogEntry, ...]:
        """All entries, sorted."""
        shown = tuple(self._in_order)
        if len(shown) == self._count:
            return shown
        return tuple(entry for entry in shown if self.has(entry.id))

    def has(self, id: str) -> bool:
        """Whether there is an entry of that id."""
        return self._numbers.get(id, self._count) < self._count

    def __contains__(self, entry: object) -> bool:
        return isinstance(entry, LogEntry) and entry in self.in_order

    def __iter__(self) -> Iterator[LogEntry]:
        return iter(self.in_order)

    def __len__(self) -> int:
        return self._count

    def __eq__(self, other: object) -> bool:
        return self.in_order == other.in_order if isinstance(other, Entries) else NotImplemented

    def __repr__(self) -> str:
        return f"Entries(<{self._count}>)"

    def __reduce__(self) -> tuple[type[Entries], tuple[tuple[LogEntry, ...]]]:
        return Entries, (self.in_order,)


def moment(entry: LogEntry) -> tuple[int, str]:
    """The key that entries are sorted by."""
    return entry.ticks, entry.id
