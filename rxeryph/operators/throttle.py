"""Operators that calm log entries: fewer of them, or several at once. All other events pass untouched."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable
from reactivex.abc import SchedulerBase

from ..events import LogEntriesAdded, LogEntryAdded, LogsSuppressed
from ..model import Operation
from ._log_router import LogBuffer, route_logs
from ._serialized_observer import SerializedObserver

A = TypeVar("A")


def throttle_logs(
    seconds: float, *, scheduler: SchedulerBase | None = None
) -> Callable[[Observable[A]], Observable[A]]:
    """At most one ``LogEntryAdded`` in ``seconds``: the first at once, then the latest of each window at its end.

    .. marble::

        slmn---l-m------S-|
          throttle_logs(3.0)
        sl--n--l--m-----S-|

    Args:
        seconds: Length of a window, more than 0. A window begins with every entry that is delivered; one that
            ends without a new entry is the last, and the next entry is delivered at once.
        scheduler: The clock, and the threads for what comes at the end of a window. Default: the subscriber's,
            else the connection's, else one of its own.

    Each operation has windows of its own, so merged streams do not disturb each other. The latest entry is
    never lost: it comes at once before the operation's terminal StatusChanged, OperationFinished or
    TrackingFailed, and before the end of the stream. Entries in between are left out. All other events pass
    untouched, at once.

    Ends when the source ends, or with its error. Delivers on the source's thread and on the scheduler's,
    one at a time. Raises ValueError for seconds that are no time. See also ``batch_logs``, which leaves nothing
    out, and ``limit_logs``.
    """
    _check_seconds("throttle_logs", seconds)

    return route_logs(lambda observer, clock: _Throttle(observer, clock, seconds), scheduler)


class _Throttle(LogBuffer):
    """A window is open while there is a timer; the latest entry in it waits for its end."""

    def __init__(self, observer: SerializedObserver[Any], clock: SchedulerBase, seconds: float) -> None:
        super().__init__(observer, clock)
        self._seconds = seconds
        self._latest: LogEntryAdded | None = None

    def add(self, event: LogEntryAdded) -> None:
        if self.has_timer:
            self._latest = event
        else:
            self._deliver(event)

    def flush(self) -> None:
        if self._latest is not None:
            self._deliver(self._latest)

    def _deliver(self, event: LogEntryAdded) -> None:
        self._latest = None
        # The window is open before the observer can cause another entry. It is measured from the observer's return,
        # so that no thread waits for a slow one.
        start_window = self.new_timer()
        self.observer.on_next(event)
        start_window(self._seconds)


def batch_logs(
    seconds: float = 1.0, count: int = 100, *, scheduler: SchedulerBase | None = None
) -> Callable[[Observable[A]], Observable[A | LogEntriesAdded]]:
    """Several log entries at once, as ``LogEntriesAdded`` in place of ``LogEntryAdded``.

    .. marble::

        sl-mn---lmS---|
          batch_logs(5.0, 3)
        s---x-----(yS)|
        x = LogEntriesAdded("op", l.operation, (l.entry, m.entry, n.entry))
        y = LogEntriesAdded("op", l.operation, (l.entry, m.entry))

    Args:
        seconds: How long the first entry of a batch waits for others, more than 0.
        count: How many entries a batch has at most, 1 or more; a full batch is delivered at once.
        scheduler: The clock, and the threads for batches whose time has come. Default: the subscriber's, else
            the connection's, else one of its own.

    A batch has entries of one operation, in the order they came; its ``operation`` is the snapshot of the
    newest. Nothing is lost: what is collected comes at once before the operation's terminal
    StatusChanged, OperationFinished or TrackingFailed, and before the end of the stream. All other events pass
    untouched, at once.

    Ends when the source ends, or with its error. Delivers on the source's thread and on the scheduler's,
    one at a time. Raises ValueError for arguments out of range. See also ``throttle_logs``.
    """
    _check_seconds("batch_logs", seconds)
    if count < 1:
        raise ValueError(f"batch_logs needs a count of 1 or more, not {count}")

    return route_logs(lambda observer, clock: _Batch(observer, clock, seconds, count), scheduler)


class _Batch(LogBuffer):
    """The timer starts with the first entry of a batch."""

    def __init__(self, observer: SerializedObserver[Any], clock: SchedulerBase, seconds: float, count: int) -> None:
        super().__init__(observer, clock)
        self._seconds = seconds
        self._count = count
        self._events: list[LogEntryAdded] = []

    def add(self, event: LogEntryAdded) -> None:
        self._events.append(event)
        if len(self._events) >= self._count:
            self.flush()
        elif not self.has_timer:
            self.new_timer()(self._seconds)

    def flush(self) -> None:
        self.stop_timer()
        events, self._events = self._events, []
        if events:
            newest, entries = events[-1], tuple(event.entry for event in events)
            self.observer.on_next(LogEntriesAdded(newest.operation_id, newest.operation, entries))


def limit_logs(count: int) -> Callable[[Observable[A]], Observable[A | LogsSuppressed]]:
    """The first ``count`` log entries of each operation, and how many were left out after them.

    .. marble::

        sl-m-n-l---m-F---|
          limit_logs(2)
        sl-m-x-------(yF)|
        x = LogsSuppressed("op", n.operation, 1)
        y = LogsSuppressed("op", F.operation, 3, is_final=True)

    Args:
        count: How many entries of an operation pass, 0 or more.

    ``LogsSuppressed`` stands where the first entry is left out, with ``count`` 1. Another one, with the total and
    ``is_final``, comes before the operation's OperationFinished or TrackingFailed, or before the end of a stream
    that has neither. It does not come where nothing was left out. All other events pass untouched.

    Ends when the source ends, or with its error. Delivers on the source's thread. Raises ValueError for a
    negative count. The result of the operation still has every entry. See also ``throttle_logs``.
    """
    if count < 0:
        raise ValueError(f"limit_logs needs a count of 0 or more, not {count}")

    return route_logs(lambda observer, clock: _Limit(observer, clock, count))


class _Limit(LogBuffer):
    """Holds nothing back; counts what it leaves out."""

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
    if not 0.0 < seconds < math.inf:
        raise ValueError(f"{name} needs seconds of more than 0, not {seconds}")
