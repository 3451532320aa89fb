"""Values of query parameters, in the spellings that the server's framework reads. Other strings raise ValueError."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE = (
    r"(?:(?P<year>\d{4})(?P<a>[-/])(?P<month>\d\d?)(?P=a)(?P<day>\d\d?)"
    r"|(?P<month2>\d\d?)(?P<b>[-/])(?P<day2>\d\d?)(?P=b)(?P<year2>\d{4})"
    rf"|(?:(?P<weekday>{'|'.join(_DAYS)}), )?(?P<day3>\d\d?) (?P<name>{'|'.join(_MONTHS)}) (?P<year3>\d{{4}}))"
)
_TIME = r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
_ZONE = r"Z|GMT|(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?"
_MOMENT = re.compile(rf"{_DATE}(?:(?:T| +){_TIME})?(?: *(?:{_ZONE}))?", re.IGNORECASE | re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_HEXADECIMAL = re.compile(r"(?:#|0x|&h)([0-9a-f]{1,8})", re.IGNORECASE)
_LONGEST_OFFSET = timedelta(hours=14)


def ticks(text: str) -> int:
    """A moment, in tenths of a microsecond since 1970. Without an offset it is in UTC.

    A ``+`` that is not escaped arrives as a space, and then it is not the sign of an offset.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise ValueError
    named = {name: value for name, value in match.groupdict().items() if value is not None}
    parts = {name.rstrip("23"): value for name, value in named.items()}
    month = _MONTHS.index(parts["name"].lower()) + 1 if "name" in parts else int(parts["month"])
    date = int(parts["year"]), month, int(parts["day"])
    hour, minute, second = (int(parts.get(name, 0)) for name in ("hour", "minute", "second"))
    offset = timedelta(hours=int(parts.get("hours", 0)), minutes=int(parts.get("minutes", 0)))
    if offset > _LONGEST_OFFSET:
        raise ValueError
    zone = timezone(-offset if parts.get("sign") == "-" else offset) if offset else UTC
    moment = datetime(*date, hour, minute, second, tzinfo=zone)
    if "weekday" in parts and _DAYS[moment.weekday()] != parts["weekday"].lower():
        raise ValueError
    return int(moment.timestamp()) * 10_000_000 + int(parts.get("fraction", "")[:7].ljust(7, "0"))


def int32(text: str) -> int:
    """A whole number of 32 bits, also as hexadecimal digits."""
    stripped = text.strip()
    if match := _HEXADECIMAL.fullmatch(stripped):
        number = int(match[1], 16)
        return number - 2**32 if number >= 2**31 else number
    if not _INTEGER.fullmatch(stripped) or not -(2**31) <= int(stripped) < 2**31:
        raise ValueError
    return int(stripped)
