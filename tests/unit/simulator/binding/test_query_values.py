"""Moments and numbers in queries are read in the spellings of the server's framework, and in no others."""

from __future__ import annotations

import pytest

from rxeryph.simulator.binding.query_values import int32, ticks

MORNING = 17_698_464_000_000_000
"""The 31st of January 2026 at 8 o'clock, in ticks."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T08:00:00Z", MORNING),
        ("2026-01-31T08:00:00.1234567890+00:00", MORNING + 1_234_567),
        ("2026-01-31T09:00:00+0100", MORNING),
        ("2026-01-31 03:00:00 -05:00", MORNING),
        ("2026-1-31 8:00", MORNING),
        (" 2026/01/31 08:00:00z ", MORNING),
        ("01/31/2026 08:00:00", MORNING),
        ("Sat, 31 Jan 2026 08:00:00 GMT", MORNING),
        ("31 jan 2026 08:00", MORNING),
        ("2026-01-31", MORNING - 8 * 36_000_000_000),
    ],
)
def test_a_moment_has_many_spellings(text: str, expected: int) -> None:
    assert ticks(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("0", "1700000000", "null", "yesterday", "2026-13-45T00:00:00Z", "2026-02-30", "2026-01-31T24:00:00Z"),
        # An offset whose plus became a space, too long an offset, another weekday.
        *("2026-01-31T08:00:00 00:00", "2026-01-31T08:00:00+15:00", "Sun, 31 Jan 2026 08:00:00 GMT"),
        # ISO 8601, but not read by the framework.
        *("20260131T080000Z", "2026-W05-6", "2026-031", "2026-01-31T08:00:00,5Z"),
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        ticks(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("60", 60), (" +60 ", 60), ("-1", -1), ("0x3C", 60), ("#3c", 60), ("&H3C", 60), ("0xFFFFFFFF", -1)],
)
def test_a_number_has_several_spellings(text: str, expected: int) -> None:
    assert int32(text) == expected


@pytest.mark.parametrize("text", ["1.0", "1_000", "1,000", "2147483648", "0x1FFFFFFFF", "x", "\u0661", "--1"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        int32(text)
