"""Laws of the retry policy, for any budget, any failures and any header."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rxeryph.errors import TransportError
from rxeryph.retry import LONGEST_RETRY_AFTER, Attempts, ErrorBudget, read_retry_after

quick = settings(max_examples=100, deadline=None)

budgets = st.builds(
    ErrorBudget,
    attempts=st.integers(1, 50),
    seconds=st.floats(0, 600),
    first=st.floats(0.01, 5),
    maximum=st.floats(5, 60),
)


@quick
@given(
    budgets,
    st.lists(
        st.tuples(st.floats(0, 20), st.none() | st.floats(0, 700), st.floats(0, 0.999)), min_size=51, max_size=51
    ),
)
def test_a_run_of_failures_ends_within_the_budget(
    budget: ErrorBudget, failures: list[tuple[float, float | None, float]]
) -> None:
    """Each failure is how long the attempt took, the seconds the server asked for, and the jitter."""
    jitters = iter([jitter for _, _, jitter in failures])
    now, attempts = 0.0, Attempts(budget, now=0.0, random=lambda: next(jitters))
    for number, (took, asked_for, _) in enumerate(failures, 1):
        now += took
        left = budget.seconds - now
        wait = attempts.after(TransportError("no", method="GET", url="", retry_after=asked_for), now)
        if wait is None:
            assert number >= budget.attempts or left <= 0 or (asked_for is not None and asked_for > left)
            return
        assert number < budget.attempts
        assert min(budget.delay(number, lambda: 0.0), left) <= wait <= left
        assert wait >= (asked_for or 0.0)
        now += wait
    raise AssertionError("more attempts than the budget has")


@quick
@given(budgets, st.integers(1, 10**6), st.floats(0, 0.999))
def test_a_delay_has_bounds_and_never_shrinks(budget: ErrorBudget, failures: int, chance: float) -> None:
    delay = budget.delay(failures, lambda: chance)
    assert budget.first / 2 <= delay <= budget.maximum
    assert delay <= budget.delay(failures + 1, lambda: chance)


@quick
@given(st.text() | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [A-Z+\-0-9]+"), st.none() | st.text())
@example("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 GMT")
def test_no_header_raises_or_waits_longer_than_a_week(text: str, date: str | None) -> None:
    for day in (date, text):
        seconds = read_retry_after(text, day)
        assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER


@quick
@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.integers(-10_000, int(2 * LONGEST_RETRY_AFTER)),
)
def test_a_date_means_the_same_whatever_the_clock_of_either_side(now: datetime, seconds: int) -> None:
    later = now.replace(microsecond=0) + timedelta(seconds=seconds)
    read = read_retry_after(format_datetime(later, usegmt=True), format_datetime(now, usegmt=True))
    assert read == read_retry_after(str(seconds), None)
    assert read == (seconds if 0 <= seconds <= LONGEST_RETRY_AFTER else None)
