"""After the terminal status: the stream settles, so that late entries are not lost."""

from __future__ import annotations

import pytest

from rxeryph.errors import AccessDeniedError, NotFoundError, ThrottledError
from rxeryph.events import OperationFinished
from rxeryph.model import Operation
from rxeryph.polling import fixed
from rxeryph.retry import ErrorBudget
from rxeryph.tracking import Settling
from tests.observing import Spy
from tests.unit.polling.virtual import DONE, RUNNING, Lab, watched
from tests.unit.samples import COMPLETED, NO_ROUTE, api, entry, operation


def trickling(every: float, last: float) -> Operation | object:
    """Done from the beginning, with another entry each ``every`` seconds until ``last``."""

    def answer(now: float) -> Operation:
        return operation(COMPLETED, entries=tuple(entry(f"l{i}", i) for i in range(int(min(now, last) / every))))

    return answer


def outcome(watcher: Spy) -> OperationFinished:
    assert watcher.has_seen_the_end
    assert isinstance(watcher.events[-1], OperationFinished)
    return watcher.events[-1]


@pytest.mark.parametrize("interval", [0.1, 1.0, 20.0])
def test_the_last_read_comes_settle_seconds_after_the_terminal_status_was_seen(interval: float) -> None:
    lab, watcher = watched(lambda now: DONE, policy=fixed(interval))
    assert lab.asked == [0.0, 1.0]
    assert watcher.times == [0.0, 1.0]
    outcome(watcher)


def test_the_terminal_status_is_told_when_it_is_seen_and_the_end_when_settled() -> None:
    _, watcher = watched(lambda now: DONE, settling=Settling(3.0, 5.0))
    assert list(zip(watcher.types, watcher.times, strict=True)) == [("status", 0.0), ("finished", 3.0)]


def test_each_read_that_brings_entries_asks_for_another() -> None:
    lab, watcher = watched(trickling(0.9, last=2.0))  # type: ignore[arg-type]
    assert lab.asked == [0, 1, 2, 3]
    assert watcher.types == ["status", "log_entry", "log_entry", "finished"]
    assert len(outcome(watcher).result.log_entries) == 2


def test_settling_ends_after_five_seconds_even_while_entries_come() -> None:
    lab, watcher = watched(trickling(0.9, last=100.0))  # type: ignore[arg-type]
    assert lab.asked == [0, 1, 2, 3, 4, 5]
    assert watcher.times[-1] == 5.0
    assert len(outcome(watcher).result.log_entries) == 5


def test_the_last_read_is_cut_to_the_limit() -> None:
    lab, _ = watched(trickling(0.5, last=100.0), settling=Settling(2.0, 5.0))  # type: ignore[arg-type]
    assert lab.asked == [0, 2, 4, 5]


def test_entries_that_are_asked_for_again_do_not_extend() -> None:
    lab, watcher = watched(lambda now: operation(COMPLETED, entries=(entry(),)))
    assert lab.asked == [0, 1]
    assert watcher.types == ["status", "log_entry", "finished"] or watcher.types == [
        "log_entry",
        "status",
        "finished",
    ]


def test_without_settling_the_end_comes_with_the_terminal_status() -> None:
    lab, watcher = watched(lambda now: DONE, settling=Settling(0.0, 0.0))
    assert lab.asked == [0]
    outcome(watcher)


def test_a_poll_that_fails_while_settling_is_made_again() -> None:
    def answer(now: float) -> Operation:
        if now == 1.0:
            raise NO_ROUTE
        return operation(COMPLETED, entries=(entry(),) if now > 1 else ())

    _, watcher = watched(answer)
    assert watcher.types == ["status", "poll_failed", "poll_recovered", "log_entry", "finished"]
    assert outcome(watcher).result.succeeded


def test_a_server_that_is_gone_after_the_end_does_not_take_the_outcome_along() -> None:
    def answer(now: float) -> Operation:
        if now > 0:
            raise NO_ROUTE
        return DONE

    _, watcher = watched(answer)
    assert outcome(watcher).result.succeeded


@pytest.mark.parametrize("error", [api(NotFoundError, 404), api(AccessDeniedError, 403), KeyError("x")])
def test_a_refusal_after_the_end_ends_the_settling(error: Exception) -> None:
    def answer(now: float) -> Operation:
        if now > 0:
            raise error
        return DONE

    lab, watcher = watched(answer)
    assert outcome(watcher).result.succeeded
    assert lab.asked == [0, 1]


def test_a_budget_that_is_spent_while_settling_does_not_take_the_outcome_along() -> None:
    def answer(now: float) -> Operation:
        if now > 0:
            raise NO_ROUTE
        return DONE

    _, watcher = watched(answer, error_budget=ErrorBudget(attempts=1))
    assert outcome(watcher).result.succeeded


def test_a_throttling_server_does_not_hold_the_end_back() -> None:
    def answer(now: float) -> Operation:
        if now > 0:
            raise api(ThrottledError, 429, retry_after=600.0)
        return DONE

    _, watcher = watched(answer, until=10.0)
    assert outcome(watcher).result.succeeded


def test_leaving_while_settling_and_coming_back_ends_the_same() -> None:
    lab = Lab(lambda now: operation(COMPLETED, entries=(entry(),) if now > 1 else ()))
    first = lab.watch()
    lab.run(0.5)
    first.leave()
    lab.run(100.0)
    second = lab.watch()
    lab.run(110.0)
    assert second.types == ["status", "log_entry", "finished"]
    assert lab.asked == [0, 100]
    outcome(second)


def test_a_slow_subscriber_does_not_shorten_the_settling() -> None:
    lab = Lab(lambda now: DONE if now >= 1 else RUNNING)
    watcher = lab.watch(lambda event: lab.scheduler.sleep(10.0))
    lab.run(100.0)
    assert watcher.types == ["status", "status", "finished"]
    assert lab.asked[-1] - lab.asked[-2] >= 1.0
    outcome(watcher)
