"""Operators about what does not happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from ..events import Event, OperationFinished, OperationStalled, TrackingFailed, is_change
from ..model import Operation
from ..scheduling.observable import ScheduledObservable, choose_scheduler
from ._serialized_observer import SerializedObserver

A = TypeVar("A")


def stalled(
    seconds: float, *, scheduler: SchedulerBase | None = None
) -> Callable[[Observable[A]], Observable[A | OperationStalled]]:
    """All events, and an ``OperationStalled`` whenever an operation has shown nothing new for some time.

    .. marble::

        sl------m---S-|
          stalled(5.0)
        sl----x-m---S-|
        x = OperationStalled("op", l.operation, 5.0)

    Args:
        seconds: How long an operation may show nothing new, more than 0.
        scheduler: Its clock measures the seconds, its threads deliver the events. Default: the subscriber's,
            else the connection's, else a thread of its own.

    A server that died forgets what was running: its operations stay Running for ever and show nothing new. Each
    silence is reported once. It begins with the first event of an operation, so one that was never seen is not
    reported. Failed polls do not end a silence. Each operation is watched on its own, until it has ended. Raises
    ValueError for seconds out of range.

    Ends when the source ends, or with its error. Delivers on the source's thread and on the scheduler's, one event at
    a time. See also ``throttle_logs``, and ``wait(stalled=...)``, which raises an error instead.
    """
    if not 0 < seconds < float("inf"):
        raise ValueError(f"stalled needs a finite number of seconds above 0, not {seconds}")

    def watched(source: Observable[A]) -> Observable[A | OperationStalled]:
        def subscribe(observer: ObserverBase[Any], subscribed: SchedulerBase | None) -> DisposableBase:
            clock, owned = choose_scheduler(scheduler, subscribed, source)
            watch = _Watch(SerializedObserver(observer), clock, seconds)
            subscription = source.subscribe(watch.on_next, watch.on_error, watch.on_completed, scheduler=subscribed)
            return CompositeDisposable(Disposable(watch.close), subscription, owned)

        return ScheduledObservable(source, subscribe)

    return watched


class _Watch:
    """One subscription, with a timer for each operation that runs."""

    def __init__(self, observer: SerializedObserver[Any], clock: SchedulerBase, seconds: float) -> None:
        self._observer = observer
        self._clock = clock
        self._seconds = seconds
        self._timers: dict[str, SerialDisposable] = {}

    def on_next(self, event: object) -> None:
        with self._observer.lock:
            self._observer.on_next(event)
            if isinstance(event, OperationFinished | TrackingFailed):
                self._stop(event.operation_id)
            elif isinstance(event, Event) and is_change(event):
                self._begin(event.operation_id, getattr(event, "operation", None))

    def on_error(self, error: Exception) -> None:
        self._stop_all()
        with self._observer.lock:
            self._observer.on_error(error)

    def on_completed(self) -> None:
        self._stop_all()
        with self._observer.lock:
            self._observer.on_completed()

    def close(self) -> None:
        """Deliver nothing more."""
        self._observer.close()
        self._stop_all()

    def _begin(self, operation_id: str, operation: Operation | None) -> None:
        timer = self._timers.setdefault(operation_id, SerialDisposable())

        def report() -> None:
            if self._timers.get(operation_id) is timer and timer.disposable is pending:
                self._observer.on_next(OperationStalled(operation_id, operation, self._seconds))

        def run(scheduler: SchedulerBase, state: object = None) -> None:
            self._observer.run(report)

        pending = timer.disposable = self._clock.schedule_relative(self._seconds, run)

    def _stop(self, operation_id: str) -> None:
        timer = self._timers.pop(operation_id, None)
        if timer is not None:
            timer.dispose()

    def _stop_all(self) -> None:
        for operation_id in tuple(self._timers):
            self._stop(operation_id)
