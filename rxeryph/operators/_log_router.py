"""What the log operators share: log entries go to a buffer of their operation, all other events pass at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable

from ..events import LogEntryAdded, OperationFinished, StatusChanged, TrackingFailed
from ..model import Operation
from ..scheduling.observable import ScheduledObservable, choose_scheduler
from ._serialized_observer import SerializedObserver


class LogBuffer(ABC):
    """Delivers or holds back the log entries of one operation. It has one timer; call it with the lock held."""

    def __init__(self, observer: SerializedObserver[Any], clock: SchedulerBase) -> None:
        self.observer = observer
        self._clock = clock
        self.timer: SingleAssignmentDisposable | None = None
        """Set from ``new_timer`` until it has run out or was stopped."""

    @abstractmethod
    def add(self, event: LogEntryAdded) -> None:
        """Deliver an entry, or hold it back."""

    @abstractmethod
    def flush(self) -> None:
        """Deliver what is held back: the timer has run out, or the operation has ended."""

    def end(self, operation: Operation | None) -> None:
        """Deliver the rest, because no entry follows. ``operation`` is the last snapshot, if known."""
        self.flush()
        self.stop_timer()

    def new_timer(self) -> Callable[[float], None]:
        """Replace the timer; call the result with the seconds after which the new one flushes."""
        self.stop_timer()
        timer = self.timer = SingleAssignmentDisposable()

        def run_out() -> None:
            if self.timer is timer:  # else it was replaced while this waited for the lock
                self.timer = None
                self.flush()

        def run(scheduler: SchedulerBase, state: object = None) -> None:
            self.observer.run(run_out)

        def start(seconds: float) -> None:
            timer.disposable = self._clock.schedule_relative(seconds, run)

        return start

    def stop_timer(self) -> None:
        """Remove the timer. Needs no lock."""
        timer, self.timer = self.timer, None
        if timer is not None:
            timer.dispose()


def route_logs(
    new_buffer: Callable[[SerializedObserver[Any], SchedulerBase], LogBuffer], scheduler: SchedulerBase | None = None
) -> Callable[[Observable[Any]], Observable[Any]]:
    """An operator that gives log entries to the buffer of their operation, and passes all other events on."""

    def routed(source: Observable[Any]) -> Observable[Any]:
        def subscribe(observer: ObserverBase[Any], subscribed: SchedulerBase | None) -> DisposableBase:
            clock, owned = choose_scheduler(scheduler, subscribed, source)
            serialized = SerializedObserver(observer)
            router = LogRouter(serialized, lambda: new_buffer(serialized, clock))
            subscription = source.subscribe(
                router.on_next, router.on_error, router.on_completed, scheduler=subscribed
            )
            return CompositeDisposable(Disposable(router.close), subscription, owned)

        return ScheduledObservable(source, subscribe)

    return routed


class LogRouter:
    """One subscription: passes events on, and keeps a buffer for each operation until it has ended."""

    def __init__(self, observer: SerializedObserver[Any], new_buffer: Callable[[], LogBuffer]) -> None:
        self._observer = observer
        self._new_buffer = new_buffer
        self._buffers: dict[str, LogBuffer] = {}

    def on_next(self, event: object) -> None:
        with self._observer.lock:
            if isinstance(event, LogEntryAdded):
                buffer = self._buffers.get(event.operation_id)
                if buffer is None:
                    buffer = self._buffers[event.operation_id] = self._new_buffer()
                buffer.add(event)
                return
            if isinstance(event, StatusChanged) and event.status.is_terminal:
                if buffer := self._buffers.get(event.operation_id):
                    buffer.flush()
            elif isinstance(event, OperationFinished | TrackingFailed) and (
                buffer := self._buffers.pop(event.operation_id, None)
            ):
                buffer.end(event.operation)
            self._observer.on_next(event)

    def on_error(self, error: Exception) -> None:
        with self._observer.lock:
            self._end_all()
            self._observer.on_error(error)

    def on_completed(self) -> None:
        with self._observer.lock:
            self._end_all()
            self._observer.on_completed()

    def close(self) -> None:
        """Deliver nothing more."""
        self._observer.close()
        for buffer in tuple(self._buffers.values()):
            buffer.stop_timer()

    def _end_all(self) -> None:
        while self._buffers:
            self._buffers.pop(next(iter(self._buffers))).end(None)
