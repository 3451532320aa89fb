"""The retry policy, rule by rule: what is transient, what is sent again, how often, and after how long."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rxeryph.errors import (
    ApiError,
    AuthenticationError,
    ClosedError,
    ConfigurationError,
    RequestTimeoutError,
    RxEryphError,
    TransportError,
    WireError,
)
from rxeryph.retry import (
    LOOK_UP,
    POLL_BUDGET,
    REFUSED_WAIT,
    REQUEST_BUDGET,
    Attempts,
    ErrorBudget,
    is_explained,
    is_safe_to_repeat,
    is_transient,
    is_transient_status,
    may_have_been_done,
    read_retry_after,
    retry_after,
)

MONDAY = "Mon, 05 Jan 2026 08:00:00 GMT"


def api(status: int, **more: Any) -> ApiError:
    return ApiError("no", status=status, method="GET", url="https://x", **more)


def lost(**more: Any) -> TransportError:
    return TransportError("no", method="GET", url="https://x", **more)


REFUSED = {421, 425, 429, 503}
NOT_TRANSIENT = [0, 200, 301, 400, 401, 403, 404, 407, 409, 410, 418, 420, 422, 424, 426, 428, 430, 431, 451, 499]


@pytest.mark.parametrize("status", [408, *sorted(REFUSED), 500, 501, 502, 504, 507, 520, 527, 598, 599])
def test_a_busy_or_broken_server_is_asked_again(status: int) -> None:
    assert is_transient_status(status)
    assert is_transient(api(status))
    assert is_safe_to_repeat(api(status)) == (status in REFUSED)
    assert may_have_been_done(api(status)) == (status not in REFUSED)


@pytest.mark.parametrize("status", NOT_TRANSIENT)
def test_a_clear_answer_is_final(status: int) -> None:
    assert not is_transient_status(status)
    assert not is_transient(api(status))
    assert not is_safe_to_repeat(api(status))
    assert not may_have_been_done(api(status))


@pytest.mark.parametrize(
    ("error", "transient", "safe", "done"),
    [
        (lost(), True, False, True),
        (lost(may_have_arrived=False), True, True, False),
        (lost(may_have_arrived=False, is_permanent=True), False, True, False),
        (lost(is_permanent=True), False, False, True),
        (RequestTimeoutError("slow", method="GET", url="https://x"), True, False, True),
        (WireError("odd", path="$", expected="a list", got="null"), True, False, True),
        (AuthenticationError("no"), False, False, False),
        (ConfigurationError("no"), False, False, False),
        (ClosedError("no"), False, False, False),
        (KeyError("no"), False, False, False),
    ],
)
def test_other_errors(error: Exception, transient: bool, safe: bool, done: bool) -> None:
    assert (is_transient(error), is_safe_to_repeat(error), may_have_been_done(error)) == (transient, safe, done)


def test_only_a_problem_document_explains() -> None:
    assert is_explained(api(500, title="Oops"))
    assert is_explained(api(500, detail="The database is locked."))
    assert not is_explained(api(500))
    assert not is_explained(lost())


def test_the_budgets() -> None:
    assert ErrorBudget(10, 120.0, 0.5, 30.0) == POLL_BUDGET
    assert ErrorBudget(4, 15.0, 0.5, 30.0) == REQUEST_BUDGET
    assert ErrorBudget(100, 5.0, 0.2, 2.0) == LOOK_UP


def test_either_limit_spends_a_budget() -> None:
    budget = ErrorBudget(attempts=3, seconds=10.0)
    assert not budget.is_spent(2, 9.9)
    assert budget.is_spent(3, 0.0)
    assert budget.is_spent(0, 10.0)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"attempts": 0}, "attempts must be at least 1"),
        ({"seconds": -1.0}, "seconds >= 0"),
        ({"seconds": float("nan")}, "seconds >= 0"),
        ({"first": 0.0}, "0 < first <= maximum"),
        ({"first": 31.0}, "0 < first <= maximum"),
        ({"maximum": float("nan")}, "0 < first <= maximum"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        ErrorBudget(**options)
    ErrorBudget(attempts=1, seconds=0.0, first=30.0)  # the limits themselves are allowed


def test_the_wait_doubles_up_to_the_maximum_less_up_to_a_half() -> None:
    budget = ErrorBudget(first=1.0, maximum=6.0)
    assert [budget.delay(failures, lambda: 1.0) for failures in (1, 2, 3, 4, 10**9)] == [1.0, 2.0, 4.0, 6.0, 6.0]
    assert [budget.delay(failures, lambda: 0.0) for failures in (1, 2, 3, 4, 10**9)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert ErrorBudget(first=1e-9, maximum=1e9).delay(10**9, lambda: 1.0) == 1e-9 * 2**30


def attempts(budget: ErrorBudget) -> Attempts:
    return Attempts(budget, now=100.0, random=lambda: 0.0)


def test_failures_are_counted_until_the_budget_is_spent() -> None:
    trial = attempts(ErrorBudget(attempts=3, seconds=60.0, first=2.0))
    assert [trial.after(lost(), now=100.0) for _ in range(3)] == [1.0, 2.0, None]
    assert trial.failures == 3
    trial.succeeded(now=130.0)
    assert (trial.failures, trial.silent_for(now=131.0)) == (0, 1.0)
    assert trial.after(lost(), now=131.0) == 1.0


def test_a_pause_in_which_no_one_waits_is_no_silence() -> None:
    trial = attempts(ErrorBudget(attempts=3, seconds=60.0, first=2.0))
    assert trial.after(lost(), now=100.0) == 1.0
    trial.resumed(now=1000.0)
    assert (trial.failures, trial.silent_for(now=1001.0)) == (1, 1.0)
    assert [trial.after(lost(), now=1001.0) for _ in range(2)] == [2.0, None]


def test_an_attempt_without_an_error_counts_too() -> None:
    trial = attempts(ErrorBudget(attempts=3, seconds=60.0, first=2.0))
    assert [trial.again(now=100.0) for _ in range(3)] == [1.0, 2.0, None]
    assert trial.failures == 3


def test_an_error_that_is_not_transient_ends_at_once_and_counts() -> None:
    trial = attempts(POLL_BUDGET)
    assert trial.after(api(403), now=100.0) is None
    assert trial.failures == 1


def test_no_wait_goes_past_the_end_of_the_budget() -> None:
    trial = attempts(ErrorBudget(seconds=10.0, first=8.0))
    assert trial.silent_for(now=109.0) == 9.0
    assert trial.after(lost(), now=109.0) == 1.0
    assert trial.after(lost(), now=110.0) is None


@pytest.mark.parametrize(
    ("asked_for", "wait"),
    [(None, 1.0), (0.0, 1.0), (0.9, 1.0), (1.1, 1.1), (5.0, 5.0), (8.0, 8.0), (8.1, None)],
)
@pytest.mark.parametrize("make", [lambda asked: api(429, retry_after=asked), lambda asked: lost(retry_after=asked)])
def test_retry_after_lies_between_the_budgets_own_delay_and_what_is_left(
    make: Any, asked_for: float | None, wait: float | None
) -> None:
    assert retry_after(make(asked_for)) == asked_for
    assert attempts(ErrorBudget(seconds=10.0, first=2.0)).after(make(asked_for), now=102.0) == wait


ABSENT = lost(may_have_arrived=False, was_refused=True)


def tries(error: Exception, budget: ErrorBudget, away: float, random: float) -> list[float]:
    """When a server that is away for so many seconds is asked, the time when it answers included."""
    trial, now = Attempts(budget, now=0.0, random=lambda: random), 0.0
    times = [now]
    while now < away and (wait := trial.after(error, now)) is not None:
        now += wait
        times.append(now)
    assert trial.failures == len(times) - (now >= away)
    return times


@given(away=st.floats(0.0, 60.0), random=st.floats(0.0, 1.0, exclude_max=True))
@example(away=30.0, random=0.99)
def test_the_return_of_a_server_that_refused_is_noticed_within_five_seconds(away: float, random: float) -> None:
    assert away <= tries(ABSENT, POLL_BUDGET, away, random)[-1] <= away + REFUSED_WAIT + 1e-9


@given(
    attempts=st.integers(1, 12),
    seconds=st.floats(0.0, 300.0),
    maximum=st.floats(1.0, 60.0),
    random=st.floats(0.0, 1.0, exclude_max=True),
)
def test_refused_connections_spend_the_budget_as_other_failures_do(
    attempts: int, seconds: float, maximum: float, random: float
) -> None:
    budget = ErrorBudget(attempts, seconds, maximum=maximum)
    usual, refused = (tries(error, budget, 1e9, random) for error in (lost(), ABSENT))
    assert refused[-1] == pytest.approx(usual[-1])
    assert all(any(each == pytest.approx(other) for other in refused) for each in usual)
    assert all(later - earlier <= REFUSED_WAIT + 1e-9 for earlier, later in pairwise(refused))


def test_another_failure_counts_and_waits_as_usual() -> None:
    trial = attempts(ErrorBudget(attempts=3, seconds=600.0, first=16.0))
    assert [trial.after(ABSENT, now=100.0 + at) for at in (0.0, 5.0)] == [5.0, 3.0]
    assert trial.after(lost(), now=108.0) == 15.0
    trial.succeeded(now=123.0)
    assert [trial.after(ABSENT, now=123.0) for _ in range(4)] == [5.0, 3.0, 5.0, 5.0]
    assert trial.failures == 4


def test_other_errors_do_not_ask_for_time() -> None:
    assert retry_after(RxEryphError("no")) is None


def test_the_wait_is_random_by_default() -> None:
    assert len({Attempts(POLL_BUDGET, now=0.0).again(now=0.0) for _ in range(20)}) > 1


WEEK = 7 * 86400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0.25", 0.25),
        (str(WEEK), WEEK),
        ("Mon, 05 Jan 2026 08:00:07 GMT", 7.0),
        (MONDAY, 0.0),
        ("Mon, 12 Jan 2026 08:00:00 GMT", WEEK),
    ],
)
def test_retry_after_is_a_number_or_a_date_relative_to_that_of_the_reply(text: str, seconds: float) -> None:
    assert read_retry_after(text, MONDAY) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "soon", "-1", "+1", "1e3", "nan", "inf", "1.", ".5", "1,5", "5, 5", "1 2", "٣", "9" * 400),
        str(WEEK + 1),
        "Mon, 05 Jan 2026 07:59:59 GMT",
        "Mon, 12 Jan 2026 08:00:01 GMT",
        "Mon, 05 Jan 2026 08:00:07 -0000",
        "Mon, 05 Jan 99999 08:00:07 GMT",
        "Mon, 05 Jan 2026 25:00:07 GMT",
    ],
)
def test_any_other_retry_after_is_ignored(text: str | None) -> None:
    assert read_retry_after(text, MONDAY) is None


@pytest.mark.parametrize("date", [None, "", "today"])
def test_a_date_needs_the_date_of_the_reply(date: str | None) -> None:
    assert read_retry_after("Mon, 05 Jan 2026 08:00:07 GMT", date) is None
    assert read_retry_after("7", date) == 7.0
