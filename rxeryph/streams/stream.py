"""Streams of events that all who watch share: ``OperationStream`` is one operation, ``EventStream`` what all have."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable

from ..bridges import aiter_events, iter_events, wait_for
from ..errors import OperationTimeoutError
from ..events import AnyEvent, OperationFinished, PollFailed
from ..model import Operation
from ..outcome import OperationResult
from ..polling import PollingPolicy, PollingSource
from ..polling.history import History, PushReader


class EventStream(Observable[AnyEvent]):
    """Events with their history, shared by all who watch.

    Watching is lazy: the first subscriber starts the polling, the last one to leave stops it, and coming
    back continues. Every subscriber sees the whole history once, on its own thread, and then goes on live on
    one of the connection's worker threads. A failed operation is an event; ``on_error`` means that
    tracking failed. A finished stream replays from memory.
    """

    def __init__(self, history: History, scheduler: SchedulerBase | None) -> None:
        super().__init__()
        self._history = history
        self._waits: dict[int, _Waiting] = {}
        self.scheduler = scheduler
        """For time operators: the connection's monotonic clock and its worker threads. Ours use it by themselves."""

    @property
    def live(self) -> Observable[AnyEvent]:
        """The same stream without the history: only what comes after subscribing."""
        history = self._history
        return Observable(lambda observer, scheduler: self._read(observer, len(history.events)))

    def _subscribe_core(
        self, observer: ObserverBase[AnyEvent], scheduler: SchedulerBase | None = None
    ) -> DisposableBase:
        return self._read(observer, 0)

    def _read(self, observer: ObserverBase[AnyEvent], position: int) -> DisposableBase:
        reader = PushReader(self._history, position, observer)
        self._history.join(reader)
        return Disposable(reader.close)

    def __iter__(self) -> Iterator[AnyEvent]:
        """Block for each event in turn; leaving the loop stops watching."""
        return iter_events(self._history)

    def __aiter__(self) -> AsyncIterator[AnyEvent]:
        """Each event in turn on the running event loop; leaving the loop stops watching."""
        return aiter_events(self._history)

    def _has_ended_in(self, timeout: float | None, observer: ObserverBase[AnyEvent] | None) -> bool:
        """Block until the end, True, or until ``timeout``, False. Raises what ended the stream, or ``observer``'s."""
        history = self._history
        if history.is_delivering_here:
            raise RuntimeError(
                f"wait() inside a handler of {history.name} would wait for itself;"
                " call it outside, or use the OperationFinished event."
            )
        # Taken out while in use, so that two threads never share one.
        waiting = self._waits.pop(id(observer), None) or _Waiting(history, observer)
        waiting.begin()
        history.join(waiting.reader)
        try:
            is_done = wait_for(waiting.is_done, timeout)
        finally:
            waiting.reader.close()
            if observer is not None:
                self._waits[id(observer)] = waiting
        if is_done and waiting.error is not None:
            raise waiting.error
        return is_done

    async def _end(self) -> None:
        async for _ in aiter_events(self._history, len(self._history.events)):
            pass


class OperationStream(EventStream):
    """The events of one operation, from its beginning to ``OperationFinished``."""

    def __init__(self, source: PollingSource, cancel: Callable[[], None]) -> None:
        super().__init__(source.history, source.scheduler)
        self._source = source
        self._cancel = cancel

    def __repr__(self) -> str:
        operation = self._source.operation
        return f"OperationStream({self.operation_id!r}, {operation.status.value if operation else 'not seen yet'})"

    @property
    def operation_id(self) -> str:
        """The id of the operation."""
        return self._source.operation_id

    @property
    def operation(self) -> Operation | None:
        """The last snapshot, with every log entry seen; None before the first. Sends nothing."""
        return self._source.operation

    @property
    def source(self) -> PollingSource:
        """What polls; streams of one operation share it."""
        return self._source

    @property
    def polling(self) -> PollingPolicy:
        """When to ask again. It may be set while the stream runs; a wait under way is measured anew."""
        return self._source.policy

    @polling.setter
    def polling(self, policy: PollingPolicy) -> None:
        self._source.policy = policy

    def wait(self, timeout: float | None = 300.0, observer: ObserverBase[AnyEvent] | None = None) -> OperationResult:
        """Block until the operation has ended and return its result, failed or not.

        ``timeout`` are seconds (None: no limit). ``observer`` sees every event first; waiting again with the
        same one goes on where it stopped. Raises OperationTimeoutError, after which the operation and
        the stream go on, whatever ended the tracking, and what ``observer`` raised.
        """
        if not self._has_ended_in(timeout, observer):
            raise self._timeout_error(timeout or 0.0)
        return self._result()

    def _timeout_error(self, timeout: float) -> OperationTimeoutError:
        operation, events = self.operation, self._history.events
        if operation is None:
            text = f"Operation {self.operation_id} was not seen in {timeout:g} s."
        else:
            text = (
                f"Operation {self.operation_id} is {operation.status.value} after waiting {timeout:g} s;"
                " it goes on at the server. Call wait() again to go on waiting."
            )
        if events and isinstance(events[-1], PollFailed):
            text += f" The last poll failed: {events[-1].error}"
        return OperationTimeoutError(text, operation_id=self.operation_id, operation=operation)

    def _result(self) -> OperationResult:
        last = self._history.events[-1]
        assert isinstance(last, OperationFinished)  # every completed stream ends with it
        return last.result

    def cancel(self) -> None:
        """Ask the server to cancel. The stream ends as Cancelled, or as whatever really happened.

        Needs API 1.2, else ApiVersionError. Only some tasks look for it (today gene downloads), and a
        request that comes before such a task runs has no effect; ask again then.
        """
        self._cancel()

    def __await__(self) -> Generator[object, None, OperationResult]:  # type: ignore[override]
        """The result, without blocking the event loop."""
        return self._finished().__await__()

    async def _finished(self) -> OperationResult:
        await self._end()
        return self._result()


class _Waiting(ObserverBase[AnyEvent]):
    """Passes everything on to ``observer`` and says when the end has come, over any number of waits."""

    def __init__(self, history: History, observer: ObserverBase[AnyEvent] | None) -> None:
        self._observer = observer
        self.reader = PushReader(history, 0, self)
        self.is_done = threading.Event()
        self.error: Exception | None = None

    def begin(self) -> None:
        """Wait anew, from where the last wait stopped."""
        self.is_done.clear()
        self.error = None

    def on_next(self, value: AnyEvent) -> None:
        if self._observer is not None:
            self._observer.on_next(value)

    def on_error(self, error: Exception) -> None:
        self.error = error
        self.is_done.set()

    def on_completed(self) -> None:
        try:
            if self._observer is not None:
                self._observer.on_completed()
        finally:
            self.is_done.set()
