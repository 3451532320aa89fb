"""What all records share: JSON in UTF-8, which says that it is a record, and of which version."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..errors import JournalError
from ..reading import read_json
from .protocol import Record

VERSION = 1


def packed(content: Mapping[str, object]) -> bytes:
    """The data of a record with ``content``."""
    data = {"rxeryph": "record", "version": VERSION, **content}
    # Half a surrogate pair is not UTF-8. Its escape is, and means the same in JSON.
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def unpacked(record: Record) -> Mapping[str, object]:
    """The content of a record. Raises JournalError for one of another program or of a newer version."""
    try:
        data = read_json(record.data)
    except ValueError as error:
        raise unreadable(record, "it is not JSON") from error
    if not isinstance(data, Mapping) or data.get("rxeryph") != "record":
        raise unreadable(record, "another program wrote it")
    version = data.get("version")
    if version != VERSION:
        raise unreadable(record, f"it has version {version!r}, this library reads version {VERSION}. Update rxeryph")
    return data


def unreadable(record: Record, reason: str) -> JournalError:
    """The error of a record that cannot be read."""
    place = f"record {record.number} of operation {record.operation_id}, at position {record.position}"
    error = JournalError(
        f"The journal has a record that cannot be read: {place}: {reason}.", place=place, is_permanent=True
    )
    error.operation_id = record.operation_id
    return error
