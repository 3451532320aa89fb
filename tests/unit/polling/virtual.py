"""Polling sources in virtual time, and the server that answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reactivex.abc import SchedulerBase
from reactivex.disposable import Disposable
from reactivex.testing import TestScheduler

from rxeryph.events import AnyEvent
from rxeryph.model import Operation, OperationStatus
from rxeryph.outcome import OperationResult
from rxeryph.polling import Engine, PollingSettings, PollingSource, fixed
from rxeryph.polling.history import History, PushReader
from rxeryph.retry import ErrorBudget
from tests.observing import Spy
from tests.two_ways import ask_for
from tests.unit.samples import entry, operation

RUNNING = Operation("op", OperationStatus.RUNNING)
DONE = Operation("op", OperationStatus.COMPLETED)

BUDGET = ErrorBudget(attempts=10, seconds=120.0, first=0.5, maximum=30.0)
"""Like the default today, but these tests do not depend on what the default is."""

Answer = Callable[[float], Operation]
"""What the server answers at a virtual time; it may raise."""


def running(now: float) -> Operation:
    return RUNNING


def done_at(end: float) -> Answer:
    return lambda now: DONE if now >= end else RUNNING


def failing(error: Exception, since: float = 0.0, until: float = 1e9, otherwise: Operation = RUNNING) -> Answer:
    def answer(now: float) -> Operation:
        if since <= now < until:
            raise error
        return otherwise

    return answer


def ticking(now: float) -> Operation:
    """One more entry every second, of which only the last three are shown."""
    return operation(entries=tuple(entry(f"l{at:02}", at) for at in range(max(0, int(now) - 2), int(now) + 1)))


class Lab:
    """One polling source whose polls are answered by ``answer``; ``add`` makes more on the same engine.

    ``delay``: seconds a request waits for a worker. ``is_held``: requests wait until ``work()``.
    Everything else is for ``PollingSettings``; by default the policy is ``fixed(1.0)`` and the budget ``BUDGET``.
    """

    def __init__(
        self,
        answer: Answer = running,
        *,
        random: Callable[[], float] = lambda: 0.5,
        delay: float = 0.0,
        is_held: bool = False,
        initial: Operation | None = None,
        conclude: Callable[[Operation], OperationResult] = OperationResult,
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
        self.settings = PollingSettings(**{"policy": fixed(1.0), "error_budget": BUDGET, **settings})
        ask = ask_for("op", self._fetch, self.engine)
        self.source = PollingSource("op", ask, self.engine, self.settings, conclude, initial)
        self.history = self.source.history

    @property
    def now(self) -> float:
        return float(self.scheduler.clock)

    def add(self, name: str, answer: Answer = running) -> PollingSource:
        """Another source, answered by its own ``answer``."""
        ask = ask_for(name, lambda stamp: answer(self.now), self.engine)
        return PollingSource(name, ask, self.engine, self.settings)

    def _fetch(self, log_time_stamp: str | None) -> Operation:
        self.asked.append(round(self.now, 3))
        self.stamps.append(log_time_stamp)
        return self.answer(self.now)

    def _submit(self, task: Callable[[], None]) -> None:
        if self._is_held:
            self.waiting.append(task)
        elif self._delay:
            self.later(self._delay, task)
        else:
            task()

    def work(self) -> None:
        """Let the workers do what was submitted."""
        tasks, self.waiting = self.waiting, []
        for task in tasks:
            task()

    def watch(self, act: Callable[[AnyEvent], object] | None = None) -> Spy:
        spy = Spy(self.scheduler, act)
        self.join(spy)
        return spy

    def join(self, spy: Spy) -> PushReader:
        return join(self.history, spy)

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        def run(scheduler: SchedulerBase, state: object = None) -> None:
            action()

        self.scheduler.schedule_relative(seconds, run)

    def run(self, until: float) -> None:
        self.scheduler.advance_to(until)


def join(history: History, spy: Spy) -> PushReader:
    reader = PushReader(history, 0, spy)
    spy.subscription = Disposable(reader.close)
    history.join(reader)
    return reader


def watched(answer: Answer, until: float = 300.0, **settings: Any) -> tuple[Lab, Spy]:
    """A lab with one spy from the beginning, at time ``until``."""
    lab = Lab(answer, **settings)
    spy = lab.watch()
    lab.run(until)
    return lab, spy
