"""When a finished operation has been read to its end."""

from __future__ import annotations

import pytest

from rxeryph.tracking import Settling


@pytest.mark.parametrize(
    ("settling", "elapsed", "quiet_for", "lag", "wait"),
    [
        (Settling(), 0.0, 0.0, 0.0, 1.0),
        (Settling(settle=0.25), 0.0, 0.0, 0.0, 0.25),
        (Settling(), 1.0, 1.0, 0.0, None),
        (Settling(), 1.0, 0.9999999, 0.0, None),  # clocks are not that exact
        (Settling(), 3.9, 0.0, 0.0, 1.0),
        (Settling(), 4.75, 0.0, 0.0, 0.25),  # the last one ends at the limit
        (Settling(), 5.0, 0.0, 0.0, None),
        (Settling(), 17.0, 0.0, 0.0, None),
        (Settling(0.0, 0.0), 0.0, 0.0, 0.0, None),
        (Settling(0.0, 0.0), 0.0, 0.0, 20.0, None),  # not asked for
        (Settling(), 0.0, 0.0, 0.7, 1.0),
        (Settling(), 0.0, 0.0, 2.0, 1.0),
        (Settling(), 1.0, 1.0, 2.0, 1.0),
        (Settling(), 2.0, 2.0, 2.0, None),
        (Settling(), 0.0, 0.0, 20.0, 4.0),  # in five reads
        (Settling(), 19.0, 19.0, 20.0, 1.0),
        (Settling(), 60.0, 0.0, 20.0, 4.0),
        (Settling(), 99.0, 0.0, 20.0, 1.0),
        (Settling(), 100.0, 0.0, 20.0, None),
        (Settling(), 30.0, 30.0, 500.0, None),  # no longer than half a minute
        (Settling(7.0, 50.0), 30.0, 6.5, 20.0, 7.0),
    ],
)
def test_it_has_settled_when_it_was_quiet_for_long_enough(
    settling: Settling, elapsed: float, quiet_for: float, lag: float, wait: float | None
) -> None:
    assert settling.next_read(elapsed, quiet_for, lag) == wait


@pytest.mark.parametrize(("settle", "limit"), [(-1.0, 5.0), (2.0, 1.0)])
def test_impossible_times_are_refused(settle: float, limit: float) -> None:
    with pytest.raises(ValueError, match="settle <= limit"):
        Settling(settle, limit)
