"""When a finished operation has been read to its end."""

from __future__ import annotations

import pytest

from rxeryph.tracking import Settling


@pytest.mark.parametrize(
    ("settling", "elapsed", "brought_entries", "wait"),
    [
        (Settling(), 0.0, True, 1.0),
        (Settling(settle=0.25), 0.0, True, 0.25),
        (Settling(), 1.0, False, None),
        (Settling(), 3.9, True, 1.0),
        (Settling(), 4.75, True, 0.25),  # the last one ends at the limit
        (Settling(), 5.0, True, None),
        (Settling(), 17.0, True, None),
        (Settling(0.0, 0.0), 0.0, True, None),
    ],
)
def test_each_read_that_brings_entries_is_followed_by_another(
    settling: Settling, elapsed: float, brought_entries: bool, wait: float | None
) -> None:
    assert settling.next_read(elapsed, brought_entries) == wait


@pytest.mark.parametrize(("settle", "limit"), [(-1.0, 5.0), (2.0, 1.0)])
def test_impossible_times_are_refused(settle: float, limit: float) -> None:
    with pytest.raises(ValueError, match="settle <= limit"):
        Settling(settle, limit)
