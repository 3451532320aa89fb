"""``Pace`` on its own: due times from what happened and when, without threads, a clock or a scheduler."""

from __future__ import annotations

import math

import pytest

from rxeryph.errors import ThrottledError
from rxeryph.polling import ErrorBudget, PollContext, PollingPolicy, fixed
from rxeryph.polling.pace import Pace
from tests.unit.samples import NO_ROUTE, api


def pace(policy: PollingPolicy | None = None, budget: ErrorBudget | None = None, chance: float = 0.5) -> Pace:
    """A pace that began at second 100; ``chance`` 0.5 means no jitter."""
    made = Pace(policy or fixed(2.0), budget or ErrorBudget(), lambda: chance)
    made.begin(100.0)
    return made


def test_the_interval_counts_from_when_the_poll_was_due() -> None:
    on_time = pace()
    on_time.asked(due=100.0, now=100.5)
    assert on_time.after_answer(101.7, has_news=False) == 102.0


@pytest.mark.parametrize(
    ("answered", "dues"),
    [(100.1, (101.8, 102.0, 102.2)), (107.0, (107.0, 107.1, 107.2))],
    ids=["stretched or cut by up to a tenth", "skipped when it has passed"],
)
def test_each_interval_has_jitter(answered: float, dues: tuple[float, ...]) -> None:
    for chance, due in zip((0.0, 0.5, 1.0), dues, strict=True):
        jittered = pace(chance=chance)
        jittered.asked(100.0, 100.0)
        assert jittered.after_answer(answered, has_news=False) == pytest.approx(due)


def test_the_policy_sees_what_happened() -> None:
    seen: list[PollContext] = []

    def policy(context: PollContext) -> float:
        seen.append(context)
        return 1.0

    watching = pace(policy)
    for due, has_news in ((100.0, True), (101.0, False), (102.0, False), (103.0, True)):
        watching.asked(due, due + 0.25)
        watching.after_answer(due + 0.5, has_news)
    assert seen == [
        PollContext(age=0.5, idle=0.0, polls=1, quiet_polls=0, latency=0.25),
        PollContext(age=1.5, idle=1.0, polls=2, quiet_polls=1, latency=0.25),
        PollContext(age=2.5, idle=2.0, polls=3, quiet_polls=2, latency=0.25),
        PollContext(age=3.5, idle=0.0, polls=4, quiet_polls=0, latency=0.25),
    ]


def test_the_policy_sees_once_what_the_server_asked_for() -> None:
    seen: list[float | None] = []

    def policy(context: PollContext) -> float:
        seen.append(context.retry_after)
        return 1.0

    throttled = pace(policy)
    throttled.after_failure(api(ThrottledError, 429, retry_after=7.0), 100.0)
    throttled.recovered(107.0)
    throttled.after_answer(107.0, has_news=False)
    throttled.after_answer(108.0, has_news=False)
    assert seen == [7.0, None]


def test_failures_wait_as_the_budget_says_and_an_answer_makes_it_whole_again() -> None:
    failing = pace(budget=ErrorBudget(attempts=3, first=1.0))
    assert [failing.after_failure(NO_ROUTE, at) for at in (100.0, 101.0)] == [0.75, 1.5]
    assert failing.failures == 2
    assert failing.recovered(104.0) == (2, 4.0)
    assert failing.recovered(106.0) == (0, 2.0)
    assert [failing.after_failure(NO_ROUTE, at) for at in (107.0, 108.0, 109.0)] == [0.75, 1.5, None]


def test_a_pause_does_not_count_as_silence_but_failures_still_count() -> None:
    failing = pace(budget=ErrorBudget(attempts=3, seconds=10.0))
    assert failing.after_failure(NO_ROUTE, 105.0) is not None
    failing.begin(1000.0)
    assert failing.after_failure(NO_ROUTE, 1001.0) is not None
    assert failing.after_failure(NO_ROUTE, 1002.0) is None


def test_a_new_policy_changes_only_a_wait_of_the_old_policy() -> None:
    changed = pace(fixed(2.0))
    changed.asked(100.0, 100.0)
    changed.after_answer(100.0, has_news=True)
    changed.policy = fixed(5.0)
    assert changed.remeasured(101.0) == 105.0
    assert changed.remeasured(109.0) == 109.0  # its time has come already
    assert changed.after_wait(1.0, 109.0) == 110.0
    assert changed.remeasured(109.0) is None
    changed.after_answer(110.0, has_news=True)
    changed.after_failure(NO_ROUTE, 111.0)
    assert changed.remeasured(111.0) is None
    changed.after_answer(112.0, has_news=True)
    changed.begin(200.0)
    assert changed.remeasured(200.0) is None


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.nan, math.inf, -math.inf])
def test_an_interval_that_is_not_a_positive_number_is_refused(seconds: float) -> None:
    broken = pace(lambda context: seconds)
    with pytest.raises(ValueError, match=rf"The polling policy .* returned {seconds} s; it must return more than 0"):
        broken.after_answer(101.0, has_news=False)
    with pytest.raises(ValueError, match="polling policy"):
        broken.remeasured(101.0)
