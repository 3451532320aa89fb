"""The policies that come with the library."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rxeryph.polling import PollContext, PollingPolicy, PollingSettings, activity, exponential, fixed
from rxeryph.retry import POLL_BUDGET


def context(polls: int = 1, quiet: int = 0) -> PollContext:
    return PollContext(age=0.0, idle=0.0, polls=polls, quiet_polls=quiet, latency=0.0)


def test_fixed_is_always_the_same() -> None:
    assert {fixed(2.5)(context(polls, polls)) for polls in range(1, 1000)} == {2.5}


def test_activity_grows_while_it_is_quiet() -> None:
    policy = activity()
    assert [policy(context(quiet=quiet)) for quiet in range(6)] == [1.0, 1.5, 2.25, 3.375, 5.0, 5.0]
    assert policy(context(polls=1000)) == 1.0


def test_exponential_grows_with_every_poll() -> None:
    policy = exponential(1.0, 2.0, 20.0)
    assert [policy(context(polls=polls)) for polls in range(1, 8)] == [1, 2, 4, 8, 16, 20, 20]


@pytest.mark.parametrize("policy", [activity(), exponential()])
def test_an_operation_of_many_polls_does_not_overflow(policy: PollingPolicy) -> None:
    assert 0 < policy(context(polls=10**9, quiet=10**9)) <= 20.0


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (fixed, "seconds"),
        *((make, name) for make in (activity, exponential) for name in ("first", "factor", "maximum")),
    ],
)
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_a_number_that_is_not_positive_is_refused_by_name(
    make: Callable[..., PollingPolicy], name: str, value: float
) -> None:
    with pytest.raises(ValueError, match=f"{name} must be more than 0"):
        make(**{name: value})


def test_the_default_is_activity_with_the_budget_of_polls() -> None:
    settings = PollingSettings()
    assert [settings.policy(context(quiet=quiet)) for quiet in (0, 1, 99)] == [1.0, 1.5, 5.0]
    assert settings.error_budget == POLL_BUDGET
    assert (settings.settling.settle, settings.settling.limit, settings.overlap) == (1.0, 5.0, 5.0)
