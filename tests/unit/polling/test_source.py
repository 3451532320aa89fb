"""The polling source in virtual time."""

from __future__ import annotations

from collections.abc import Callable

from reactivex import Observer
from reactivex.testing import TestScheduler

from rxeryph.budget import ErrorBudget
from rxeryph.errors import NotFoundError, OperationVanishedError, TransportError
from rxeryph.events import AnyEvent, EventType
from rxeryph.model import LogEntry, Operation, OperationStatus
from rxeryph.polling import Engine, PollingSettings, PollingSource, fixed
from rxeryph.polling.history import PushReader

RUNNING = Operation("op", OperationStatus.RUNNING)
DONE = Operation("op", OperationStatus.COMPLETED)


class Server:
    """Answers by the virtual time of the request."""

    def __init__(self, scheduler: TestScheduler, answer: Callable[[float], Operation]) -> None:
        self.scheduler = scheduler
        self.answer = answer
        self.asked: list[tuple[float, str | None]] = []

    def fetch(self, log_time_stamp: str | None) -> Operation:
        now = float(self.scheduler.clock)
        self.asked.append((now, log_time_stamp))
        return self.answer(now)


class Watcher:
    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.error: Exception | None = None
        self.is_completed = False
        self.observer: Observer[AnyEvent] = Observer(self.events.append, self._on_error, self._on_completed)

    def _on_error(self, error: Exception) -> None:
        self.error = error

    def _on_completed(self) -> None:
        self.is_completed = True

    @property
    def types(self) -> list[str]:
        return [event.type.value for event in self.events]


def run(
    answer: Callable[[float], Operation], settings: PollingSettings, until: float = 300.0
) -> tuple[Server, Watcher, PollingSource]:
    scheduler = TestScheduler()
    server = Server(scheduler, answer)
    engine = Engine(scheduler, lambda task: task(), random=lambda: 0.5)
    source = PollingSource("op", server.fetch, engine, settings)
    watcher = Watcher()
    source.history.join(PushReader(source.history, 0, watcher.observer))
    scheduler.advance_to(until)
    return server, watcher, source


def test_polls_without_drift_then_settles_and_finishes() -> None:
    server, watcher, _ = run(lambda now: DONE if now >= 4 else RUNNING, PollingSettings(policy=fixed(1.0)))
    assert [round(at, 3) for at, _ in server.asked] == [0, 1, 2, 3, 4, 5]
    assert watcher.types == ["status", "status", "finished"]
    assert watcher.is_completed


def test_entries_that_come_after_the_end_are_delivered_before_finished() -> None:
    late = LogEntry("l1", "t1", "late", 17_000_000_000_000_000)

    def answer(now: float) -> Operation:
        return Operation("op", OperationStatus.COMPLETED, log_entries=(late,) if now >= 1 else ())

    server, watcher, _ = run(answer, PollingSettings(policy=fixed(1.0)))
    assert watcher.types == ["status", "log_entry", "finished"]
    assert [at for at, _ in server.asked] == [0, 1, 2]
    assert server.asked[-1][1] == "2023-11-14T22:13:15.0000000Z"


def test_a_failed_poll_is_an_event_and_so_is_the_recovery() -> None:
    def answer(now: float) -> Operation:
        if 1 <= now < 3:
            raise TransportError("no route", method="GET", url="http://x")
        return DONE if now > 4 else RUNNING

    _, watcher, _ = run(answer, PollingSettings(policy=fixed(1.0)))
    assert watcher.types[1] == "poll_failed"
    assert "poll_recovered" in watcher.types
    assert watcher.types[-1] == "finished"


def test_a_spent_budget_ends_the_stream_with_the_error() -> None:
    def answer(now: float) -> Operation:
        raise TransportError("no route", method="GET", url="http://x")

    budget = ErrorBudget(attempts=3)
    _, watcher, _ = run(answer, PollingSettings(policy=fixed(1.0), error_budget=budget))
    assert watcher.types == ["poll_failed", "poll_failed"]
    assert isinstance(watcher.error, TransportError)


def test_an_operation_that_vanishes_ends_the_stream_at_once() -> None:
    def answer(now: float) -> Operation:
        if now >= 2:
            raise NotFoundError("gone", status=404, method="GET", url="http://x")
        return RUNNING

    _, watcher, _ = run(answer, PollingSettings(policy=fixed(1.0)))
    assert isinstance(watcher.error, OperationVanishedError)
    assert watcher.error.operation == RUNNING


def test_the_last_reader_stops_the_polling_and_the_next_one_continues() -> None:
    scheduler = TestScheduler()
    server = Server(scheduler, lambda now: RUNNING)
    engine = Engine(scheduler, lambda task: task(), random=lambda: 0.5)
    source = PollingSource("op", server.fetch, engine, PollingSettings(policy=fixed(1.0)))
    first = PushReader(source.history, 0, Watcher().observer)
    source.history.join(first)
    scheduler.advance_to(2.5)
    first.close()
    scheduler.advance_to(10.0)
    assert [at for at, _ in server.asked] == [0, 1, 2]
    second = Watcher()
    source.history.join(PushReader(source.history, 0, second.observer))
    scheduler.advance_to(11.5)
    assert [at for at, _ in server.asked] == [0, 1, 2, 10, 11]
    assert second.types == ["status"]


def test_a_raising_subscriber_ends_only_its_own_subscription() -> None:
    scheduler = TestScheduler()
    server = Server(scheduler, lambda now: DONE if now >= 2 else RUNNING)
    engine = Engine(scheduler, lambda task: task(), random=lambda: 0.5)
    source = PollingSource("op", server.fetch, engine, PollingSettings(policy=fixed(1.0)))
    reported: list[Exception] = []

    def broken(event: AnyEvent) -> None:
        raise KeyError(event.type)

    good = Watcher()
    source.history.join(PushReader(source.history, 0, Observer(broken, reported.append)))
    source.history.join(PushReader(source.history, 0, good.observer))
    scheduler.advance_to(10.0)
    assert [type(error) for error in reported] == [KeyError]
    assert good.events[-1].type is EventType.FINISHED
