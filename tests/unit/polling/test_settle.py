"""After the terminal status: the stream settles, so that late entries are not lost."""

from __future__ import annotations

import pytest

from rxeryph.errors import AccessDeniedError, NotFoundError, RequestTimeoutError, ThrottledError
from rxeryph.model import Operation
from rxeryph.outcome import OperationResult
from rxeryph.polling import fixed
from rxeryph.retry import ErrorBudget
from rxeryph.tracking import Settling
from tests.observing import Spy
from tests.unit.polling.virtual import DONE, Answer, Lab, done_at, failing, watched
from tests.unit.samples import COMPLETED, NO_ROUTE, api, entry, operation

SLOW = RequestTimeoutError("no answer in time.", method="GET", url="https://eryph")


def ended(now: float) -> Operation:
    return DONE


def trickling(every: float, last: float) -> Answer:
    """Ended from the beginning, with another entry each ``every`` seconds until ``last``."""
    return lambda now: operation(
        COMPLETED, entries=tuple(entry(f"l{i}", i) for i in range(int(min(now, last) / every)))
    )


def result_of(spy: Spy) -> OperationResult:
    assert spy.has_seen_the_end
    found = spy.events[-1].result
    assert isinstance(found, OperationResult)
    return found


@pytest.mark.parametrize("interval", [0.1, 1.0, 20.0])
def test_the_last_read_comes_settle_seconds_after_the_terminal_status_was_seen(interval: float) -> None:
    lab, spy = watched(ended, policy=fixed(interval))
    assert lab.asked == [0.0, 1.0]
    assert list(zip(spy.types, spy.times, strict=True)) == [("status", 0.0), ("finished", 1.0)]


@pytest.mark.parametrize(
    ("every", "last", "settling", "asked"),
    [
        (0.9, 2.0, Settling(), [0, 1, 2, 3]),
        (0.9, 100.0, Settling(), [0, 1, 2, 3, 4, 5]),
        (0.5, 100.0, Settling(2.0, 5.0), [0, 2, 4, 5]),
        (9.0, 100.0, Settling(3.0, 5.0), [0, 3]),
        (9.0, 100.0, Settling(0.0, 0.0), [0]),
    ],
    ids=["until a read brings nothing", "up to the limit", "cut to the limit", "longer", "not at all"],
)
def test_each_read_that_brings_entries_asks_for_another(
    every: float, last: float, settling: Settling, asked: list[float]
) -> None:
    lab, spy = watched(trickling(every, last), settling=settling)
    assert lab.asked == asked
    assert len(result_of(spy).log_entries) == int(min(asked[-1], last) / every)


def test_entries_that_are_shown_again_do_not_extend_it() -> None:
    lab, spy = watched(lambda now: operation(COMPLETED, entries=(entry(),)))
    assert lab.asked == [0, 1]
    assert spy.types == ["log_entry", "status", "finished"]


def test_a_poll_that_fails_meanwhile_is_made_again() -> None:
    def answer(now: float) -> Operation:
        if now == 1.0:
            raise NO_ROUTE
        return operation(COMPLETED, entries=(entry(),) if now > 1 else ())

    _, spy = watched(answer)
    assert spy.types == ["status", "poll_failed", "poll_recovered", "log_entry", "finished"]
    assert result_of(spy).succeeded


@pytest.mark.parametrize(
    "error",
    [NO_ROUTE, api(NotFoundError, 404), api(AccessDeniedError, 403), api(ThrottledError, 429, retry_after=600)],
)
@pytest.mark.parametrize("attempts", [1, 10])
def test_an_error_after_the_end_does_not_cost_the_outcome(error: Exception, attempts: int) -> None:
    lab, spy = watched(failing(error, since=0.1, otherwise=DONE), until=10.0, error_budget=ErrorBudget(attempts))
    assert result_of(spy).succeeded
    assert lab.asked == [0, 1] or error is NO_ROUTE


@pytest.mark.parametrize(("failures", "is_patient"), [(4, True), (9, True), (10, False)])
def test_a_server_that_is_too_slow_to_answer_is_asked_within_the_error_budget(
    failures: int, is_patient: bool
) -> None:
    """It is busy, so its log entries may be late too. A request is given up after 10 s."""
    count = 0

    def answer(now: float) -> Operation:
        nonlocal count
        count += now > 0.0
        if now > 0.0 and count <= failures:
            lab.scheduler.sleep(10.0)
            raise SLOW
        return operation(COMPLETED, entries=(entry(),) if now > 0.0 else ())

    lab = Lab(answer, error_budget=ErrorBudget(attempts=10, seconds=1000.0))
    spy = lab.watch()
    lab.run(1000.0)
    assert len(result_of(spy).log_entries) == is_patient


def test_a_slow_subscriber_does_not_shorten_it() -> None:
    lab = Lab(done_at(1.0))
    spy = lab.watch(lambda event: lab.scheduler.sleep(10.0))
    lab.run(100.0)
    assert spy.types == ["status", "status", "finished"]
    assert lab.asked[-1] - lab.asked[-2] >= 1.0
