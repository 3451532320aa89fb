"""Watching for new operations: each once, one list per round, and failures that are tolerated for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from reactivex.testing import TestScheduler

from rxeryph.errors import AccessDeniedError, ClosedError
from rxeryph.model import Operation, OperationStatus
from rxeryph.polling import Discovery, Engine, ErrorBudget, PollingSettings, fixed
from rxeryph.polling.asking import ask_on_worker
from tests.observing import Spy
from tests.unit.samples import COMPLETED, NO_ROUTE, RUNNING, api


def op(id: str, status: OperationStatus = RUNNING, created: int | None = None) -> Operation:
    return Operation(id, status, created=datetime(2026, 1, 1, 0, 0, created, tzinfo=UTC) if created else None)


class Lab:
    """A watch for new operations in virtual time, whose lists are answered by ``answer``."""

    def __init__(
        self,
        answer: Callable[[float], Iterable[Operation]],
        act: Callable[[Operation], object] | None = None,
        **options: Any,
    ) -> None:
        self.scheduler = TestScheduler()
        self.asked: list[float] = []
        self.spy = Spy(self.scheduler, act)
        self.answer = answer
        self.engine = Engine(self.scheduler, lambda task: task(), random=lambda: 0.5)
        settings = PollingSettings(policy=fixed(1.0), error_budget=ErrorBudget(attempts=3, first=0.5))
        self._shown: dict[bytes, Operation] = {}
        ask = partial(ask_on_worker, self.engine.submit, self._fetch)
        self.discovery = Discovery(ask, self._shown.__getitem__, self.spy, self.engine, settings, **options)
        self.discovery.begin()

    @property
    def found(self) -> list[str]:
        return [operation.id for operation in self.spy.events]

    def _fetch(self) -> dict[str, bytes]:
        self.asked.append(round(float(self.scheduler.clock), 3))
        listed = {each.id: each for each in self.answer(float(self.scheduler.clock))}
        self._shown.update({each.id.encode(): each for each in listed.values()})
        return {each: each.encode() for each in listed}

    def run(self, until: float) -> Lab:
        self.scheduler.advance_to(until)
        return self


def growing(now: float) -> list[Operation]:
    return [op(f"o{number}") for number in range(int(now) + 1)]


def test_each_new_operation_is_delivered_once_and_each_round_is_one_request() -> None:
    lab = Lab(growing).run(4.5)
    assert lab.found == ["o1", "o2", "o3", "o4"]
    assert lab.asked == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("answer", "include_running", "found"),
    [
        (lambda now: [op("old", COMPLETED), op("busy")], True, ["busy"]),
        (lambda now: [op("old", COMPLETED), op("busy")], False, []),
        (lambda now: [op("quick", COMPLETED)] if now >= 2 else [], False, ["quick"]),
        (lambda now: [op("x")] if int(now) % 2 else [], False, ["x"]),
        (lambda now: [op("b", created=2), op("a", created=1)] if now >= 1 else [], False, ["a", "b"]),
    ],
    ids=["running already", "not asked for", "ended between two rounds", "away for a while", "oldest first"],
)
def test_which_operations_are_delivered_and_in_which_order(
    answer: Callable[[float], list[Operation]], include_running: bool, found: list[str]
) -> None:
    assert Lab(answer, include_running=include_running).run(7.5).found == found


def test_after_dispose_nothing_is_delivered_and_nothing_asked() -> None:
    lab = Lab(growing).run(2.5)
    lab.discovery.dispose()
    lab.run(9.0)
    assert (lab.found, lab.asked) == (["o1", "o2"], [0, 1, 2])


def test_dispose_inside_the_handler_takes_effect_at_once() -> None:
    lab = Lab(
        lambda now: [op(f"o{each}", created=each) for each in range(1, 5)] if now >= 1 else [],
        lambda operation: lab.discovery.dispose(),
    )
    assert lab.run(9.0).found == ["o1"]
    assert lab.asked == [0, 1]


def failing(error: Exception, since: float, until: float) -> Callable[[float], list[Operation]]:
    def answer(now: float) -> list[Operation]:
        if since <= now < until:
            raise error
        return growing(now)

    return answer


def test_a_list_that_fails_is_logged_and_asked_for_again(caplog: pytest.LogCaptureFixture) -> None:
    lab = Lab(failing(NO_ROUTE, 1.0, 1.8)).run(3.5)
    assert lab.spy.errors == []
    assert lab.found[:2] == ["o1", "o2"]
    assert caplog.messages[0] == "Listing operations failed, again in 0.4 s: no route"


@pytest.mark.parametrize(
    ("error", "asked"), [(NO_ROUTE, 3), (api(AccessDeniedError, 403), 1)], ids=["a spent budget", "a refusal"]
)
def test_an_error_that_asking_again_cannot_fix_ends_it(error: Exception, asked: int) -> None:
    lab = Lab(failing(error, 0.0, 99.0)).run(60.0)
    assert lab.spy.error is error
    assert len(lab.asked) == asked


def test_closing_the_connection_ends_it() -> None:
    lab = Lab(growing).run(1.5)
    lab.engine.close()
    assert isinstance(lab.spy.error, ClosedError)


@pytest.mark.parametrize("raised", [LookupError("mine"), SystemExit(3)])
def test_an_observer_that_raises_ends_its_subscription_and_gets_the_error(
    raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(operation: Operation) -> None:
        raise raised

    lab = Lab(growing, fail).run(9.0)
    assert raised in (lab.spy.error, lab.spy.error.__cause__)
    assert (lab.found, lab.asked) == (["o1"], [0, 1])
    assert caplog.messages == ["A subscriber of the watch for new operations raised; its subscription ends"]
