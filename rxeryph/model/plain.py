"""Values as plain data: dicts, lists, strings and numbers that any JSON writer accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from .operation import LogEntry
from .timestamps import format_ticks


def to_plain(value: object) -> object:
    """``value`` as JSON-ready data.

    Dataclasses become dicts without their None members and without members kept out of the repr (secrets), enums
    become their values, and times ISO 8601 strings with an offset. Of a mapping marked as secret, such as a variable
    of a configuration, ``value`` and ``content`` are empty. Anything else becomes ``str(value)``.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in without_marked(value).items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [to_plain(item) for item in value]
    if isinstance(value, LogEntry):
        return {
            "id": value.id,
            "task_id": value.task_id,
            "message": value.message,
            "timestamp": format_ticks(value.ticks),
        }
    if is_dataclass(value) and not isinstance(value, type):
        members = {field.name: getattr(value, field.name) for field in fields(value) if field.repr}
        return {name: to_plain(member) for name, member in members.items() if member is not None}
    return str(value)


def without_marked(members: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """The members of a mapping; ``value`` and ``content`` are empty if it is marked as secret."""
    if members.get("secret") in (None, False):
        return members
    return {name: "" if name in ("value", "content") else item for name, item in members.items()}
