"""Records of many operations, appended together: one write, or one trip to a broker, for all that come meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from ..errors import JournalConflictError, JournalError
from ..process import ProcessLock
from ..scheduling import Submit
from ..scheduling.observers import USER_CODE_ERRORS, as_exception
from .protocol import Journal, NewRecord, Record

AT_ONCE = 100
"""Records that are appended at once."""


class Waiting(NamedTuple):
    """A record that is to be appended."""

    record: NewRecord
    may_append: Callable[[], bool]
    done: Callable[[Record | Exception], None]


class Appending:
    """Appends to ``journal`` for all operations of a connection. Thread-safe.

    The thread that comes while no other appends does so at once, and then takes what came meanwhile. So a single
    record costs no change of threads, and many that come together cost one append. Passing on what a record says may
    take long; it is left to workers, but for the last record.
    """

    def __init__(self, journal: Journal, submit: Submit) -> None:
        self._journal = journal
        self._submit = submit
        self._lock = ProcessLock()
        self._waiting: deque[Waiting] = deque()
        self._is_appending = False
        self.count = 0
        """How many records were appended."""

    def append(
        self, record: NewRecord, may_append: Callable[[], bool], done: Callable[[Record | Exception], None]
    ) -> None:
        """Append ``record`` and call ``done`` with the result, or with the error: on this thread or on a worker.

        The error is a JournalConflictError, and nothing is appended, if ``may_append()`` is False by then.
        """
        with self._lock:
            self._waiting.append(Waiting(record, may_append, done))
            if self._is_appending:
                return  # the thread that does takes it
            self._is_appending = True
        batch = self._next()
        while batch:
            outcomes = self._appended(batch)
            finished = [partial(each.done, outcome) for each, outcome in zip(batch, outcomes, strict=True)]
            batch = self._next()
            last = None if batch else finished.pop()
            for each in finished:
                self._submit(each)
            if last is not None:
                last()

    def _next(self) -> Sequence[Waiting]:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            self._is_appending = bool(batch)
        return batch

    def _appended(self, batch: Sequence[Waiting]) -> Sequence[Record | Exception]:
        try:
            allowed = [each.may_append() for each in batch]
            records = [each.record for each, is_allowed in zip(batch, allowed, strict=True) if is_allowed]
            outcomes = iter(self._journal.append_all(records) if records else ())
            found = [
                next(outcomes) if is_allowed else _refused(each.record)
                for each, is_allowed in zip(batch, allowed, strict=True)
            ]
        except USER_CODE_ERRORS as raised:  # or the streams of all would hang
            return [as_exception(raised)] * len(batch)
        self.count += sum(isinstance(outcome, Record) for outcome in found)
        return found


def append_one(journal: Journal, record: NewRecord) -> Record:
    """``journal.append``, for an engine that has ``append_all``."""
    (outcome,) = journal.append_all([record])
    if isinstance(outcome, JournalError):
        raise outcome
    return outcome


def _refused(record: NewRecord) -> JournalConflictError:
    return JournalConflictError("The lease is over.", operation_id=record.operation_id, number=record.number)
