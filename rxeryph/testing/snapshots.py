"""Snapshots by hand: what a server would show of an operation, without what does not matter in a test."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import (
    LogEntry,
    Operation,
    OperationResource,
    OperationStatus,
    Project,
    ResourceType,
    ResultValue,
    Task,
)

OPERATION_ID = "op"
TASK_ID = "t1"
SECOND = 10_000_000
START = 1_780_000_000 * SECOND
"""2026-05-28 in ticks, where log entries count from."""


def operation(
    status: str = OperationStatus.RUNNING,
    *,
    tasks: Iterable[Task] = (),
    log_entries: Iterable[LogEntry] = (),
    resources: Iterable[OperationResource] = (),
    projects: Iterable[Project] = (),
    message: str | None = None,
    result: ResultValue | None = None,
    id: str = OPERATION_ID,
) -> Operation:
    """A snapshot; ``status`` is ``"Queued"``, ``"Running"``, ``"Completed"``, ``"Failed"`` or ``"Cancelled"``.

    As on the server, it shows all tasks and resources so far, not only the new ones; log entries that an earlier
    snapshot showed may be left out. ``message`` is the status message, the error message of a failure.
    """
    return Operation(
        id,
        _status(status),
        message,
        resources=tuple(resources),
        log_entries=tuple(log_entries),
        projects=tuple(projects),
        tasks=tuple(tasks),
        result=result,
    )


def task(
    id: str = TASK_ID,
    parent: str = OPERATION_ID,
    status: str = OperationStatus.RUNNING,
    *,
    name: str = "CreateCatletCommand",
    display_name: str | None = None,
    progress: int | None = None,
) -> Task:
    """A task below ``parent``: the id of another task, or of the operation. ``progress`` is a percentage.

    By default a completed task has 100, as on the server, and any other 0.
    """
    status = _status(status)
    if progress is None:
        progress = 100 if status == OperationStatus.COMPLETED else 0
    return Task(id, parent, name, status, display_name, progress)


def log(message: str, at: float = 0.0, *, task_id: str = TASK_ID, id: str | None = None) -> LogEntry:
    """A log entry of a task, stamped ``at`` seconds after an arbitrary beginning by the server's clock.

    Two entries are the same one if message and time are the same, unless their ids are given.
    """
    return LogEntry(id or f"{at:g} {message}", task_id, message, START + round(at * SECOND))


def resource(resource_id: str, resource_type: str = ResourceType.CATLET) -> OperationResource:
    """A resource the operation touched: a ``"Catlet"``, ``"VirtualDisk"``, ``"VirtualNetwork"`` and so on."""
    return OperationResource(f"link to {resource_id}", resource_id, ResourceType(resource_type))


def _status(text: str) -> OperationStatus:
    return OperationStatus.named(text)
