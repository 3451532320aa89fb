"""Rows as the JSON documents that the server sends: snake_case, no nulls, up to seven digits of a second."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter

from .rows import LogRow, OperationRow, ProjectRow, TaskRow

Document = dict[str, object]

_by_id = attrgetter("id")
_ASCII = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_RELAXED = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False)


@lru_cache(2**16)  # a poll shows about twenty, and nearly all were shown before
def timestamp(ticks: int) -> str:
    """``yyyy-MM-ddTHH:mm:ss[.fffffff]+00:00``, without trailing zeros."""
    seconds, rest = divmod(ticks, 10_000_000)
    whole = datetime.fromtimestamp(seconds, UTC).isoformat()
    return f"{whole[:19]}.{rest:07d}".rstrip("0") + "+00:00" if rest else whole


def encode(document: object, is_get: bool) -> bytes:
    """A document as JSON. In answers to a GET, the special characters of HTML are escaped too."""
    if not is_get:
        return _RELAXED.encode(document).encode()
    encoded = _ASCII.encode(document)
    for character in "'<>&":
        encoded = encoded.replace(character, f"\\u{ord(character):04X}")
    return encoded.encode()


def operation(row: OperationRow, expand: Collection[str] = (), *, is_old: bool = False) -> Document:
    """An operation with the collections named in ``expand``.

    ``is_old`` leaves out what servers before API 1.2 lack.
    """
    document: Document = {"id": row.id, "status": row.status, "status_message": row.status_message}
    if not is_old:
        if row.requested_by is not None:
            document["requested_by"] = row.requested_by
        document |= _times(row.created, row.started_at, row.ended_at)
    resources = row.resources if "resources" in expand else ()
    entries = row.log_entries if "logs" in expand else ()
    projects = row.projects if "projects" in expand else ()
    tasks = row.tasks if "tasks" in expand else ()
    # Related rows are sorted by their ids, which are random.
    document["resources"] = [
        {"id": item.id, "resource_id": item.resource_id, "resource_type": item.resource_type}
        for item in sorted(resources, key=_by_id)
    ]
    document["log_entries"] = [log_entry(item) for item in sorted(entries, key=_by_id)]
    document["projects"] = [project(item) for item in projects]
    document["tasks"] = [_task(item, is_old) for item in sorted(tasks, key=_by_id)]
    if row.result is not None:
        document["result"] = row.result
    return document


def log_entry(row: LogRow) -> Document:
    """A log entry."""
    return {"id": row.id, "task_id": row.task_id, "message": row.message, "timestamp": timestamp(row.ticks)}


def project(row: ProjectRow) -> Document:
    """A project."""
    return {"id": row.id, "name": row.name, "tenant_id": row.tenant_id}


def _task(row: TaskRow, is_old: bool) -> Document:
    document: Document = {"id": row.id, "parent_task_id": row.parent_id, "name": row.name}
    if row.display_name is not None:
        document["display_name"] = row.display_name
    document |= {"progress": row.progress, "status": row.status}
    if not is_old:
        document |= _times(row.created, row.started_at, row.ended_at)
    if row.reference is not None:
        document["reference"] = row.reference
    return document


def _times(created: int, started_at: int | None, ended_at: int | None) -> Document:
    document: Document = {"created": timestamp(created)}
    if started_at is not None:
        document["started_at"] = timestamp(started_at)
    if ended_at is not None:
        document["ended_at"] = timestamp(ended_at)
    return document
