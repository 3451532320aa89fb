"""What the log operators do: a gate per subscription, and in it a keeper of the log entries of each operation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from reactivex.abc import ObserverBase, SchedulerBase
from reactivex.disposable import SingleAssignmentDisposable

from ..events import LogEntriesAdded, LogEntryAdded, LogsSuppressed, OperationFinished, StatusChanged, TrackingFailed
from ..model import Operation
from ._outlet import Outlet


class LogGate:
    """Lets every event through but log entries, which a ``Keeper`` of their operation may hold back until it ends."""

    def __init__(self, observer: ObserverBase[Any], keep: Callable[[Outlet[Any], str], Keeper]) -> None:
        self._outlet = Outlet(observer)
        self._keep = keep
        self._keepers: dict[str, Keeper] = {}

    def on_next(self, event: object) -> None:
        with self._outlet.lock:
            if isinstance(event, LogEntryAdded):
                self._keeper(event.operation_id).entry(event)
                return
            if isinstance(event, StatusChanged) and event.status.is_terminal:
                if keeper := self._keepers.get(event.operation_id):
                    keeper.flush()
            elif isinstance(event, OperationFinished | TrackingFailed):
                self._finish(event.operation_id, event.operation)
            self._outlet.send(event)

    def on_error(self, error: Exception) -> None:
        with self._outlet.lock:
            self._finish_all()
            self._outlet.fail(error)

    def on_completed(self) -> None:
        with self._outlet.lock:
            self._finish_all()
            self._outlet.complete()

    def close(self) -> None:
        """Deliver nothing any more."""
        self._outlet.close()
        for keeper in tuple(self._keepers.values()):
            keeper.close()

    def _keeper(self, operation_id: str) -> Keeper:
        keeper = self._keepers.get(operation_id)
        if keeper is None:
            keeper = self._keepers[operation_id] = self._keep(self._outlet, operation_id)
        return keeper

    def _finish(self, operation_id: str, operation: Operation | None) -> None:
        keeper = self._keepers.pop(operation_id, None)
        if keeper is not None:
            keeper.finish(operation)

    def _finish_all(self) -> None:
        for operation_id in tuple(self._keepers):
            self._finish(operation_id, None)


class Keeper(ABC):
    """Has the log entries of one operation in its hands; called with the outlet's lock held."""

    def __init__(self, outlet: Outlet[Any], operation_id: str) -> None:
        self._outlet = outlet
        self._operation_id = operation_id

    @abstractmethod
    def entry(self, event: LogEntryAdded) -> None:
        """An entry came."""

    @abstractmethod
    def flush(self) -> None:
        """The operation has ended, and a few more entries may come."""

    @abstractmethod
    def finish(self, operation: Operation | None) -> None:
        """No entry comes any more; ``operation`` is the last snapshot where it is known."""

    @abstractmethod
    def close(self) -> None:
        """Deliver nothing any more; called without the lock."""


class Limiter(Keeper):
    """For ``limit_logs``."""

    def __init__(self, outlet: Outlet[Any], operation_id: str, count: int) -> None:
        super().__init__(outlet, operation_id)
        self._left = count
        self._suppressed = 0
        self._operation: Operation | None = None

    def entry(self, event: LogEntryAdded) -> None:
        if self._left > 0:
            self._left -= 1
            self._outlet.send(event)
            return
        self._suppressed += 1
        self._operation = event.operation
        if self._suppressed == 1:
            self._outlet.send(LogsSuppressed(self._operation_id, event.operation, 1))

    def flush(self) -> None:
        pass

    def finish(self, operation: Operation | None) -> None:
        seen = operation or self._operation
        if self._suppressed and seen is not None:
            self._outlet.send(LogsSuppressed(self._operation_id, seen, self._suppressed, is_final=True))

    def close(self) -> None:
        pass


class TimedKeeper(Keeper):
    """One that has something to do some seconds later."""

    def __init__(self, outlet: Outlet[Any], operation_id: str, clock: SchedulerBase, seconds: float) -> None:
        super().__init__(outlet, operation_id)
        self._clock = clock
        self._seconds = seconds
        self._timer: SingleAssignmentDisposable | None = None

    def close(self) -> None:
        if timer := self._timer:
            timer.dispose()

    def _stop(self) -> None:
        self.close()
        self._timer = None

    def _start(self, timer: SingleAssignmentDisposable) -> None:
        def elapsed() -> None:
            if self._timer is timer:  # not stopped while this waited for the lock
                self._timer = None
                self._elapsed()

        def run(scheduler: SchedulerBase, state: object = None) -> None:
            self._outlet.run(elapsed)

        timer.disposable = self._clock.schedule_relative(self._seconds, run)

    @abstractmethod
    def _elapsed(self) -> None:
        """The time is over."""


class Throttler(TimedKeeper):
    """For ``throttle_logs``: a window is open while there is a timer."""

    def __init__(self, outlet: Outlet[Any], operation_id: str, clock: SchedulerBase, seconds: float) -> None:
        super().__init__(outlet, operation_id, clock, seconds)
        self._latest: LogEntryAdded | None = None

    def entry(self, event: LogEntryAdded) -> None:
        if self._timer is None:
            self._deliver(event)
        else:
            self._latest = event

    def flush(self) -> None:
        if self._latest is not None:
            self._stop()
            self._deliver(self._latest)

    def finish(self, operation: Operation | None) -> None:
        self._stop()
        if self._latest is not None:
            self._outlet.send(self._latest)

    def _elapsed(self) -> None:
        if self._latest is not None:
            self._deliver(self._latest)

    def _deliver(self, event: LogEntryAdded) -> None:
        self._latest = None
        # The window is open before the observer can bring another entry about, and is measured from when the
        # observer has returned, so that no thread waits for a slow one.
        window = self._timer = SingleAssignmentDisposable()
        self._outlet.send(event)
        self._start(window)


class Batcher(TimedKeeper):
    """For ``batch_logs``: a batch is open while there is a timer."""

    def __init__(
        self, outlet: Outlet[Any], operation_id: str, clock: SchedulerBase, seconds: float, count: int
    ) -> None:
        super().__init__(outlet, operation_id, clock, seconds)
        self._count = count
        self._events: list[LogEntryAdded] = []

    def entry(self, event: LogEntryAdded) -> None:
        self._events.append(event)
        if len(self._events) >= self._count:
            self.flush()
        elif self._timer is None:
            self._timer = SingleAssignmentDisposable()
            self._start(self._timer)

    def flush(self) -> None:
        self._stop()
        events, self._events = self._events, []
        if events:
            entries = tuple(event.entry for event in events)
            self._outlet.send(LogEntriesAdded(self._operation_id, events[-1].operation, entries))

    def finish(self, operation: Operation | None) -> None:
        self.flush()

    def _elapsed(self) -> None:
        self.flush()
