"""What all records share: JSON in UTF-8, which says that it is a record, and of which version."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..errors import JournalError
from ..model.text import one_line
from ..reading import read_json
from .protocol import Record

VERSION = 1

RESTORE = "Restore a copy of the journal, or follow this operation without it."
"""What to do about an operation with a record that cannot be read."""


def packed(content: Mapping[str, object]) -> bytes:
    """The data of a record with ``content``."""
    data = {"rxeryph": "record", "version": VERSION, **content}
    # Half a surrogate pair is not UTF-8. Its escape is, and means the same in JSON.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def unpacked(record: Record) -> Mapping[str, object]:
    """The content of a record. Raises JournalError for one of another program or of a newer version."""
    try:
        data = read_json(record.data.decode())
    except ValueError as error:
        raise UnreadableError(record, "it is not JSON") from error
    if not isinstance(data, dict) or data.get("rxeryph") != "record":
        raise UnreadableError(record, "another program wrote it")
    version = data.get("version")
    if version != VERSION:
        reason = f"it has version {version!r}, this library reads version {VERSION}"
        raise UnreadableError(record, reason, "Update rxeryph.")
    return data


class UnreadableError(JournalError):
    """A record cannot be read, for a ``reason``. ``position`` is its place in the journal.

    ``advice`` is the next step, if there is only one.
    """

    def __init__(self, record: Record, reason: str, advice: str | None = None) -> None:
        self.position = record.position
        self.reason = reason
        name = "a message" if record.number < 0 else f"record {record.number}"
        self._what = f"{name} of operation {record.operation_id}, at position {record.position}: {reason}."
        self._advice = advice
        super().__init__(_unreadable("The journal", self._what, advice), is_permanent=True)
        self.operation_id = record.operation_id

    def found_in(self, journal: object, advice: str) -> JournalError:
        """This error as users get it, with the journal and the next step."""
        place = repr(journal)
        message = one_line(_unreadable(f"The journal {place}", self._what, self._advice or advice))
        error = JournalError(message, place=place, is_permanent=True)
        error.operation_id = self.operation_id
        return error


def _unreadable(journal: str, reason: str, advice: str | None) -> str:
    return f"{journal} has a record that cannot be read: {reason}{f' {advice}' if advice else ''}"
