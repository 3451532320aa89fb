"""The records of one operation, read and appended in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from reactivex.abc import DisposableBase

from ..errors import JournalError
from ..events import AnyEvent
from ..model import Operation
from ..outcome import OperationResult
from ..scheduling.observers import USER_CODE_ERRORS, as_exception
from ..tracking import Known
from .appending import Appending
from .envelope import RESTORE, UnreadableError
from .protocol import Journal, NewRecord, Record
from .records import Dump, Folded

AT_ONCE = 500
"""Records that are read at once."""


class OperationLog:
    """What a journal has of one operation. Each record is passed on once, whether it was read or appended here."""

    def __init__(self, journal: Journal, operation_id: str, conclude: Callable[[Operation], OperationResult]) -> None:
        self._journal = journal
        self._operation_id = operation_id
        self._conclude = conclude
        self._folded: Folded | None = None  # while records are appended here, their writer knows more
        self._dump = Dump()
        self._position = 0
        self._subscription: DisposableBase | None = None
        self._notify: Callable[[], None] = lambda: None
        self.is_due = True
        """True if there may be records that were not read yet."""
        self.next = 0
        """The number of the next record to pass on."""

    @property
    def known(self) -> Known:
        """What the records say, after ``read``."""
        assert self._folded is not None
        return self._folded.known

    @property
    def is_finished(self) -> bool:
        """True if ``read`` has found the last record."""
        return self._folded is not None and self._folded.is_finished

    def read(self) -> Iterator[Sequence[AnyEvent]]:
        """The events of the records that were not passed on yet, many at a time. Take all. Raises JournalError."""
        if self._folded is None:
            self._folded, self._position = Folded(), 0
        self.is_due = False
        try:
            yield from self._unread()
        except BaseException:
            self.is_due = True
            raise
        if self._folded.next < self.next:
            error = JournalError(
                f"The journal has deleted the records of operation {self._operation_id}; keep them for longer.",
                is_permanent=True,
            )
            error.operation_id = self._operation_id
            raise error

    def _unread(self) -> Iterator[Sequence[AnyEvent]]:
        limit = 1  # a journal that has notified may have the next record already
        while True:
            records = self._journal.read(after=self._position, operation_id=self._operation_id, limit=limit)
            found: list[AnyEvent] = []
            try:
                for record in records:
                    found += self._events(record)
            except UnreadableError as error:
                raise error.found_in(self._journal, RESTORE) from error.__cause__
            finally:  # what came before a record that cannot be read is passed on, too
                if found:
                    yield found
            if len(records) < limit:
                return
            limit = AT_ONCE

    def _events(self, record: Record) -> Sequence[AnyEvent]:
        """The events of the next record, none if they were passed on before."""
        assert self._folded is not None
        self._folded, events = self._folded.after(record, self._conclude)
        self._position = record.position
        if record.number < self.next:
            return ()
        self.next = record.number + 1
        return events

    def follow(self, notify: Callable[[], None]) -> bool:
        """Call ``notify`` after each append, until ``unfollow``; False if that is so already. Raises JournalError."""
        if self._subscription is not None:
            return False
        self._notify = notify
        self._subscription = self._journal.subscribe(self._notified, operation_id=self._operation_id)
        return True

    def unfollow(self) -> None:
        """Call it no more."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.dispose()

    def _notified(self) -> None:
        self.is_due = True
        self._notify()

    def append(
        self,
        events: Sequence[AnyEvent],
        appending: Appending,
        may_append: Callable[[], bool],
        done: Callable[[Exception | None], None],
    ) -> None:
        """Store the events that one snapshot brought, and call ``done`` as ``Appending.append`` does."""
        self._folded, self.is_due = None, True

        def appended(outcome: Record | Exception) -> None:
            if isinstance(outcome, Exception):
                done(outcome)
            else:
                self.next += 1
                done(None)

        try:
            record = NewRecord(self._operation_id, self.next, self._dump(events))
        except USER_CODE_ERRORS as raised:
            appended(as_exception(raised))
        else:
            appending.append(record, may_append, appended)
