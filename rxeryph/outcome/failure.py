"""Why an operation failed, derived from what the server shows."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import LogEntry, Operation, OperationStatus, Task


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an operation failed, derived from what the server shows: its log entries have no level.

    ``status_message`` is the server's text. ``task`` is where it began: a failed task with no failed task below
    it, of several the one that ended first, or the deepest where the server does not say when. ``ancestors``
    lead from its parent up to the primary task. ``entries`` are the lines of ``task``, then of the tasks below
    it, then of its failed ancestors.
    """

    status_message: str
    task: Task | None
    ancestors: tuple[Task, ...]
    entries: tuple[LogEntry, ...]


def find_failure(operation: Operation) -> Failure:
    """Derive why ``operation`` failed, see ``Failure``."""
    message = operation.status_message or operation.status.value
    ways = _ways_up(operation)
    failed = [task for task in operation.tasks if task.status == OperationStatus.FAILED]
    above = {parent.id for task in failed for parent in ways[task.id]}
    leaves = [task for task in failed if task.id not in above] or failed  # none where tasks go in a circle
    leaf = min(leaves, key=lambda task: (*_ended(task), -len(ways[task.id]), task.id), default=None)
    if leaf is None:
        return Failure(message, None, (), ())
    ancestors = ways[leaf.id]
    rank = {task.id: 1 for task in operation.tasks if leaf in ways[task.id]}
    rank |= {task.id: 2 + place for place, task in enumerate(ancestors) if task.status == OperationStatus.FAILED}
    rank[leaf.id] = 0
    entries = [entry for entry in operation.log_entries if entry.task_id in rank]
    entries.sort(key=lambda entry: (rank[entry.task_id], entry.ticks, entry.id))
    return Failure(message, leaf, ancestors, tuple(entries))


def _ways_up(operation: Operation) -> dict[str, tuple[Task, ...]]:
    """The ancestors of each task, its parent first."""
    by_id = {task.id: task for task in operation.tasks}

    def way_up(task: Task) -> tuple[Task, ...]:
        path: list[Task] = []
        parent = by_id.get(task.parent_task_id)
        while parent is not None and parent is not task and parent not in path:
            path.append(parent)
            parent = by_id.get(parent.parent_task_id)
        return tuple(path)

    return {task.id: way_up(task) for task in operation.tasks}


def _ended(task: Task) -> tuple[bool, float]:
    """When a task ended, to sort by; unknown comes last."""
    return (True, 0.0) if task.ended_at is None else (False, task.ended_at.timestamp())
