"""A polling source in virtual time, the server it asks, and those who watch it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reactivex.abc import ObserverBase
from reactivex.testing import TestScheduler

from rxeryph.events import AnyEvent
from rxeryph.model import Operation, OperationStatus
from rxeryph.polling import Engine, PollingSettings, PollingSource, fixed
from rxeryph.polling.history import PushReader

RUNNING = Operation("op", OperationStatus.RUNNING)
DONE = Operation("op", OperationStatus.COMPLETED)

Answer = Callable[[float], Operation]
"""What the server says at a virtual time; it may raise."""


def running(now: float) -> Operation:
    return RUNNING


def done_at(end: float) -> Answer:
    return lambda now: DONE if now >= end else RUNNING


class Watcher(ObserverBase[AnyEvent]):
    """Remembers all it is told, and when; ``act`` is called with every event."""

    def __init__(self, clock: Callable[[], float], act: Callable[[AnyEvent], object] | None = None) -> None:
        self.events: list[AnyEvent] = []
        self.times: list[float] = []
        self.errors: list[Exception] = []
        self.completed = 0
        self.act = act
        self._clock = clock
        self.reader: PushReader | None = None

    def on_next(self, value: AnyEvent) -> None:
        self.events.append(value)
        self.times.append(self._clock())
        if self.act is not None:
            self.act(value)

    def on_error(self, error: Exception) -> None:
        self.errors.append(error)

    def on_completed(self) -> None:
        self.completed += 1

    def leave(self) -> None:
        assert self.reader is not None
        self.reader.close()

    @property
    def types(self) -> list[str]:
        return [event.type.value for event in self.events]

    @property
    def error(self) -> Exception:
        """The only error, and nothing else at the end."""
        assert (len(self.errors), self.completed) == (1, 0)
        return self.errors[0]

    @property
    def has_seen_the_end(self) -> bool:
        """``OperationFinished`` once, as the last event, then ``on_completed`` once."""
        return self.types.count("finished") == 1 and self.types[-1] == "finished" and self.ending == (0, 1)

    @property
    def ending(self) -> tuple[int, int]:
        """How often ``on_error`` and ``on_completed`` came."""
        return len(self.errors), self.completed


class Lab:
    """One polling source whose polls are answered by ``answer``.

    ``delay``: seconds a request waits for a worker. ``is_held``: requests wait until ``work()``.
    Everything else goes into ``PollingSettings``; the default policy is ``fixed(1.0)``.
    """

    def __init__(
        self,
        answer: Answer = running,
        *,
        random: Callable[[], float] = lambda: 0.5,
        delay: float = 0.0,
        is_held: bool = False,
        initial: Operation | None = None,
        **settings: Any,
    ) -> None:
        self.scheduler = TestScheduler()
        self.answer = answer
        self.asked: list[float] = []
        self.stamps: list[str | None] = []
        self.waiting: list[Callable[[], None]] = []
        self._delay = delay
        self._is_held = is_held
        self.engine = Engine(self.scheduler, self._submit, random)
        self.settings = PollingSettings(**{"policy": fixed(1.0), **settings})
        self.source = PollingSource("op", self._fetch, self.engine, self.settings, initial=initial)

    @property
    def now(self) -> float:
        return float(self.scheduler.clock)

    def _fetch(self, log_time_stamp: str | None) -> Operation:
        self.asked.append(round(self.now, 3))
        self.stamps.append(log_time_stamp)
        return self.answer(self.now)

    def _submit(self, task: Callable[[], None]) -> None:
        if self._is_held:
            self.waiting.append(task)
        elif self._delay:
            self.engine.call_at(self.now + self._delay, task)
        else:
            task()

    def work(self) -> None:
        """Let the workers do what was submitted."""
        tasks, self.waiting = self.waiting, []
        for task in tasks:
            task()

    def watch(self, act: Callable[[AnyEvent], object] | None = None, position: int = 0) -> Watcher:
        watcher = Watcher(lambda: round(self.now, 3), act)
        self.join(watcher, position)
        return watcher

    def join(self, watcher: Watcher, position: int = 0) -> None:
        watcher.reader = PushReader(self.source.history, position, watcher)
        self.source.history.join(watcher.reader)

    def run(self, until: float) -> None:
        self.scheduler.advance_to(until)


def watched(answer: Answer, until: float = 300.0, **settings: Any) -> tuple[Lab, Watcher]:
    """A lab with one watcher from the beginning, at time ``until``."""
    lab = Lab(answer, **settings)
    watcher = lab.watch()
    lab.run(until)
    return lab, watcher
