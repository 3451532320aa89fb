"""Silence is visible: failed polls are events, within a budget, and then an error."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from rxeryph.errors import (
    AccessDeniedError,
    AuthenticationError,
    ClosedError,
    ConflictError,
    NotFoundError,
    OperationVanishedError,
    RequestTimeoutError,
    ServerError,
    ThrottledError,
    TransportError,
    WireError,
)
from rxeryph.events import PollFailed, PollRecovered
from rxeryph.model import Operation
from rxeryph.retry import ErrorBudget
from tests.unit.polling.virtual import DONE, RUNNING, Answer, Lab, watched
from tests.unit.samples import NO_ROUTE, api, entry, operation

MALFORMED = WireError("odd", path="$.status", expected="a name", got="7")
TOO_SLOW = RequestTimeoutError("slow", method="GET", url="https://x")
UNTRUSTED = TransportError("not trusted", method="GET", url="https://x", is_permanent=True)


def failing(error: Exception, since: float = 0.0, until: float = 1e9, otherwise: Operation = RUNNING) -> Answer:
    def answer(now: float) -> Operation:
        if since <= now < until:
            raise error
        return otherwise

    return answer


def failures(watcher_events: object) -> list[PollFailed]:
    assert isinstance(watcher_events, list)
    return [event for event in watcher_events if isinstance(event, PollFailed)]


@pytest.mark.parametrize(
    "error",
    [NO_ROUTE, TOO_SLOW, MALFORMED, api(ThrottledError, 429), api(ServerError, 500), api(ServerError, 503)],
    ids=lambda error: type(error).__name__,
)
def test_a_failed_poll_is_an_event_and_so_is_the_recovery(error: Exception) -> None:
    _, watcher = watched(failing(error, 1.0, 2.0, RUNNING), until=3.5)
    assert watcher.types == ["status", "poll_failed", "poll_failed", "poll_recovered"]
    assert watcher.events[1:] == [
        PollFailed("op", RUNNING, error, 1, 0.375),  # type: ignore[arg-type]
        PollFailed("op", RUNNING, error, 2, 0.75),  # type: ignore[arg-type]
        PollRecovered("op", RUNNING, 2, 2.125),
    ]
    assert watcher.times == [0, 1, 1.375, 2.125]


def test_the_next_poll_comes_when_the_event_says() -> None:
    lab, watcher = watched(failing(NO_ROUTE), until=8.0)
    waits = [event.retry_in for event in failures(watcher.events)]
    assert waits == [0.375, 0.75, 1.5, 3.0, 6.0]
    assert lab.asked == [0, 0.375, 1.125, 2.625, 5.625]


def test_before_the_first_snapshot_a_failure_has_none() -> None:
    _, watcher = watched(failing(NO_ROUTE), until=0.1)
    assert [event.operation for event in failures(watcher.events)] == [None]


def test_news_of_the_recovery_come_after_the_recovery() -> None:
    def answer(now: float) -> Operation:
        if 1 <= now < 1.2:
            raise NO_ROUTE
        return operation(entries=(entry(),) if now > 1 else ())

    _, watcher = watched(answer, until=2.0)
    assert watcher.types == ["status", "poll_failed", "poll_recovered", "log_entry"]


def test_the_budget_of_attempts_ends_the_stream_with_the_last_error() -> None:
    lab, watcher = watched(failing(NO_ROUTE, 2.0), error_budget=ErrorBudget(attempts=4))
    assert [event.attempt for event in failures(watcher.events)] == [1, 2, 3]
    assert watcher.error is NO_ROUTE
    assert len(lab.asked) == 2 + 4


def test_one_attempt_means_that_the_first_failure_is_the_end() -> None:
    lab, watcher = watched(failing(MALFORMED), error_budget=ErrorBudget(attempts=1))
    assert (watcher.types, watcher.error, lab.asked) == ([], MALFORMED, [0])


def test_the_budget_of_seconds_counts_from_the_last_good_poll() -> None:
    budget = ErrorBudget(attempts=1000, seconds=10.0, first=1.0, maximum=1.0)
    lab, watcher = watched(failing(NO_ROUTE, since=3.0), error_budget=budget)
    assert watcher.error is NO_ROUTE
    assert lab.asked[2] == 2.0
    assert 12.0 <= lab.asked[-1] < 13.0


def test_the_budget_of_seconds_counts_from_the_beginning_when_nothing_ever_came() -> None:
    budget = ErrorBudget(attempts=1000, seconds=10.0, first=1.0, maximum=1.0)
    lab, _ = watched(failing(NO_ROUTE), error_budget=budget)
    assert 10.0 <= lab.asked[-1] < 11.0


def test_only_failures_in_a_row_count() -> None:
    calls: list[float] = []

    def answer(now: float) -> Operation:
        calls.append(now)
        if len(calls) % 3:
            raise NO_ROUTE
        return RUNNING

    _, watcher = watched(answer, until=300.0, error_budget=ErrorBudget(attempts=3))
    assert watcher.ending == (0, 0)
    assert len(calls) > 100
    assert {event.attempt for event in failures(watcher.events)} == {1, 2}


@pytest.mark.parametrize("cls", [ThrottledError, ServerError])
@pytest.mark.parametrize(
    ("asked_for", "waited"), [(0.0, 0.375), (0.1, 0.375), (7.0, 7.0), (45.0, 45.0), (120.0, 120.0)]
)
def test_the_wait_is_at_least_what_the_server_asks_for(
    cls: type[ServerError], asked_for: float, waited: float
) -> None:
    lab, watcher = watched(failing(api(cls, 429, retry_after=asked_for), 0.0, 0.01), until=130.0)
    assert failures(watcher.events)[0].retry_in == waited
    assert lab.asked[:3] == [0, waited, waited + 1]


def test_a_server_that_asks_for_no_wait_at_all_still_spends_the_budget() -> None:
    lab, watcher = watched(failing(api(ThrottledError, 429, retry_after=0.0)))
    assert isinstance(watcher.error, ThrottledError)
    assert len(lab.asked) == 10


def test_a_server_that_asks_for_more_than_is_left_of_the_budget_ends_the_stream_at_once() -> None:
    error = api(ThrottledError, 429, retry_after=7.0)
    lab, watcher = watched(failing(error, since=2.0), error_budget=ErrorBudget(seconds=10.0))
    assert lab.asked == [0, 1, 2, 9]
    assert [event.retry_in for event in failures(watcher.events)] == [7.0]
    assert watcher.error is error
    assert error.retry_after == 7.0


@pytest.mark.parametrize("error", [api(AccessDeniedError, 403), api(AccessDeniedError, 401), api(ConflictError, 409)])
@pytest.mark.parametrize("since", [0.0, 2.0])
def test_a_refusal_ends_the_stream_at_once(error: Exception, since: float) -> None:
    lab, watcher = watched(failing(error, since))
    assert watcher.error is error
    assert lab.asked[-1] == since
    assert "poll_failed" not in watcher.types


def test_an_operation_that_never_was_is_not_found() -> None:
    error = api(NotFoundError, 404)
    lab, watcher = watched(failing(error))
    assert (watcher.error, lab.asked) == (error, [0])


def test_an_operation_that_is_gone_has_vanished_with_its_last_snapshot() -> None:
    error = api(NotFoundError, 404)
    lab, watcher = watched(failing(error, 2.0, otherwise=operation(entries=(entry(),))))
    assert isinstance(watcher.error, OperationVanishedError)
    assert watcher.error.operation == operation(entries=(entry(),))
    assert watcher.error.operation_id == "op"
    assert watcher.error.__cause__ is error
    assert "\n" not in str(watcher.error)
    assert lab.asked == [0, 1, 2]


@pytest.mark.parametrize("error", [KeyError("x"), ClosedError("closed"), AuthenticationError("who?"), UNTRUSTED])
def test_what_asking_again_cannot_help_ends_the_stream_at_once(error: Exception) -> None:
    lab, watcher = watched(failing(error, 1.0))
    assert watcher.error is error
    assert lab.asked == [0, 1]


def test_every_subscriber_hears_of_it() -> None:
    lab = Lab(failing(NO_ROUTE, 1.0), error_budget=ErrorBudget(attempts=2))
    watchers = [lab.watch() for _ in range(3)]
    lab.run(60.0)
    assert [watcher.types for watcher in watchers] == [["status", "poll_failed"]] * 3
    assert [watcher.error for watcher in watchers] == [NO_ROUTE] * 3


def nothing(now: float) -> Operation:
    return None  # type: ignore[return-value]


def raising_conclusion(lab: Lab) -> None:
    def conclude(ended: Operation) -> object:
        raise KeyError("conclude")

    lab.source._conclude = conclude  # type: ignore[assignment]


def nonsense(lab: Lab) -> None:
    lab.answer = nothing


@pytest.mark.parametrize("break_it", [nonsense, raising_conclusion])
def test_whatever_goes_wrong_ends_the_stream_and_never_hangs_it(break_it: Callable[[Lab], None]) -> None:
    lab = Lab(lambda now: DONE)
    break_it(lab)
    watcher = lab.watch()
    with contextlib.suppress(AttributeError, KeyError):  # on a worker thread this would only be logged
        lab.run(60.0)
    assert watcher.ending == (1, 0)
