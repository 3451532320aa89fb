"""What the log operators share: the router of a subscription, and the buffers of log entries it fills."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from reactivex.abc import ObserverBase, SchedulerBase
from reactivex.disposable import SingleAssignmentDisposable

from ..events import LogEntriesAdded, LogEntryAdded, LogsSuppressed, OperationFinished, StatusChanged, TrackingFailed
from ..model import Operation
from ._serialized_observer import SerializedObserver


class LogRouter:
    """Passes every event on, except log entries: the ``LogBuffer`` of their operation may hold these back."""

    def __init__(
        self, observer: ObserverBase[Any], new_buffer: Callable[[SerializedObserver[Any], str], LogBuffer]
    ) -> None:
        self._observer = SerializedObserver(observer)
        self._new_buffer = new_buffer
        self._buffers: dict[str, LogBuffer] = {}

    def on_next(self, event: object) -> None:
        with self._observer.lock:
            if isinstance(event, LogEntryAdded):
                self._buffer(event.operation_id).entry(event)
                return
            if isinstance(event, StatusChanged) and event.status.is_terminal:
                if buffer := self._buffers.get(event.operation_id):
                    buffer.flush()
            elif isinstance(event, OperationFinished | TrackingFailed):
                self._finish(event.operation_id, event.operation)
            self._observer.send(event)

    def on_error(self, error: Exception) -> None:
        with self._observer.lock:
            self._finish_all()
            self._observer.fail(error)

    def on_completed(self) -> None:
        with self._observer.lock:
            self._finish_all()
            self._observer.complete()

    def close(self) -> None:
        """Deliver nothing any more."""
        self._observer.close()
        for buffer in tuple(self._buffers.values()):
            buffer.close()

    def _buffer(self, operation_id: str) -> LogBuffer:
        buffer = self._buffers.get(operation_id)
        if buffer is None:
            buffer = self._buffers[operation_id] = self._new_buffer(self._observer, operation_id)
        return buffer

    def _finish(self, operation_id: str, operation: Operation | None) -> None:
        buffer = self._buffers.pop(operation_id, None)
        if buffer is not None:
            buffer.finish(operation)

    def _finish_all(self) -> None:
        for operation_id in tuple(self._buffers):
            self._finish(operation_id, None)


class LogBuffer(ABC):
    """Holds the log entries of one operation; called with the observer's lock held."""

    def __init__(self, observer: SerializedObserver[Any], operation_id: str) -> None:
        self._observer = observer
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


class Limiter(LogBuffer):
    """For ``limit_logs``."""

    def __init__(self, observer: SerializedObserver[Any], operation_id: str, count: int) -> None:
        super().__init__(observer, operation_id)
        self._left = count
        self._suppressed = 0
        self._operation: Operation | None = None

    def entry(self, event: LogEntryAdded) -> None:
        if self._left > 0:
            self._left -= 1
            self._observer.send(event)
            return
        self._suppressed += 1
        self._operation = event.operation
        if self._suppressed == 1:
            self._observer.send(LogsSuppressed(self._operation_id, event.operation, 1))

    def flush(self) -> None:
        pass

    def finish(self, operation: Operation | None) -> None:
        seen = operation or self._operation
        if self._suppressed and seen is not None:
            self._observer.send(LogsSuppressed(self._operation_id, seen, self._suppressed, is_final=True))

    def close(self) -> None:
        pass


class TimedLogBuffer(LogBuffer):
    """One that has something to do some seconds later."""

    def __init__(
        self, observer: SerializedObserver[Any], operation_id: str, clock: SchedulerBase, seconds: float
    ) -> None:
        super().__init__(observer, operation_id)
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
            self._observer.run(elapsed)

        timer.disposable = self._clock.schedule_relative(self._seconds, run)

    @abstractmethod
    def _elapsed(self) -> None:
        """The time is over."""


class Throttler(TimedLogBuffer):
    """For ``throttle_logs``: a window is open while there is a timer."""

    def __init__(
        self, observer: SerializedObserver[Any], operation_id: str, clock: SchedulerBase, seconds: float
    ) -> None:
        super().__init__(observer, operation_id, clock, seconds)
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
            self._observer.send(self._latest)

    def _elapsed(self) -> None:
        if self._latest is not None:
            self._deliver(self._latest)

    def _deliver(self, event: LogEntryAdded) -> None:
        self._latest = None
        # The window is open before the observer can bring another entry about, and is measured from when the
        # observer has returned, so that no thread waits for a slow one.
        window = self._timer = SingleAssignmentDisposable()
        self._observer.send(event)
        self._start(window)


class Batcher(TimedLogBuffer):
    """For ``batch_logs``: a batch is open while there is a timer."""

    def __init__(
        self, observer: SerializedObserver[Any], operation_id: str, clock: SchedulerBase, seconds: float, count: int
    ) -> None:
        super().__init__(observer, operation_id, clock, seconds)
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
            self._observer.send(LogEntriesAdded(self._operation_id, events[-1].operation, entries))

    def finish(self, operation: Operation | None) -> None:
        self.flush()

    def _elapsed(self) -> None:
        self.flush()
