"""A reply that differs from the last one in its log entries only: most changes are new entries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeAlias

from ..errors import WireError
from ..model import LogEntry
from ._loading import load
from .operation import LogEntrySchema

Place: TypeAlias = tuple[int, int]
"""Where the list of an operation's log entries begins and ends in the bytes of its JSON."""

_KEY = b'"log_entries":'
_MARGIN = 512
"""How many bytes more than the last list of entries one is first expected to have."""

_decode = json.JSONDecoder().raw_decode
_LOG_ENTRY = LogEntrySchema()


def entries_alone_differ(
    last: bytes, place: Place | None, body: bytes, position: int = 0
) -> tuple[Place, list[object], int] | None:
    """The place of the log entries in ``last``; those of the operation at ``position`` in ``body``, and their end.

    None if anything else differs, or if that is not certain. ``place`` is that in ``last``, if it is known. It is
    exact, because what surrounds the list is the same, and the list is decoded.
    """
    start = place[0] if place is not None else last.find(_KEY) + len(_KEY)
    if start < len(_KEY) or not body.startswith(last[:start], position):
        return None
    place = place or _place_of_entries(last, start)
    if place is None:
        return None
    found = _list_at(body, position + start, place[1] - start + _MARGIN)
    return (place, *found) if found is not None and body.startswith(last[place[1] :], found[1]) else None


def only_left_out(last: bytes, text: bytes) -> bool:
    """True if the list ``text`` is the list ``last`` without some of the entries at its beginning or end.

    Both are JSON. Objects that are the end of a list's bytes, behind a comma, are the end of the list.
    """
    before, now = last[1:-1], text[1:-1]
    return not now or (now.startswith(b"{") and (before.endswith(b"," + now) or before.startswith(now + b",")))


def load_entries(entries: Sequence[object], url: str | None) -> tuple[LogEntry, ...] | None:
    """The log entries in decoded JSON; None if they do not fit: the error of the whole reply says where."""
    try:
        return tuple(load(_LOG_ENTRY, LogEntry, entry, url) for entry in entries)
    except WireError:
        return None


def _place_of_entries(text: bytes, start: int) -> Place | None:
    """The place, if it begins at ``start``. None if it may belong to an inner object, or is written twice."""
    try:
        json.loads(text[:start] + b"[]}")
    except (ValueError, RecursionError):
        return None
    found = None if b"log_entries" in text[start:] else _list_at(text, start, len(text))
    return None if found is None else (start, found[1])


def _list_at(text: bytes, start: int, likely: int) -> tuple[list[object], int] | None:
    """The list that begins at ``start`` and its end. None if there is none, or if it is longer than ``likely``."""
    shown = text[start : start + likely]
    try:
        # In Latin-1 each byte is one character.
        found, length = _decode(shown.decode("latin-1"))
        if not shown[:length].isascii():
            found = json.loads(shown[:length])
    except (ValueError, RecursionError):
        return None
    return (found, start + length) if isinstance(found, list) else None
