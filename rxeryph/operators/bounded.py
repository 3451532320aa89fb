"""The operator that decouples a slow observer from its source."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar, get_args

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable

from ..errors import ClosedError
from ..events import Dropped
from ..scheduling import DeliveryScheduler
from ._bounded_queue import BoundedQueue, Strategy
from ._scheduled_observable import ScheduledObservable, choose_scheduler
from ._serialized_observer import SerializedObserver

A = TypeVar("A")


def observe_bounded(
    maxsize: int, *, strategy: Strategy = "drop_oldest", scheduler: SchedulerBase | None = None
) -> Callable[[Observable[A]], Observable[A | Dropped]]:
    """Deliver from a queue of at most ``maxsize`` events, so that a slow observer never holds the source back.

    .. marble::

        (slm)----|
          observe_bounded(1)
        (xm)-----|
        x = Dropped("op", 2)

    Without it a slow observer delays the polling of its own operation and loses nothing, which is
    mostly what you want. With it the operation is polled at its own pace, and events are left out once
    ``maxsize`` wait.

    Args:
        maxsize: How many events may wait, 1 or more.
        strategy: What happens when one more comes. ``"drop_oldest"``, the default: the one that waits longest is
            left out. ``"drop_newest"``: the new one is. ``"latest_per_task"``: a TaskUpdated takes the place of
            an older TaskUpdated of its task, else of an older LogEntryAdded of its task; a LogEntryAdded that of
            an older one of its task; else the oldest is left out. ``"error"``: the stream ends with OverflowError,
            after all that waits.
        scheduler: Where to deliver, one event after the other. Default: the subscriber's, else the connection's
            worker threads, else a thread of its own.

    ``Dropped`` stands where events are missing, one for each operation, just before the next event that is
    delivered. OperationFinished, TrackingFailed and a terminal StatusChanged are never left out; they
    wait even beyond ``maxsize``.

    Ends when the source ends, or with its error, after what waits. When the connection is closed, what waits is
    left out, and the end comes at once on the thread that closes. Raises ValueError for arguments out of range.
    """
    if maxsize < 1:
        raise ValueError(f"observe_bounded needs a maxsize of 1 or more, not {maxsize}")
    if strategy not in get_args(Strategy):
        raise ValueError(
            f"observe_bounded knows no strategy {strategy!r}; take one of {', '.join(get_args(Strategy))}"
        )

    def bounded(source: Observable[A]) -> Observable[A | Dropped]:
        def subscribe(observer: ObserverBase[A | Dropped], subscribed: SchedulerBase | None) -> DisposableBase:
            clock, owned = choose_scheduler(scheduler, subscribed, source)
            delivery: _BoundedDelivery[A] = _BoundedDelivery(observer, BoundedQueue(maxsize, strategy), clock)
            delivery.source.disposable = source.subscribe(
                delivery.on_next, delivery.on_error, delivery.on_completed, scheduler=subscribed
            )
            return CompositeDisposable(Disposable(delivery.close), delivery.source, owned)

        return ScheduledObservable(source, subscribe)

    return bounded


class _BoundedDelivery(Generic[A]):
    """One subscription: what waits, and who delivers it."""

    def __init__(self, observer: ObserverBase[Any], queue: BoundedQueue[A], clock: SchedulerBase) -> None:
        self.source = SingleAssignmentDisposable()
        self._observer = SerializedObserver(observer)
        self._queue = queue
        self._clock = clock
        self._lock = threading.Lock()
        self._end: Callable[[], None] | None = None
        self._is_busy = self._is_delivering = False
        self._is_closing = False
        """The clock runs nothing any more."""

    def on_next(self, event: A) -> None:
        with self._lock:
            if self._end is not None or self._observer.is_over:
                return
            try:
                self._queue.put(event)
            except OverflowError as full:
                self._end = partial(self._observer.on_error, full)
            is_full = self._end is not None
        if is_full:
            self.source.dispose()
        self._schedule()

    def on_error(self, error: Exception) -> None:
        is_closing = isinstance(error, ClosedError) and isinstance(self._clock, DeliveryScheduler)
        with self._lock:
            self._end = partial(self._observer.on_error, error)
            self._is_closing = is_closing
            if is_closing:
                self._queue.drop_all()
        if is_closing:
            self._run()
        else:
            self._schedule()

    def on_completed(self) -> None:
        with self._lock:
            self._end = self._observer.on_completed
        self._schedule()

    def close(self) -> None:
        """Deliver nothing any more."""
        self._observer.close()
        with self._lock:
            self._queue.clear()

    def _schedule(self) -> None:
        with self._lock:
            if self._is_busy:
                return
            self._is_busy = True
        self._clock.schedule(self._run)

    def _run(self, scheduler: SchedulerBase | None = None, state: object = None) -> None:
        """Deliver the next event, and let another turn deliver the one after it."""
        with self._lock:
            if self._is_delivering:
                return  # that one sees that the connection is being closed
            self._is_delivering = True
        while True:
            self._observer.run(self._deliver)
            with self._lock:
                has_more = not self._observer.is_over and (len(self._queue) > 0 or self._end is not None)
                if has_more and self._is_closing:
                    continue
                self._is_busy = self._is_delivering = False
                break
        if has_more:
            self._schedule()

    def _deliver(self) -> None:
        with self._lock:
            queued = self._queue.take() if self._queue else None
            missing = self._queue.missing if queued is None else queued.missing
        for operation_id, count in missing.items():
            self._observer.on_next(Dropped(operation_id, count))
        if queued is not None:
            self._observer.on_next(queued.event)
        elif self._end is not None:
            self._end()
