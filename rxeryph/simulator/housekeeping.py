"""The housekeeping of the server: it cancels operations that take too long, and deletes old ones."""

from __future__ import annotations

from .clock import ticks_at
from .database import Database
from .rows import TERMINAL, OperationRow
from .timeline import Process, Timeline

INTERVAL = 3600.0
RUNNING_TIMEOUT = 24 * 3600.0
"""Seconds without a change of status after which an operation is cancelled."""
RETENTION_AGE = 30 * 24 * 3600.0
"""Seconds after its end for which an operation is kept."""


def housekeeping(database: Database, timeline: Timeline) -> Process:
    """Do the housekeeping now and once an hour."""
    while True:
        _clean_up(database, timeline.now)
        yield INTERVAL


def _clean_up(database: Database, now: float) -> None:
    too_old, expired = ticks_at(now - RUNNING_TIMEOUT), ticks_at(now - RETENTION_AGE)
    for row in tuple(database.operations.values()):
        updated = _last_update(row)
        if row.status not in TERMINAL:
            if updated < too_old:
                _cancel(row, ticks_at(now))
        elif updated < expired:
            del database.operations[row.id]


def _last_update(row: OperationRow) -> int:
    """When the status was last set. Every task sets it again when it begins; log entries do not."""
    if row.ended_at is not None:
        return row.ended_at
    return max([row.created, *(task.started_at for task in row.tasks if task.started_at is not None)])


def _cancel(row: OperationRow, now: int) -> None:
    row.status, row.status_message, row.ended_at = "Cancelled", "Operation timed out.", now
    row.changed()
    for task in row.tasks:
        if task.status not in TERMINAL:
            task.status, task.ended_at = "Cancelled", now
