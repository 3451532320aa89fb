"""Watching for new operations: each once, one list per round, and silence that is borne for a while."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from reactivex import Observer
from reactivex.testing import TestScheduler

from rxeryph.errors import AccessDeniedError, ClosedError
from rxeryph.model import Operation, OperationStatus
from rxeryph.polling import Discovery, Engine, ErrorBudget, PollingSettings, fixed
from tests.unit.samples import COMPLETED, NO_ROUTE, RUNNING, api


def op(id: str, status: OperationStatus = RUNNING, created: int | None = None) -> Operation:
    return Operation(id, status, created=datetime(2026, 1, 1, 0, 0, created, tzinfo=UTC) if created else None)


class Lab:
    """A discovery that is answered by virtual time."""

    def __init__(self, answer: Callable[[float], Iterable[Operation]], **options: Any) -> None:
        self.scheduler = TestScheduler()
        self.asked: list[float] = []
        self.told: list[str] = []
        self.errors: list[Exception] = []
        self.answer = answer
        self.engine = Engine(self.scheduler, lambda task: task(), random=lambda: 0.5)
        settings = PollingSettings(
            policy=fixed(1.0), error_budget=options.pop("budget", ErrorBudget(attempts=3, first=0.5))
        )
        act = options.pop("act", lambda operation: None)

        def on_next(operation: Operation) -> None:
            self.told.append(operation.id)
            act(operation)

        observer: Observer[Operation] = Observer(on_next, self.errors.append)
        self.discovery = Discovery(self._fetch, observer, self.engine, settings, **options)
        self.discovery.begin()

    def _fetch(self) -> Iterable[Operation]:
        self.asked.append(round(float(self.scheduler.clock), 3))
        return self.answer(float(self.scheduler.clock))

    def run(self, until: float) -> Lab:
        self.scheduler.advance_to(until)
        return self


def growing(now: float) -> list[Operation]:
    return [op(f"o{number}") for number in range(int(now) + 1)]


def test_each_new_operation_is_told_once_and_each_round_is_one_request() -> None:
    lab = Lab(growing).run(4.5)
    assert lab.told == ["o1", "o2", "o3", "o4"]
    assert lab.asked == [0, 1, 2, 3, 4]


def test_those_that_run_already_are_told_on_request_and_those_that_have_ended_never() -> None:
    lab = Lab(lambda now: [op("old", COMPLETED), op("busy")], include_running=True).run(3.5)
    assert lab.told == ["busy"]
    assert Lab(lambda now: [op("busy")]).run(3.5).told == []


def test_one_that_came_and_ended_between_two_rounds_is_told_too() -> None:
    assert Lab(lambda now: [op("quick", COMPLETED)] if now >= 2 else []).run(3.5).told == ["quick"]


def test_several_in_one_round_come_oldest_first() -> None:
    lab = Lab(lambda now: [op("b", created=2), op("c", created=3), op("a", created=1)] if now >= 1 else [])
    assert lab.run(2.5).told == ["a", "b", "c"]


def test_one_that_hides_for_a_while_is_not_told_again() -> None:
    assert Lab(lambda now: [op("x")] if int(now) % 2 else []).run(7.5).told == ["x"]


def test_after_dispose_nothing_is_told_and_nothing_asked() -> None:
    lab = Lab(growing).run(2.5)
    lab.discovery.dispose()
    lab.run(9.0)
    assert (lab.told, lab.asked) == (["o1", "o2"], [0, 1, 2])


def test_dispose_inside_the_handler_is_at_once() -> None:
    def leave(operation: Operation) -> None:
        lab.discovery.dispose()

    lab = Lab(lambda now: [op(f"o{each}", created=each) for each in range(1, 5)] if now >= 1 else [], act=leave)
    assert lab.run(9.0).told == ["o1"]
    assert lab.asked == [0, 1]


def test_a_list_that_fails_is_logged_and_asked_for_again(caplog: pytest.LogCaptureFixture) -> None:
    def answer(now: float) -> list[Operation]:
        if 1 <= now < 1.8:
            raise NO_ROUTE
        return growing(now)

    with caplog.at_level(logging.WARNING, "rxeryph"):
        lab = Lab(answer).run(3.5)
    assert lab.errors == []
    assert lab.told[:2] == ["o1", "o2"]
    assert "Listing operations failed" in caplog.text


def test_a_budget_that_is_spent_and_a_refusal_end_it() -> None:
    def unreachable(now: float) -> list[Operation]:
        raise NO_ROUTE

    lab = Lab(unreachable).run(60.0)
    assert lab.errors == [NO_ROUTE]
    assert len(lab.asked) == 3

    denied = api(AccessDeniedError, 403)

    def refused(now: float) -> list[Operation]:
        raise denied

    lab = Lab(refused).run(60.0)
    assert (lab.errors, lab.asked) == ([denied], [0])


def test_closing_the_connection_ends_it() -> None:
    lab = Lab(growing).run(1.5)
    lab.engine.close()
    assert len(lab.errors) == 1
    assert isinstance(lab.errors[0], ClosedError)


def test_a_handler_that_raises_ends_its_subscription_and_is_told() -> None:
    def fail(operation: Operation) -> None:
        raise LookupError("mine")

    lab = Lab(growing, act=fail).run(9.0)
    assert [type(error) for error in lab.errors] == [LookupError]
    assert lab.told == ["o1"]
    assert lab.asked == [0, 1]
