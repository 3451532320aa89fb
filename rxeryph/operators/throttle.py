"""Operators that deliver fewer log entries, or several at once. All other events pass unchanged, at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable
from reactivex.abc import SchedulerBase

from ..arguments import check_number
from ..events import LogEntriesAdded, LogEntryAdded, LogsSuppressed
from ..model import Operation
from ._log_router import LogBuffer, route_logs
from ._serialized_observer import SerializedObserver

A = TypeVar("A")


def throttle_logs(
    seconds: float, *, scheduler: SchedulerBase | None = None
) -> Callable[[Observable[A]], Observable[A]]:
    """At most one log entry per window of time: the first at once, then the latest of each window when it closes.

    .. marble::

        slmn---l-m------S-|
          throttle_logs(3.0)
        sl--n--l--m-----S-|

    Args:
        seconds: Length of a window in seconds, more than 0. Each delivered entry opens a window. After a window
            without entries, the next entry is delivered at once.
        scheduler: Its clock measures the windows, its threads deliver at their end. Default: the subscriber's,
            else the connection's, else a thread of its own.

    Each operation has its own windows, so merged streams do not disturb each other. The latest entry is never lost:
    it is delivered just before the operation's terminal StatusChanged, OperationFinished or TrackingFailed, and
    before the end of the stream. The entries in between are left out. Raises ValueError for seconds out of range.

    Ends when the source ends, or with its error. Delivers on the source's thread and on the scheduler's, one event at
    a time. See also ``batch_logs``, which leaves nothing out, and ``limit_logs``.
    """
    _check_seconds("throttle_logs", seconds)
    return route_logs(lambda observer, clock: _Throttle(observer, clock, seconds), scheduler)


class _Throttle(LogBuffer):
    """A window is open while the timer is set. The latest entry in it waits for its end."""

    def __init__(self, observer: SerializedObserver[Any], clock: SchedulerBase, seconds: float) -> None:
        super().__init__(observer, clock)
        self._seconds = seconds
        self._latest: LogEntryAdded | None = None

    def add(self, event: LogEntryAdded) -> None:
        if self.timer is None:
            self._deliver(event)
        else:
            self._latest = event

    def flush(self) -> None:
        if self._latest is not None:
            self._deliver(self._latest)

    def _deliver(self, event: LogEntryAdded) -> None:
        self._latest = None
        # Open the window before the observer can cause another entry, but measure it from the observer's return:
        # otherwise a thread would wait for a slow observer.
        start_window = self.new_timer()
        self.observer.on_next(event)
        start_window(self._seconds)


def batch_logs(
    seconds: float = 1.0, count: int = 100, *, scheduler: SchedulerBase | None = None
) -> Callable[[Observable[A]], Observable[A | LogEntriesAdded]]:
    """Several log entries in one ``LogEntriesAdded``, in place of one ``LogEntryAdded`` each.

    .. marble::

        sl-mn---lmS---|
          batch_logs(5.0, 3)
        s---x-----(yS)|
        x = LogEntriesAdded("op", l.operation, (l.entry, m.entry, n.entry))
        y = LogEntriesAdded("op", l.operation, (l.entry, m.entry))

    Args:
        seconds: How many seconds the first entry of a batch waits for others, more than 0. Default 1.0.
        count: The most entries in a batch, 1 or more. A full batch is delivered at once. Default 100.
        scheduler: Its clock measures the seconds, its threads deliver the batches. Default: the subscriber's,
            else the connection's, else a thread of its own.

    A batch has the entries of one operation, in order; its ``operation`` is the snapshot of the newest. Nothing is
    lost: a batch is delivered just before the operation's terminal StatusChanged, OperationFinished or
    TrackingFailed, and before the end of the stream. Raises ValueError for arguments out of range.

    Ends when the source ends, or with its error. Delivers on the source's thread and on the scheduler's, one event at
    a time. See also ``throttle_logs``.
    """
    _check_seconds("batch_logs", seconds)
    check_number(count, "batch_logs needs a count of 1 or more", least=1, is_whole=True)
    return route_logs(lambda observer, clock: _Batch(observer, clock, seconds, count), scheduler)


class _Batch(LogBuffer):
    """The first entry of a batch sets the timer."""

    def __init__(self, observer: SerializedObserver[Any], clock: SchedulerBase, seconds: float, count: int) -> None:
        super().__init__(observer, clock)
        self._seconds = seconds
        self._count = count
        self._events: list[LogEntryAdded] = []

    def add(self, event: LogEntryAdded) -> None:
        self._events.append(event)
        if len(self._events) >= self._count:
            self.flush()
        elif self.timer is None:
            self.new_timer()(self._seconds)

    def flush(self) -> None:
        self.stop_timer()
        events, self._events = self._events, []
        if events:
            newest, entries = events[-1], tuple(event.entry for event in events)
            self.observer.on_next(LogEntriesAdded(newest.operation_id, newest.operation, entries))


def limit_logs(count: int) -> Callable[[Observable[A]], Observable[A | LogsSuppressed]]:
    """The first ``count`` log entries of each operation, then the number of those left out.

    .. marble::

        sl-m-n-l---m-F---|
          limit_logs(2)
        sl-m-x-------(yF)|
        x = LogsSuppressed("op", n.operation, 1)
        y = LogsSuppressed("op", F.operation, 3, is_final=True)

    Args:
        count: How many entries of each operation pass, 0 or more.

    ``LogsSuppressed`` with ``count`` 1 takes the place of the first entry left out. A second one, with the total and
    ``is_final``, comes before the operation's OperationFinished or TrackingFailed, or before the end of a stream
    without either. The result of the operation still has all entries. Raises ValueError for a negative count.

    Ends when the source ends, or with its error. Delivers on the source's thread. See also ``throttle_logs``.
    """
    check_number(count, "limit_logs needs a count of 0 or more", least=0, is_whole=True)
    return route_logs(lambda observer, clock: _Limit(observer, clock, count))


class _Limit(LogBuffer):
    """Holds nothing back, and counts the entries it leaves out."""

    def __init__(self, observer: SerializedObserver[Any], clock: SchedulerBase, count: int) -> None:
        super().__init__(observer, clock)
        self._left = count
        self._suppressed = 0
        self._newest: LogEntryAdded | None = None

    def add(self, event: LogEntryAdded) -> None:
        if self._left > 0:
            self._left -= 1
            self.observer.on_next(event)
            return
        self._newest = event
        self._suppressed += 1
        if self._suppressed == 1:
            self.observer.on_next(LogsSuppressed(event.operation_id, event.operation, 1))

    def flush(self) -> None:
        pass

    def end(self, operation: Operation | None) -> None:
        if (newest := self._newest) is not None:
            snapshot = operation or newest.operation
            self.observer.on_next(LogsSuppressed(newest.operation_id, snapshot, self._suppressed, is_final=True))


def _check_seconds(name: str, seconds: float) -> None:
    check_number(seconds, f"{name} needs more than 0 seconds", above=0)
