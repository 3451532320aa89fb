"""Streams that tell a story in virtual time, and what an observer sees of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reactivex import Observable, typing
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.testing import ReactiveTest, TestScheduler
from reactivex.testing.hotobservable import HotObservable

from rxeryph.events import LogEntryAdded, OperationFinished, StatusChanged, TaskUpdated
from rxeryph.model import OperationStatus
from rxeryph.outcome import OperationResult
from rxeryph.polling.history import History
from rxeryph.streams import EventStream
from tests.unit.samples import COMPLETED, RUNNING, entry, operation, task

END = "end"
"""The completion, among events."""


def log(id: str, of: str = "op", task_id: str = "t1") -> LogEntryAdded:
    return LogEntryAdded(of, operation(id=of), entry(id, task_id=task_id))


def status(value: OperationStatus = RUNNING, of: str = "op") -> StatusChanged:
    return StatusChanged(of, operation(value, id=of), value)


def finished(value: OperationStatus = COMPLETED, of: str = "op") -> OperationFinished:
    ended = operation(value, message="because", id=of)
    return OperationFinished(of, ended, OperationResult(ended))


def updated(progress: int, id: str = "t1", of: str = "op") -> TaskUpdated:
    return TaskUpdated(of, operation(id=of), task(id, of, progress=progress), task(id, of))


class Watch(ObserverBase[Any]):
    """Notes what comes, and when; ``react`` is called with every event."""

    def __init__(self, scheduler: SchedulerBase | None = None, react: Callable[[Any], None] | None = None) -> None:
        self._scheduler = scheduler
        self._react = react
        self.timed: list[tuple[float, Any]] = []

    def _note(self, value: object) -> None:
        at = self._scheduler.to_seconds(self._scheduler.now) if self._scheduler is not None else 0.0
        self.timed.append((at, value))

    def on_next(self, value: object) -> None:
        self._note(value)
        if self._react is not None:
            self._react(value)

    def on_error(self, error: Exception) -> None:
        self._note(error)

    def on_completed(self) -> None:
        self._note(END)

    @property
    def seen(self) -> list[Any]:
        return [value for _, value in self.timed]


class SlowScheduler(TestScheduler):
    """A virtual clock on which everything that is to be done soon is done ``seconds`` later: a slow observer."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def schedule(self, action: typing.ScheduledAction[Any], state: Any = None) -> DisposableBase:
        return self.schedule_relative(self._seconds, action, state)


class Stage:
    """A virtual clock with stories on it."""

    def __init__(self, scheduler: TestScheduler | None = None) -> None:
        self.scheduler = scheduler or TestScheduler()
        self.stories: list[HotObservable[Any]] = []

    def tell(self, *steps: tuple[int, Any]) -> Observable[Any]:
        """A hot stream of (second, event or END or error)."""
        messages = []
        for at, step in steps:
            if step is END:
                messages.append(ReactiveTest.on_completed(at))
            elif isinstance(step, Exception):
                messages.append(ReactiveTest.on_error(at, step))
            else:
                messages.append(ReactiveTest.on_next(at, step))
        story = self.scheduler.create_hot_observable(*messages)
        self.stories.append(story)
        return story

    def watch(
        self, stream: Observable[Any], react: Callable[[Any], None] | None = None
    ) -> tuple[Watch, DisposableBase]:
        watch = Watch(self.scheduler, react)
        return watch, stream.subscribe(watch, scheduler=self.scheduler)

    def watched(self, stream: Observable[Any], until: float = 1000.0) -> list[tuple[float, Any]]:
        """Everything ``stream`` does up to a second."""
        watch, _ = self.watch(stream)
        self.scheduler.advance_to(until)
        return watch.timed

    @property
    def is_quiet(self) -> bool:
        """True when every story has been left and nothing is due any more."""
        left = all(each.unsubscribe < 1e9 for story in self.stories for each in story.subscriptions)
        return left and not self.due

    @property
    def due(self) -> int:
        """How much is scheduled and not cancelled, the stories themselves apart."""
        queue = self.scheduler._queue
        waiting = [queue.items[index][0] for index in range(len(queue))]
        return sum(not item.is_cancelled() and item.duetime > self.scheduler.now for item in waiting)


class Live(EventStream):
    """A stream with a history, fed by hand, that treats its observers as those of operations are treated."""

    def __init__(self) -> None:
        self.history = History(lambda: None)
        super().__init__(self.history, None)

    def feed(self, *events: Any) -> None:
        self.history.append(events)

    def end(self, error: Exception | None = None) -> None:
        self.history.end(error)
