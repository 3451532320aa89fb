"""Laws of the whole library over real HTTP, while a simulator fails in every way that it offers.

Nothing is lost and nothing doubled, only our errors reach a subscriber, and everything ends in time and leaves
nothing behind. ``tests/property/long_runs.py`` says how to run it long.
"""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from rxeryph.retry import ErrorBudget
from tests.property.long_runs import examples
from tests.property.stack import Stack

SOON = ErrorBudget(attempts=100, seconds=1.5, first=0.02, maximum=0.1)


@patch("rxeryph.client.submit.LOOK_UP", SOON)
@patch("rxeryph.client.submit.LOOK_UP_UNANSWERED", 1.5)
def test_whatever_fails_nothing_is_lost_or_doubled_and_everything_ends() -> None:
    run_state_machine_as_test(
        Stack,
        settings=settings(
            max_examples=examples(4, 100_000),
            stateful_step_count=examples(15, 30),
            deadline=None,
            phases=[Phase.generate],  # a smaller example would meet other faults, and take minutes to find
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
