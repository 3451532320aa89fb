"""New operations in a journal, no matter which process polls them."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from datetime import datetime

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase

from ..scheduling.log import logger
from .access import Access
from .envelope import RESTORE, UnreadableError
from .protocol import Journal, Record
from .records import is_first, is_intent, is_last
from .renewals import AGAIN
from .subscription import Subscription

AT_ONCE = 500
"""Records that are read at once."""


class NewOperations(Subscription[str]):
    """Delivers the id of each operation whose first record with events is appended from now on.

    With ``include_running``, first those of which the journal does not have the end.
    """

    def __init__(self, access: Access, observer: ObserverBase[str], include_running: bool) -> None:
        super().__init__(access, "the watch for new operations in a journal", observer)
        self._include_running = include_running
        self._position: int | None = None
        self._known: set[str] = set()  # reasons for which records could not be read

    def look(self) -> float:
        if self._position is None:
            self._position = last_position(self.journal)
            if self._include_running:
                for id in unfinished(self.journal, self._position):
                    self.deliver(id)
        while records := self.journal.read(after=self._position, limit=AT_ONCE):
            for record in records:
                self._position = record.position
                if self._is_new(record) and not self.deliver(record.operation_id):
                    return 0.0
        return AGAIN

    def _is_new(self, record: Record) -> bool:
        try:
            return is_first(record)
        except UnreadableError as error:
            level = logging.INFO if error.reason in self._known else logging.WARNING  # as of a newer version
            self._known.add(error.reason)
            logger.log(level, "Left out of the new operations: %s", error.found_in(self.journal, RESTORE))
            return False


def unfinished(journal: Journal, until: float = math.inf) -> list[str]:
    """The operations with records up to the position ``until`` of which the journal does not have the end.

    It is read as a whole. An end that cannot be read is none: what follows the operation reports it. Raises
    JournalError.
    """
    found: dict[str, None] = {}
    position = 0
    while position < until and (records := journal.read(after=position, limit=AT_ONCE)):
        position = records[-1].position
        for record in records:
            if _is(is_last, record):
                found.pop(record.operation_id, None)
            elif record.position <= until and not _is(is_intent, record):
                found[record.operation_id] = None
    return [*found]


def _is(kind: Callable[[Record], bool], record: Record) -> bool:
    """False for a record that cannot be read."""
    try:
        return kind(record)
    except UnreadableError:
        return False


def last_position(journal: Journal) -> int:
    """The position of the last record, 0 if there is none; found without reading them all."""
    low, step = 0, 1
    while found := journal.read(after=low + step - 1, limit=1):
        low, step = found[0].position, step * 2
    high = low + step  # no record is at ``high`` or later
    while high - low > 1:
        middle = (low + high) // 2
        found = journal.read(after=middle - 1, limit=1)
        if found:
            low = found[0].position
        else:
            high = middle
    return low


def position_before(journal: Journal, moment: datetime) -> int:
    """The position of the last record that was stored before ``moment``, 0 if there is none. Raises JournalError."""
    low, high = 0, last_position(journal)
    while low < high:  # ``low`` is before the moment, and no record after ``high`` is
        found = journal.read(after=(low + high) // 2, limit=1)
        if found and found[0].stored_at < moment:
            low = found[0].position
        else:
            high = (low + high) // 2
    return low


def new_operations(access: Access, *, include_running: bool = False) -> Observable[str]:
    """The ids of new operations in the journal. It never completes."""

    def subscribe(observer: ObserverBase[str], scheduler: SchedulerBase | None = None) -> DisposableBase:
        watch = NewOperations(access, observer, include_running)
        watch.begin()
        return watch

    return Observable(subscribe)
