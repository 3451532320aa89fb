"""Time as the server writes it: UTC with up to seven fraction digits, one more than ``datetime`` has."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

TICKS_PER_SECOND = 10_000_000
"""A tick is 100 ns, the resolution of the server's clock."""

BEGINNING = "2018-01-01T00:00:00.0000000Z"
"""The ``log_time_stamp`` for all log entries: older than any operation. Servers up to v0.4 send none without one."""

_TEXT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,7})\d*)?(?:[Zz]|([+-])(\d\d):?(\d\d))\Z")
_SECONDS = {f"{second:02}": second * TICKS_PER_SECOND for second in range(60)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_ticks(text: str) -> int:
    """Ticks of 100 ns since 1970, from an ISO 8601 string with an offset and 0 to 7 fraction digits.

    Raises ValueError for any other string. A time without an offset is refused, because it has no meaning.
    """
    return _second(text) + int(text[20:27]) if _is_usual(text) else _parse(text)


def parse_time(text: str) -> datetime:
    """The same as an aware UTC datetime, as ``from_ticks`` has it."""
    if _is_usual(text) and text.isascii():
        _second(text)  # fromisoformat accepts more than we do
        return datetime.fromisoformat(text)
    return from_ticks(_parse(text))


def _is_usual(text: str) -> bool:
    """True for nearly all times. They are written like ``2026-06-26T10:15:30.1234567+00:00``, or with ``Z`` by us."""
    return text[27:] in ("+00:00", "Z") and text[19] == "." and text[20:27].isdecimal()


def _second(text: str) -> int:
    """The ticks of a usual time without its fraction."""
    second = _SECONDS.get(text[17:19])
    return _parse(text[:19] + "Z") if second is None else _minute(text[:17]) + second


@lru_cache(1024)
def _minute(text: str) -> int:
    return _parse(text + "00Z")


def _parse(text: str) -> int:
    match = _TEXT.match(text)
    if match is None:
        raise ValueError(f"not a time with offset: {text!r}")
    year, month, day, hour, minute, second, fraction, sign, off_hours, off_minutes = match.groups()
    moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    if sign is not None:
        offset = timedelta(hours=int(off_hours), minutes=int(off_minutes))
        try:
            moment = moment - offset if sign == "+" else moment + offset
        except OverflowError:
            raise ValueError(f"a time beyond the calendar: {text!r}") from None
    return round((moment - _EPOCH).total_seconds()) * TICKS_PER_SECOND + int((fraction or "").ljust(7, "0"))


def from_ticks(ticks: int) -> datetime:
    """The aware UTC datetime of ``ticks``; the seventh digit is cut off, never rounded up."""
    return _EPOCH + timedelta(microseconds=ticks // 10)


def to_ticks(moment: datetime) -> int:
    """The ticks of an aware datetime."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 10


def format_ticks(ticks: int) -> str:
    """The string for ``log_time_stamp``: seven fraction digits and ``Z``, so that there is no ``+`` to escape."""
    seconds, fraction = divmod(ticks, TICKS_PER_SECOND)
    moment = _EPOCH + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:07d}Z".rjust(28, "0")


def seconds_between(begin: datetime | None, end: datetime | None) -> float | None:
    """Seconds from ``begin`` to ``end``; None if either is unknown."""
    return None if begin is None or end is None else (end - begin).total_seconds()
