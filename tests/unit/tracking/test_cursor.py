"""From where log entries are asked for next: by the server's clock alone, with an overlap."""

from __future__ import annotations

import time

import pytest

from rxeryph.model.timestamps import format_ticks, parse_ticks
from rxeryph.testing.snapshots import SECOND, START
from rxeryph.tracking import log_time_stamp


def test_without_an_entry_everything_is_asked_for() -> None:
    assert log_time_stamp(None) is None


def test_the_overlap_is_five_seconds_by_default() -> None:
    assert log_time_stamp(START) == format_ticks(START - 5 * SECOND)


@pytest.mark.parametrize("overlap", [0.0, 0.5, 1.25, 60.0])
def test_the_overlap_is_exact(overlap: float) -> None:
    stamp = log_time_stamp(START + 1, overlap)
    assert stamp is not None
    assert START + 1 - parse_ticks(stamp) == round(overlap * SECOND)


def test_all_seven_digits_are_sent_and_nothing_needs_escaping() -> None:
    assert log_time_stamp(parse_ticks("2026-05-28T01:02:03.1234567Z")) == "2026-05-28T01:01:58.1234567Z"
    assert log_time_stamp(parse_ticks("2026-05-28T01:02:03+00:00")) == "2026-05-28T01:01:58.0000000Z"


def test_no_time_before_the_epoch_is_asked_for() -> None:
    assert log_time_stamp(1) == "1970-01-01T00:00:00.0000000Z"
    assert log_time_stamp(-START) == "1970-01-01T00:00:00.0000000Z"


def test_the_clock_of_the_client_plays_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = log_time_stamp(START)
    for clock in ("time", "monotonic"):
        monkeypatch.setattr(time, clock, lambda: pytest.fail("the client's clock was read"))
    assert log_time_stamp(START) == asked
