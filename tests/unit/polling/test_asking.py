"""The seam to the server: an ask is answered once, later, by anyone, and whatever else happens harms nothing."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import pytest
from reactivex.testing import TestScheduler

from rxeryph.errors import AccessDeniedError, ClosedError
from rxeryph.model import Operation
from rxeryph.polling import (
    Ask,
    Done,
    Engine,
    ErrorBudget,
    PollingSettings,
    PollingSource,
    Unasked,
    asking,
    fixed,
    threaded_engine,
)
from tests.observing import Spy
from tests.unit.polling.virtual import DONE, RUNNING, join
from tests.unit.samples import NO_ROUTE, api, operation


class Asks:
    """A source in virtual time, and the asks that nothing has answered yet."""

    def __init__(self, ask: Ask | None = None, attempts: int = 3) -> None:
        self.scheduler = TestScheduler()
        self.engine = Engine(self.scheduler, lambda task: task(), random=lambda: 0.5)
        self.open: list[Done[Operation]] = []
        settings = PollingSettings(policy=fixed(1.0), error_budget=ErrorBudget(attempts=attempts))
        self.source = PollingSource("op", ask or self._ask, self.engine, settings)
        self.spy = self.watch()

    def _ask(self, log_time_stamp: str | None, done: Done[Operation]) -> None:
        self.open.append(done)

    def watch(self) -> Spy:
        spy = Spy(self.scheduler)
        join(self.source.history, spy)
        return spy

    def run(self, until: float) -> None:
        self.scheduler.advance_to(until)


def test_the_next_ask_comes_only_after_the_answer() -> None:
    asks = Asks()
    asks.run(50.0)
    assert len(asks.open) == 1
    asks.open[0](RUNNING)
    asks.run(51.5)
    assert len(asks.open) == 2
    assert asks.spy.times == [50.0]


@pytest.mark.parametrize("second", [DONE, NO_ROUTE, Unasked()])
def test_a_second_answer_is_ignored(second: Operation | Exception) -> None:
    asks = Asks()
    asks.run(0.5)
    asks.open[0](RUNNING)
    asks.open[0](second)
    asks.run(1.5)
    asks.open[0](second)
    asks.open[1](RUNNING)
    assert asks.spy.types == ["status"]
    asks.run(2.5)
    assert len(asks.open) == 3


@pytest.mark.parametrize("answer", [RUNNING, NO_ROUTE, api(AccessDeniedError, 403), Unasked()])
def test_an_answer_that_comes_after_the_last_watcher_left_is_dropped(answer: Operation | Exception) -> None:
    asks = Asks()
    asks.run(0.5)
    asks.spy.leave()
    assert not asks.open[0].is_wanted
    asks.open[0](answer)
    asks.run(10.0)
    assert (asks.source.operation, asks.source.history.events, len(asks.open)) == (None, [], 1)
    back = asks.watch()
    asks.run(11.0)
    asks.open[1](RUNNING)
    assert (back.types, back.errors) == (["status"], [])


@pytest.mark.parametrize("was_sent", [True, False])
def test_one_who_comes_back_before_the_answer_gets_it_or_a_second_ask_if_none_was_sent(was_sent: bool) -> None:
    asks = Asks()
    asks.run(0.5)
    asks.spy.leave()
    back = asks.watch()
    asks.run(5.0)
    assert len(asks.open) == 1  # never two asks of one operation
    assert asks.open[0].is_wanted
    if not was_sent:
        asks.open[0](Unasked())
        asks.run(5.5)
    asks.open[-1](RUNNING)
    assert (back.types, len(asks.open)) == (["status"], 1 if was_sent else 2)


def test_an_answer_after_the_end_is_dropped() -> None:
    asks = Asks()
    asks.run(0.5)
    asks.engine.close()
    asks.open[0](RUNNING)
    assert asks.spy.events == []
    assert isinstance(asks.spy.error, ClosedError)


@pytest.mark.parametrize(("raised", "tries"), [(KeyError("mine"), 1), (SystemExit(3), 1), (NO_ROUTE, 3)])
def test_an_ask_that_raises_is_a_failed_poll(raised: BaseException, tries: int) -> None:
    def ask(log_time_stamp: str | None, done: Done[Operation]) -> None:
        asked.append(1)
        raise raised

    asked: list[int] = []
    asks = Asks(ask)
    asks.run(60.0)
    assert raised in (asks.spy.error, asks.spy.error.__cause__)
    assert len(asked) == tries
    assert asks.spy.types == ["poll_failed"] * (tries - 1)


def test_an_ask_that_answers_and_then_raises_has_answered() -> None:
    def ask(log_time_stamp: str | None, done: Done[Operation]) -> None:
        done(RUNNING)
        raise NO_ROUTE

    asks = Asks(ask)
    asks.run(3.5)
    assert asks.spy.types == ["status"]


def test_one_answer_may_serve_many_asks() -> None:
    """As a list request does: what falls due together is answered together, with an error for what is not in it."""
    scheduler = TestScheduler()
    engine = Engine(scheduler, lambda task: task(), random=lambda: 0.5)
    due: list[tuple[str, Done[Operation]]] = []
    rounds: list[int] = []

    def answer() -> None:
        asked, due[:] = list(due), []
        rounds.append(len(asked))
        for name, done in asked:
            done(api(AccessDeniedError, 404) if name == "o2" else operation(id=name))

    def ask_for(name: str) -> Ask:
        def ask(log_time_stamp: str | None, done: Done[Operation]) -> None:
            if not due:
                scheduler.schedule_relative(0.01, lambda *_: answer())
            due.append((name, done))

        return ask

    names = [f"o{number}" for number in range(5)]
    sources = [PollingSource(name, ask_for(name), engine, PollingSettings(policy=fixed(1.0))) for name in names]
    spies = [Spy() for _ in sources]
    for source, spy in zip(sources, spies, strict=True):
        join(source.history, spy)
    scheduler.advance_to(3.5)
    assert rounds == [5, 4, 4, 4]
    assert [spy.ending for spy in spies] == [(1, 0) if name == "o2" else (0, 0) for name in names]


class Answer:
    """Notes what answers an ask, and on which thread."""

    def __init__(self, is_wanted: bool) -> None:
        self.is_wanted = is_wanted
        self.answers: list[tuple[object, str]] = []
        self.came = threading.Event()

    interval = 1.0
    is_first = True

    due = math.inf

    def offer(self, asked_at: float, has_news: bool) -> None:
        return None

    def still(self, asked_at: float, slack: float) -> bool:
        return False

    def rely(self, slack: float) -> float:
        return math.inf

    def hurry(self) -> None:
        pass

    def __call__(self, answer: Operation | Exception, rested: Callable[[], None] | None = None) -> None:
        self.answers.append((answer, threading.current_thread().name))
        self.came.set()


@pytest.mark.parametrize("raised", [None, NO_ROUTE, SystemExit(3)])
def test_asking_fetches_on_a_worker_and_answers_there(raised: BaseException | None) -> None:
    engine = threaded_engine(1)
    answer = Answer(is_wanted=True)

    def fetch(log_time_stamp: str | None) -> Operation:
        if raised is not None:
            raise raised
        assert log_time_stamp == "stamp"
        return RUNNING

    try:
        asking(fetch, engine)("stamp", answer)
        assert answer.came.wait(30)
    finally:
        engine.close()
    (found, thread), *rest = answer.answers
    assert (thread, rest) == ("rxeryph-worker-1", [])
    assert found is RUNNING or raised in (found, getattr(found, "__cause__", None))


def test_asking_sends_nothing_that_no_one_waits_for() -> None:
    waiting: list[Callable[[], None]] = []
    engine = Engine(TestScheduler(), waiting.append)
    answer = Answer(is_wanted=False)
    asking(lambda stamp: pytest.fail("not wanted"), engine)(None, answer)
    waiting[0]()
    assert [type(found) for found, _ in answer.answers] == [Unasked]
