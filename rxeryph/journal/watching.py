"""Who is notified of new records, those of other processes included."""

from __future__ import annotations

from collections.abc import Callable

from reactivex.abc import SchedulerBase

from ..errors import ClosedError, JournalError
from ..process import ProcessLock
from ..scheduling import MonotonicScheduler
from ..scheduling.log import logger
from .database import Database
from .subscriber import Subscriber

INTERVAL = 0.1
"""Seconds between two looks at the file for records of other processes."""


class Watch:
    """Looks into the database for new records while there are subscribers, on a thread that it starts then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._scheduler = MonotonicScheduler("rxeryph-journal")
        self._lock = ProcessLock()
        self._subscribers: tuple[Subscriber, ...] = ()
        self._is_closed = self._is_looking = self._has_failed = False
        self._version = self._seen = 0

    def add(self, notify: Callable[[], None], operation_id: str | None) -> Subscriber:
        """Subscribe. Raises JournalError and ClosedError."""
        subscriber = Subscriber(notify, operation_id, self.remove)
        with self._lock:
            if not self._is_looking:
                self._look()  # what is there now is not news
                self._schedule()
            self._subscribers = (*self._subscribers, subscriber)
        return subscriber

    def remove(self, subscriber: Subscriber) -> None:
        """Unsubscribe."""
        with self._lock:
            self._subscribers = tuple(each for each in self._subscribers if each is not subscriber)

    def appended(self, operation_id: str) -> None:
        """This process has appended a record."""
        for subscriber in self._subscribers_of({operation_id}):
            subscriber.notify()

    def close(self) -> None:
        """Drop the subscribers and end the thread."""
        with self._lock:
            self._is_closed, self._is_looking = True, False
            self._subscribers = ()
        self._scheduler.close()

    def _schedule(self) -> None:
        self._is_looking = not self._is_closed
        if self._is_looking:
            self._scheduler.schedule_relative(INTERVAL, self._run)

    def _run(self, scheduler: SchedulerBase, state: object = None) -> None:
        with self._lock:
            self._is_looking = False
            if not self._subscribers:
                return
            try:
                notified = self._subscribers_of(self._look())
                self._has_failed = False
            except ClosedError:
                return
            except JournalError as error:
                notified = []
                if not self._has_failed:  # else it is known already
                    logger.info("New records of other processes cannot be seen: %s", error)
                    notified = [*self._subscribers]  # who look, and see why
                self._has_failed = True
            self._schedule()
        for subscriber in notified:
            subscriber.notify()

    def _subscribers_of(self, operations: set[str]) -> list[Subscriber]:
        return [each for each in self._subscribers if each.operation_id is None or each.operation_id in operations]

    def _look(self) -> set[str]:
        """The operations with a record since the last look, if another process has appended any."""
        with self._database.reading() as execute:
            (version,) = execute("PRAGMA data_version").fetchone()  # changed by other connections only
            if version == self._version:
                return set()
            rows = execute(
                "SELECT position, operation_id FROM records WHERE position > ? ORDER BY position", (self._seen,)
            ).fetchall()
        self._version = version
        if rows:
            self._seen = rows[-1][0]
        return {operation_id for _, operation_id in rows}
