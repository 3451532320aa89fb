"""A failed poll is an event; polling continues within a budget, and then ends with the error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from tests.observing import Spy
from tests.unit.polling.virtual import DONE, RUNNING, Answer, Lab, failing, watched
from tests.unit.samples import NO_ROUTE, QUEUED, api, entry, operation

MALFORMED = WireError("odd", path="$.status", expected="a name", got="7")
TOO_SLOW = RequestTimeoutError("slow", method="GET", url="https://x")
UNTRUSTED = TransportError("not trusted", method="GET", url="https://x", is_permanent=True)


def failures(spy: Spy) -> list[PollFailed]:
    return [event for event in spy.events if isinstance(event, PollFailed)]


@pytest.mark.parametrize(
    "error",
    [NO_ROUTE, TOO_SLOW, MALFORMED, api(ThrottledError, 429), api(ServerError, 500), api(ServerError, 503)],
    ids=lambda error: type(error).__name__,
)
def test_a_failed_poll_is_an_event_and_so_is_the_recovery(error: Any) -> None:
    _, spy = watched(failing(error, 1.0, 2.0), until=3.5)
    assert spy.types == ["status", "poll_failed", "poll_failed", "poll_recovered"]
    assert spy.events[1:] == [
        PollFailed("op", RUNNING, error, 1, 0.375),
        PollFailed("op", RUNNING, error, 2, 0.75),
        PollRecovered("op", RUNNING, 2, 2.125),
    ]
    assert spy.times == [0, 1, 1.375, 2.125]


def test_the_next_poll_comes_when_the_event_says() -> None:
    lab, spy = watched(failing(NO_ROUTE), until=8.0)
    assert [event.retry_in for event in failures(spy)] == [0.375, 0.75, 1.5, 3.0, 6.0]
    assert lab.asked == [0, 0.375, 1.125, 2.625, 5.625]
    assert failures(spy)[0].operation is None


def test_a_server_that_is_back_after_half_a_minute_is_asked_within_five_seconds() -> None:
    absent = TransportError("refused", method="GET", url="https://x", may_have_arrived=False, was_refused=True)
    _, spy = watched(failing(absent, 1.0, 31.0), until=40.0)
    assert spy.types[-1] == "poll_recovered"
    assert 31.0 <= spy.times[-1] <= 36.0
    assert max(event.retry_in for event in failures(spy)) == 5.0


@pytest.mark.parametrize("attempts", [1, 4])
def test_when_all_attempts_failed_the_stream_ends_with_the_last_error(attempts: int) -> None:
    lab, spy = watched(failing(NO_ROUTE, 2.0), error_budget=ErrorBudget(attempts=attempts))
    assert [event.attempt for event in failures(spy)] == list(range(1, attempts))
    assert spy.error is NO_ROUTE
    assert len(lab.asked) == 2 + attempts


@pytest.mark.parametrize("since", [0.0, 3.0])
def test_the_budget_of_seconds_counts_from_the_last_good_poll_or_the_beginning(since: float) -> None:
    budget = ErrorBudget(attempts=1000, seconds=10.0, first=1.0, maximum=1.0)
    lab, spy = watched(failing(NO_ROUTE, since), error_budget=budget)
    assert spy.error is NO_ROUTE
    last_good = max(0.0, since - 1.0)
    assert last_good + 10.0 <= lab.asked[-1] < last_good + 11.0


def test_only_failures_in_a_row_count() -> None:
    calls: list[float] = []

    def answer(now: float) -> Operation:
        calls.append(now)
        if len(calls) % 3:
            raise NO_ROUTE
        return RUNNING

    _, spy = watched(answer, error_budget=ErrorBudget(attempts=3))
    assert spy.ending == (0, 0)
    assert len(calls) > 100
    assert {event.attempt for event in failures(spy)} == {1, 2}


@pytest.mark.parametrize("cls", [ThrottledError, ServerError])
@pytest.mark.parametrize(
    ("asked_for", "waited"), [(0.0, 0.375), (0.1, 0.375), (7.0, 7.0), (45.0, 45.0), (120.0, 120.0)]
)
def test_the_wait_is_at_least_what_the_server_asks_for(
    cls: type[ServerError], asked_for: float, waited: float
) -> None:
    lab, spy = watched(failing(api(cls, 429, retry_after=asked_for), 0.0, 0.01), until=130.0)
    assert failures(spy)[0].retry_in == waited
    assert lab.asked[:3] == [0, waited, waited + 1]


def test_a_server_that_asks_for_more_than_is_left_of_the_budget_ends_the_stream_at_once() -> None:
    error = api(ThrottledError, 429, retry_after=7.0)
    lab, spy = watched(failing(error, since=2.0), error_budget=ErrorBudget(seconds=10.0))
    assert lab.asked == [0, 1, 2, 9]
    assert [event.retry_in for event in failures(spy)] == [7.0]
    assert spy.error is error
    assert error.retry_after == 7.0


@pytest.mark.parametrize("since", [0.0, 2.0])
@pytest.mark.parametrize(
    "error",
    [
        api(AccessDeniedError, 403),
        api(AccessDeniedError, 401),
        api(ConflictError, 409),
        KeyError("x"),
        ClosedError("closed"),
        AuthenticationError("who?"),
        UNTRUSTED,
    ],
)
def test_an_error_that_asking_again_cannot_fix_ends_the_stream_at_once(error: Exception, since: float) -> None:
    lab, spy = watched(failing(error, since))
    assert spy.error is error
    assert lab.asked[-1] == since
    assert "poll_failed" not in spy.types


def test_an_operation_that_was_never_seen_is_not_found() -> None:
    error = api(NotFoundError, 404)
    lab, spy = watched(failing(error))
    assert (spy.error, lab.asked) == (error, [0])


def test_an_operation_that_is_gone_has_vanished_with_its_last_snapshot() -> None:
    error = api(NotFoundError, 404)
    lab, spy = watched(failing(error, 2.0, otherwise=operation(entries=(entry(),))))
    assert isinstance(spy.error, OperationVanishedError)
    assert spy.error.operation == operation(entries=(entry(),))
    assert spy.error.operation_id == "op"
    assert spy.error.__cause__ is error
    assert str(spy.error).startswith("Operation op no longer exists")
    assert lab.asked == [0, 1, 2]


NOT_FOUND = api(NotFoundError, 404)


def submitted(answer: Answer, **settings: Any) -> tuple[Lab, Spy]:
    """A stream whose operation was submitted at 0."""
    lab = Lab(answer, **settings)
    lab.source.submitted()
    return lab, lab.watch()


@pytest.mark.parametrize("initial", [None, operation(QUEUED)], ids=["not shown", "shown"])
def test_an_operation_that_was_just_submitted_may_not_be_found_yet(initial: Operation | None) -> None:
    lab, spy = submitted(failing(NOT_FOUND, until=4.0), initial=initial)
    lab.run(7.0)
    assert failures(spy)[0].error is NOT_FOUND
    assert spy.types[-2:] == ["poll_recovered", "status"]
    assert spy.ending == (0, 0)


def test_an_operation_that_was_seen_and_is_not_found_for_a_moment_after_its_submit_is_polled_again() -> None:
    lab, spy = submitted(failing(NOT_FOUND, 1.0, 3.0))
    lab.run(7.0)
    assert "poll_failed" in spy.types
    assert spy.ending == (0, 0)


@pytest.mark.parametrize("watched_at", [0.0, 60.0])
def test_an_operation_that_is_not_found_five_seconds_after_its_submit_has_vanished(watched_at: float) -> None:
    lab = Lab(failing(NOT_FOUND), initial=operation(QUEUED))
    lab.source.submitted()
    lab.run(watched_at)
    spy = lab.watch()
    lab.run(120.0)
    assert isinstance(spy.error, OperationVanishedError)
    assert lab.asked == ([0, 0.375, 1.125, 2.625, 5.625] if watched_at == 0.0 else [watched_at])


def test_the_error_budget_also_holds_for_an_operation_that_is_not_found_yet() -> None:
    lab, spy = submitted(failing(NOT_FOUND), error_budget=ErrorBudget(attempts=2))
    lab.run(60.0)
    assert (spy.error, lab.asked) == (NOT_FOUND, [0, 0.375])


def raising(ended: Operation) -> Any:
    raise KeyError("conclude")


@pytest.mark.single_polls
@pytest.mark.parametrize(
    ("make", "error"),
    [(lambda: Lab(lambda now: None), AttributeError), (lambda: Lab(lambda now: DONE, conclude=raising), KeyError)],  # type: ignore[arg-type,return-value]
    ids=["no snapshot", "no result"],
)
def test_an_unexpected_error_is_logged_and_ends_the_stream(
    make: Callable[[], Lab], error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    lab = make()
    spy = lab.watch()
    lab.run(60.0)
    assert isinstance(spy.error, error)
    (record,) = caplog.records
    assert record.getMessage() == "Polling ends because of an unexpected error"
    assert record.exc_info is not None
    assert record.exc_info[1] is spy.error
