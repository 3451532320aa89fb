"""``EventStream``: events with their history, shared by all subscribers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable

from ..arguments import check_subscriber
from ..bridges import aiter_events, iter_events
from ..events import AnyEvent
from ..polling.history import History, PushReader
from ..scheduling.observable import ScheduledObservable
from .waiting import Waited, Waits


class EventStream(Observable[AnyEvent]):
    """Events with their history, shared by all subscribers.

    Subscribing is what starts the polling. When the last subscriber leaves it stops, and the next one continues it.
    Each subscriber first gets the whole history, on its own thread, and then live events on one of the connection's
    worker threads. A failed operation is an event; ``on_error`` means that tracking failed. A finished stream
    replays from memory.
    """

    def __init__(self, history: History, scheduler: SchedulerBase | None) -> None:
        super().__init__()
        self._history = history
        self._waits = Waits(history, scheduler)
        self.scheduler = scheduler
        """For time operators: the connection's monotonic clock and its worker threads. Ours use it by default."""

    @property
    def live(self) -> Observable[AnyEvent]:
        """The same stream without the history: only events that come after subscribing."""
        history = self._history
        return ScheduledObservable(self, lambda observer, scheduler: self._read(observer, len(history.events)))

    def subscribe(
        self,
        on_next: ObserverBase[AnyEvent] | Callable[[AnyEvent], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        on_completed: Callable[[], None] | None = None,
        *,
        scheduler: SchedulerBase | None = None,
    ) -> DisposableBase:
        """Deliver the history and then live events to an observer or to functions. Raises TypeError for others."""
        check_subscriber(on_next, on_error, on_completed)
        return super().subscribe(on_next, on_error, on_completed, scheduler=scheduler)

    def _subscribe_core(
        self, observer: ObserverBase[AnyEvent], scheduler: SchedulerBase | None = None
    ) -> DisposableBase:
        return self._read(observer, 0)

    def _read(self, observer: ObserverBase[AnyEvent], position: int) -> DisposableBase:
        reader = PushReader(self._history, position, observer)
        self._history.join(reader)
        if reader.interrupted_by is not None:
            raise reader.interrupted_by  # for the program; the subscription has ended
        return Disposable(reader.close)

    def __iter__(self) -> Iterator[AnyEvent]:
        """Block for each event in turn. Leaving the loop unsubscribes."""
        return iter_events(self._history, self.scheduler)

    def __aiter__(self) -> AsyncIterator[AnyEvent]:
        """Each event in turn on the running event loop. Leaving the loop unsubscribes."""
        return aiter_events(self._history, scheduler=self.scheduler)

    def _wait_for_end(
        self, timeout: float | None, observer: ObserverBase[AnyEvent] | None, stalled: float | None
    ) -> Waited:
        """Block until the end, for ``timeout`` seconds, or until nothing changed for ``stalled`` seconds.

        Raises the error that ended the stream, and any exception from ``observer``.
        """
        return self._waits.wait(timeout, observer, stalled)

    async def _end(self) -> None:
        async for _ in aiter_events(self._history, len(self._history.events), self.scheduler):
            pass
