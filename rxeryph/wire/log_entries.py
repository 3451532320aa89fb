"""A reply that differs from the last one in its log entries only: most changes are new entries."""

from __future__ import annotations

import json

from ..errors import WireError
from ..model import LogEntry
from ._loading import load
from .operation import LogEntrySchema

_KEY = b'"log_entries":'
_decode = json.JSONDecoder().raw_decode
_LOG_ENTRY = LogEntrySchema()


def entries_alone_changed(last: bytes, text: bytes, url: str | None) -> tuple[LogEntry, ...] | None:
    """The log entries in ``text``, if the rest of it is the same as in ``last``; both are replies of one operation.

    None if anything else changed, or if that is not certain.
    """
    start = last.find(_KEY) + len(_KEY)
    if start < len(_KEY) or last[:start] != text[:start] or not _is_member_of_operation(last, start):
        return None
    last_end, end = _end_of_list(last, start), _end_of_list(text, start)
    if last_end is None or end is None or last[last_end:] != text[end:]:
        return None
    try:
        found = json.loads(text[start:end])
        return tuple(load(_LOG_ENTRY, LogEntry, entry, url) for entry in found)
    except (ValueError, WireError):
        return None  # the whole reply is loaded, and its error says where


def _is_member_of_operation(text: bytes, start: int) -> bool:
    """False if what begins at ``start`` may belong to an inner object, or is written twice."""
    try:
        json.loads(text[:start] + b"[]}")
    except (ValueError, RecursionError):
        return False
    return b"log_entries" not in text[start:]


def _end_of_list(text: bytes, start: int) -> int | None:
    try:
        # In Latin-1 each byte is one character.
        found, length = _decode(text[start:].decode("latin-1"))
    except (ValueError, RecursionError):
        return None
    return start + length if isinstance(found, list) else None
