"""Rows as the JSON documents the server sends: snake_case, absent nulls, seven trimmed fraction digits."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime

from .database import TENANT_ID, OperationRow, ProjectRow, TaskRow

Document = dict[str, object]


def timestamp(ticks: int) -> str:
    """``yyyy-MM-ddTHH:mm:ss[.fffffff]+00:00``, trailing zeros trimmed."""
    seconds, rest = divmod(ticks, 10_000_000)
    fraction = f".{rest:07d}".rstrip("0").rstrip(".") if rest else ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + fraction + "+00:00"


def encode(document: object, is_get: bool) -> bytes:
    """JSON text; in answers to a GET the characters that matter in HTML are escaped too."""
    if not is_get:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    text = json.dumps(document, separators=(",", ":"))
    for character in "'<>&":
        text = text.replace(character, f"\\u{ord(character):04X}")
    return text.encode()


def operation(
    row: OperationRow, expand: Collection[str] = (), after: int | None = None, *, is_old: bool = False
) -> Document:
    """An operation with the collections named in ``expand``; only entries strictly later than ``after`` ticks.

    ``is_old`` leaves out what servers before API 1.2 do not have.
    """
    document: Document = {"id": row.id, "status": row.status, "status_message": row.status_message}
    if not is_old:
        if row.requested_by is not None:
            document["requested_by"] = row.requested_by
        document |= _times(row.created, row.started_at, row.ended_at)
    # Related rows come in the order of their random ids, which is no order at all.
    document["resources"] = [
        {"id": item.id, "resource_id": item.resource_id, "resource_type": item.resource_type}
        for item in sorted(row.resources, key=lambda item: item.id)
        if "resources" in expand
    ]
    document["log_entries"] = [
        {"id": item.id, "task_id": item.task_id, "message": item.message, "timestamp": timestamp(item.ticks)}
        for item in sorted(row.log_entries, key=lambda item: item.id)
        if "logs" in expand and (after is None or item.ticks > after)
    ]
    document["projects"] = [project(item) for item in row.projects if "projects" in expand]
    document["tasks"] = [
        _task(item, is_old) for item in sorted(row.tasks, key=lambda item: item.id) if "tasks" in expand
    ]
    if row.result is not None:
        document["result"] = row.result
    return document


def project(row: ProjectRow) -> Document:
    """A project."""
    return {"id": row.id, "name": row.name, "tenant_id": TENANT_ID}


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
