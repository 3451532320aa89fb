"""Time as the server writes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rxeryph.model.timestamps import TICKS_PER_SECOND, format_ticks, from_ticks, parse_ticks

MOMENT = 1_780_000_000 * TICKS_PER_SECOND
"""2026-05-28T20:26:40Z"""


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("2026-05-28T20:26:40Z", MOMENT),
        ("2026-05-28T20:26:40z", MOMENT),
        ("2026-05-28t20:26:40+00:00", MOMENT),
        ("2026-05-28T20:26:40.5Z", MOMENT + 5_000_000),
        ("2026-05-28T20:26:40.1234567+00:00", MOMENT + 1_234_567),
        ("2026-05-28T20:26:40.0000001Z", MOMENT + 1),
        ("2026-05-28T20:26:40.12345678999Z", MOMENT + 1_234_567),
        ("2026-05-28T22:56:40+02:30", MOMENT),
        ("2026-05-28T22:56:40+0230", MOMENT),
        ("2026-05-28T18:26:40.25-02:00", MOMENT + 2_500_000),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.9999999Z", -1),
    ],
)
def test_every_way_the_server_writes_a_time_is_read(text: str, ticks: int) -> None:
    assert parse_ticks(text) == ticks


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-28T20:26:40",
        "2026-05-28T20:26:40.1234567",
        "2026-05-28 20:26:40Z",
        "2026-05-28",
        "2026-13-28T20:26:40Z",
        "2026-05-28T25:26:40Z",
        "2026-05-28T20:26:40.Z",
        "2026-05-28T20:26:40Z trailing",
        "2026-05-28T20:26:40Z\n",
        "",
        "yesterday",
    ],
)
def test_any_other_string_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|month|hour"):
        parse_ticks(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_time_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        parse_ticks(text)


def test_the_seventh_digit_is_cut_for_datetime_and_never_rounded_up() -> None:
    assert from_ticks(MOMENT + 9_999_999) == datetime(2026, 5, 28, 20, 26, 40, 999_999, tzinfo=UTC)
    assert from_ticks(-1) == datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def test_a_time_is_written_with_seven_digits_and_no_plus() -> None:
    assert format_ticks(MOMENT) == "2026-05-28T20:26:40.0000000Z"
    assert format_ticks(MOMENT + 1) == "2026-05-28T20:26:40.0000001Z"
    assert format_ticks(parse_ticks("0001-01-01T00:00:00Z")) == "0001-01-01T00:00:00.0000000Z"
