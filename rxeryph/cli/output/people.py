"""Values as people read them: times relative and local, sizes and durations rounded, everything on one line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ...model.text import one_line
from .nouns import As

_STEPS = ((60.0, 1.0, "s"), (3600.0, 60.0, "min"), (86400.0, 3600.0, "h"), (float("inf"), 86400.0, "d"))
_SIZES = ("B", "KiB", "MiB", "GiB", "TiB")
_ABBREVIATIONS = {each.lower(): each for each in ("ID", "VM", "MAC", "DNS", "CPU", "URL", "SSH")}
_ISO = 19  # characters of a time without its fraction and offset


def shown(value: object, kind: As = As.TEXT, now: datetime | None = None) -> str:
    """A value in one line; "" for None."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(shown(each, kind, now) for each in value)
    if kind is As.SECONDS and isinstance(value, int | float):
        return duration(value)
    if kind is As.BYTES and isinstance(value, int):
        return size(value)
    if kind is As.AGO and isinstance(value, str):
        return ago(value, now)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_line(str(value))


def ago(iso: str, now: datetime | None = None) -> str:
    """How long ago a time was, such as "3 min ago"; one of over a week ago as a local time."""
    then = datetime.fromisoformat(iso)
    passed = ((now or datetime.now(UTC)) - then).total_seconds()
    if passed > 7 * 86400.0:
        return f"{then.astimezone():%Y-%m-%d %H:%M}"
    if passed < 1.0:
        return "now"
    unit, name = next((unit, name) for below, unit, name in _STEPS if passed < below)
    return f"{passed // unit:.0f} {name} ago"


def local(iso: str) -> str:
    """A time in the local time zone, such as "2026-01-31 15:00:00+01:00"."""
    return datetime.fromisoformat(iso).astimezone().isoformat(" ", "seconds")


def clock(moment: datetime, now: datetime | None = None) -> str:
    """The same, without its date if that is today."""
    here = moment.astimezone()
    is_today = here.date() == (now or datetime.now(UTC)).astimezone().date()
    return here.isoformat(" ", "seconds")[11 if is_today else 0 :]


def is_time(value: object) -> bool:
    """True for a string that is a time in ISO 8601, with an offset."""
    if not isinstance(value, str) or len(value) < _ISO or value[4:5] != "-" or value[10:11] != "T":
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def duration(seconds: float) -> str:
    """Seconds, such as "4.6 s", "1:05 min" or "2:03:04 h"."""
    if seconds < 60.0:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d} h" if hours else f"{minutes}:{rest:02d} min"


def size(number: int) -> str:
    """Bytes, such as "1.5 GiB"."""
    amount, unit = float(number), 0
    while amount >= 1024.0 and unit < len(_SIZES) - 1:
        amount, unit = amount / 1024.0, unit + 1
    return (
        f"{amount:.0f} {_SIZES[unit]}"
        if unit == 0 or amount >= 100 or amount.is_integer()
        else f"{amount:.1f} {_SIZES[unit]}"
    )


def label(member: str) -> str:
    """The name of a member, such as "IPv4 addresses"."""
    words = [_ABBREVIATIONS.get(each, each) for each in member.replace("ip_v4", "IPv4").split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def folded(lines: Iterable[str], columns: int | None) -> Iterator[str]:
    """The lines in at most so many columns, the rest of one that is too long indented below it; None folds none."""
    for line in lines:
        if columns is None or width(line) <= columns:
            yield line
            continue
        import textwrap

        below = " " * (len(line) - len(line.lstrip()) + 4)
        yield from textwrap.wrap(
            line, columns, subsequent_indent=below, break_long_words=False, break_on_hyphens=False
        )


def width(text: str) -> int:
    """How many columns of a terminal ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def cut(text: str, columns: int, ellipsis: str = "…") -> str:
    """``text`` in at most so many columns, with an ellipsis if it is cut."""
    if width(text) <= columns:
        return text
    while text and width(text) > columns - width(ellipsis):
        text = text[:-1]
    return f"{text}{ellipsis}"
