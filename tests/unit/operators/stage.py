"""Streams in virtual time: a clock, events for them, and streams that a test feeds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import reactivex
from reactivex import Observable
from reactivex.abc import DisposableBase
from reactivex.disposable import Disposable
from reactivex.testing import ReactiveTest, TestScheduler
from reactivex.testing.hotobservable import HotObservable

from rxeryph.events import LogEntryAdded, OperationFinished, StatusChanged, TaskUpdated, TrackingFailed
from rxeryph.model import OperationStatus
from rxeryph.outcome import OperationResult
from rxeryph.polling.history import History
from rxeryph.streams import EventStream
from tests.observing import END, Spy
from tests.unit.samples import COMPLETED, NO_ROUTE, RUNNING, entry, operation, task

Operator = Callable[[Observable[Any]], Observable[Any]]


def log(id: str, of: str = "op", task_id: str = "t1") -> LogEntryAdded:
    return LogEntryAdded(of, operation(id=of), entry(id, task_id=task_id))


def status(value: OperationStatus = RUNNING, of: str = "op") -> StatusChanged:
    return StatusChanged(of, operation(value, id=of), value)


def finished(value: OperationStatus = COMPLETED, of: str = "op") -> OperationFinished:
    ended = operation(value, message="because", id=of)
    return OperationFinished(of, ended, OperationResult(ended))


def updated(progress: int, id: str = "t1", of: str = "op") -> TaskUpdated:
    return TaskUpdated(of, operation(id=of), task(id, of, progress=progress), task(id, of))


class Overlaps(list[Any]):
    """The events that came while it was called with another one."""

    def __init__(self) -> None:
        self._busy = threading.Lock()

    def __call__(self, event: Any) -> None:
        if self._busy.acquire(False):
            time.sleep(0.0001)
            self._busy.release()
        else:
            self.append(event)


LOST = TrackingFailed("op", operation(), NO_ROUTE)


class Clock(TestScheduler):
    """A virtual clock that knows which of its timers are due later.

    On a slow one, each action takes ``seconds`` before it begins, as if the observer were slow. On a deaf one,
    cancelled timers run all the same, as on a thread that is about to run them.
    """

    def __init__(self, seconds: float = 0.0, *, is_deaf: bool = False) -> None:
        super().__init__()
        self._slowness = seconds
        self._is_deaf = is_deaf
        self._timers: list[tuple[float, Any]] = []

    def schedule(self, action: Any, state: Any = None) -> DisposableBase:
        return self.schedule_relative(self._slowness, action, state)

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> DisposableBase:
        timer: Any = super().schedule_relative(duetime, action, state)
        if self._is_deaf:
            timer = Disposable()
        self._timers.append((self.clock + self.to_seconds(duetime), timer))
        return timer  # type: ignore[no-any-return]

    @property
    def due(self) -> int:
        """How many timers are neither cancelled nor over."""
        return sum(at > self.clock and not timer.is_disposed for at, timer in self._timers)


def passed(operator: Operator, *events: object) -> list[Any]:
    """What comes out when ``events`` go in. The source completes, and so must what comes out."""
    spy = Spy()
    reactivex.from_iterable(events).pipe(operator).subscribe(spy)
    assert spy.ending == (0, 1)
    return spy.events


class Stage:
    """A virtual clock, with streams that follow a script on it."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.streams: list[HotObservable[Any]] = []

    def script(self, *steps: tuple[int, Any]) -> Observable[Any]:
        """A hot stream of (second, event or END or error)."""
        messages = []
        for at, step in steps:
            if step is END:
                messages.append(ReactiveTest.on_completed(at))
            elif isinstance(step, Exception):
                messages.append(ReactiveTest.on_error(at, step))
            else:
                messages.append(ReactiveTest.on_next(at, step))
        self.streams.append(self.clock.create_hot_observable(*messages))
        return self.streams[-1]

    def watch(self, stream: Observable[Any], act: Callable[[Any], object] | None = None) -> Spy:
        spy = Spy(self.clock, act)
        spy.subscription = stream.subscribe(spy, scheduler=self.clock)
        return spy

    def played(self, stream: Observable[Any], until: float = 1000.0) -> list[tuple[float, Any]]:
        """Everything that ``stream`` does up to a second."""
        spy = self.watch(stream)
        self.clock.advance_to(until)
        return spy.timed

    @property
    def is_quiet(self) -> bool:
        """True when no stream is subscribed to and no timer is due."""
        left = all(each.unsubscribe < 1e9 for stream in self.streams for each in stream.subscriptions)
        return left and not self.clock.due


class Live(EventStream):
    """A stream with a history, fed by the test, which treats its observers as the stream of an operation does."""

    def __init__(self, *events: Any, has_ended: bool = False) -> None:
        self.history = History(lambda: None)
        super().__init__(self.history, None)
        self.feed(*events)
        if has_ended:
            self.end()

    def feed(self, *events: Any) -> None:
        self.history.append(events)

    def end(self, error: Exception | None = None) -> None:
        self.history.end(error)
