"""Where the next poll starts to read log entries: by the server's clock alone, with an overlap."""

from __future__ import annotations

import pytest

from rxeryph.model.timestamps import parse_ticks
from rxeryph.testing.snapshots import SECOND, START
from rxeryph.tracking import log_time_stamp


def test_without_an_entry_everything_is_requested() -> None:
    assert log_time_stamp(None) is None


@pytest.mark.parametrize("overlap", [0.0, 0.5, 1.25, 60.0])
def test_the_overlap_is_exact(overlap: float) -> None:
    stamp = log_time_stamp(START + 1, overlap)
    assert stamp is not None
    assert START + 1 - parse_ticks(stamp) == round(overlap * SECOND)


@pytest.mark.parametrize(
    ("newest", "stamp"),
    [
        (parse_ticks("2026-05-28T01:02:03.1234567Z"), "2026-05-28T01:01:58.1234567Z"),
        (parse_ticks("2026-05-28T01:02:03+00:00"), "2026-05-28T01:01:58.0000000Z"),
        (1, "1970-01-01T00:00:00.0000000Z"),
        (-START, "1970-01-01T00:00:00.0000000Z"),
    ],
)
def test_the_default_is_five_seconds_in_seven_digits_but_no_time_before_1970(newest: int, stamp: str) -> None:
    assert log_time_stamp(newest) == stamp
