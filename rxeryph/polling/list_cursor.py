"""From when on the next list shows log entries. Pure; all times are in ticks of the server's clock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..model import Operation
from ..model.timestamps import TICKS_PER_SECOND, to_ticks
from .member import Listing

CLOCK_STEP = TICKS_PER_SECOND
"""How much later than the ``Date`` of a reply a time in it may be; HTTP dates have no fractions of a second."""


class ListCursor:
    """One cursor for all operations in a list.

    The server stamps an entry before it shows it, at most ``overlap`` ticks before. So once a time was seen anywhere,
    entries that appear later have a time of at least that one less the overlap. Not thread-safe.
    """

    __slots__ = ("_overlap", "level", "newest", "next")

    def __init__(self, overlap: int) -> None:
        self._overlap = overlap
        self.newest: int | None = None
        """The newest time that the server's clock is known to have passed."""
        self.level: int | None = None
        """Who was shown the last list knows all entries up to this time."""
        self.next: int | None = None
        """The cursor of the next list: who was shown the last one, or the one before it, knows all up to this time.
        None: from the beginning."""

    def received(self, newest_when_sent: int | None, listing: Listing, *, is_probe: bool) -> None:
        """A list came. A time beyond its ``Date`` is a mistake, and must not hide the entries of other operations."""
        if not is_probe:
            before, self.level = self.level, self.before(newest_when_sent)
            self.next = self.level if before is None else before
        seen = [each for each in (self.newest, listing.newest) if each is not None]
        if seen:
            newest = max(seen)
            self.newest = newest if listing.date is None else min(newest, listing.date + CLOCK_STEP)
        if self.level is None:
            self.next = self.before(self.newest)

    def before(self, moment: int | None) -> int | None:
        """The overlap before ``moment``."""
        return None if moment is None else moment - self._overlap

    def safe_after(self, newest_when_sent: int | None, snapshot: Operation) -> int | None:
        """Up to which time the entries of an operation are known after an answer that shows ``snapshot``.

        ``newest_when_sent`` is what ``newest`` was when the request was sent.
        """
        times = (snapshot.created, snapshot.started_at, snapshot.ended_at)
        passed = [to_ticks(each) for each in times if each is not None]
        passed += [entry.ticks for entry in snapshot.log_entries]
        if newest_when_sent is not None:
            passed.append(newest_when_sent)
        return self.before(max(passed, default=None))

    def safe_after_list(self, newest_when_sent: int | None) -> Callable[[Operation], int | None]:
        """The same for all operations that the last list showed."""
        level = self.level
        if level is not None:
            return lambda snapshot: level
        return partial(self.safe_after, newest_when_sent)
