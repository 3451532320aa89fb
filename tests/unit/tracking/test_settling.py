"""When a finished operation has been read to its end."""

from __future__ import annotations

import pytest

from rxeryph.tracking import Settling


def test_the_first_read_comes_after_settle_seconds() -> None:
    assert Settling().next_read(0.0, True) == 1.0
    assert Settling(settle=0.25).next_read(0.0, True) == 0.25


def test_a_read_that_brings_nothing_is_the_last() -> None:
    assert Settling().next_read(1.0, False) is None


def test_each_read_that_brings_entries_asks_for_another() -> None:
    assert Settling().next_read(3.9, True) == 1.0


def test_the_last_extension_ends_at_the_limit() -> None:
    assert Settling().next_read(4.75, True) == 0.25
    assert Settling().next_read(5.0, True) is None
    assert Settling().next_read(17.0, True) is None


def test_no_settling_at_all_is_possible() -> None:
    assert Settling(0.0, 0.0).next_read(0.0, True) is None


@pytest.mark.parametrize(("settle", "limit"), [(-1.0, 5.0), (2.0, 1.0)])
def test_times_that_make_no_sense_are_refused(settle: float, limit: float) -> None:
    with pytest.raises(ValueError, match="settle <= limit"):
        Settling(settle, limit)
