"""The operator that decouples a slow observer from its source, with a queue between them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar, get_args

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable

from ..arguments import check_number, described
from ..errors import ClosedError
from ..events import Dropped
from ..scheduling import DeliveryScheduler
from ..scheduling.observable import ScheduledObservable, choose_scheduler
from ._bounded_queue import BoundedQueue, Strategy
from ._serialized_observer import SerializedObserver

A = TypeVar("A")


def observe_bounded(
    maxsize: int, *, strategy: Strategy = "drop_oldest", scheduler: SchedulerBase | None = None
) -> Callable[[Observable[A]], Observable[A | Dropped]]:
    """Deliver from a queue of at most ``maxsize`` events, so that a slow observer never delays the source.

    .. marble::

        (slm)----|
          observe_bounded(1)
        (xm)-----|
        x = Dropped("op", 2)

    Args:
        maxsize: How many events may wait, 1 or more.
        strategy: What happens when one more comes. ``"drop_oldest"``, the default: the oldest event in the queue is
            dropped. ``"drop_newest"``: the new one is. ``"latest_per_task"``: a TaskUpdated replaces an older
            TaskUpdated of its task, else an older LogEntryAdded of its task; a LogEntryAdded replaces an older one of
            its task; else the oldest is dropped. ``"error"``: the stream ends with OverflowError, after the events
            in the queue.
        scheduler: Its threads deliver, one event after the other. Default: the subscriber's, else the connection's
            workers, else a thread of its own.

    Without this operator a slow observer delays the polls of its own operation and misses no event, which is usually
    what you want. With it the operation is polled at its own pace, and events are dropped once ``maxsize`` wait.
    ``Dropped`` comes where events are missing, one per operation, just before the next event that is delivered.
    OperationFinished, TrackingFailed and a terminal StatusChanged are never dropped; they wait even beyond
    ``maxsize``. Raises ValueError for arguments out of range.

    Ends when the source ends, or with its error, after the events in the queue. When the connection is closed, these
    are dropped, and the end comes at once on the thread that closes. Delivers on the scheduler's threads. See also
    ``throttle_logs``.
    """
    check_number(maxsize, "observe_bounded needs a maxsize of 1 or more", least=1, is_whole=True)
    if strategy not in get_args(Strategy):
        raise ValueError(
            f"observe_bounded has no strategy {described(strategy)}; use one of {', '.join(get_args(Strategy))}"
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
    """One subscription: puts events in the queue, and delivers them on the clock's threads."""

    def __init__(self, observer: ObserverBase[Any], queue: BoundedQueue[A], clock: SchedulerBase) -> None:
        self.source = SingleAssignmentDisposable()
        self._observer = SerializedObserver(observer)
        self._queue = queue
        self._clock = clock
        self._lock = threading.Lock()
        self._end: Callable[[], None] | None = None
        self._is_busy = self._is_delivering = False
        self._is_closing = False
        """The connection is being closed, so the clock runs no more actions."""

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
        """Deliver nothing more."""
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
        """Deliver the next event, and schedule another run for the one after it."""
        with self._lock:
            if self._is_delivering:
                return  # the run in progress sees that the connection is being closed
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
