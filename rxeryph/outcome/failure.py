"""Why an operation failed, derived from what the server shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from ..model import LogEntry, Operation, OperationStatus, Task
from ..model.task_tree import by_id, walk_down, walk_up
from ..model.value import Value


@dataclass(frozen=True, slots=True)
class Failure(Value):
    """Why an operation failed, derived from what the server shows: its log entries have no level.

    ``status_message`` is the server's text. ``task`` is where the failure began: a failed task with no failed task
    below it. If there are several, it is the one that ended first, or the deepest if the server does not say when.
    ``ancestors`` lead from its parent up to the primary task. ``entries`` are the log entries of ``task``, then of
    the tasks below it, then of its failed ancestors.
    """

    status_message: str
    task: Task | None
    ancestors: tuple[Task, ...]
    entries: tuple[LogEntry, ...]


def find_failure(operation: Operation) -> Failure:
    """Derive why ``operation`` failed, see ``Failure``."""
    message = operation.status_message or operation.status.value
    tasks = by_id(operation.tasks)
    rows = list(walk_down(tasks))
    first = min(_failed_leaves(rows), key=lambda place: _ended_first(*rows[place]), default=None)
    if first is None:
        return Failure(message, None, (), ())
    depth, leaf = rows[first]
    ancestors = tuple(tasks[each] for each in walk_up(tasks, leaf.id) if each in tasks and each != leaf.id)
    below = takewhile(lambda row: row[0] > depth, rows[first + 1 :])
    rank = {task.id: 1 for _, task in below}
    rank |= {task.id: 2 + place for place, task in enumerate(ancestors) if task.status == OperationStatus.FAILED}
    rank[leaf.id] = 0
    entries = [entry for entry in operation.log_entries if entry.task_id in rank]
    entries.sort(key=lambda entry: (rank[entry.task_id], entry.ticks, entry.id))
    return Failure(message, leaf, ancestors, tuple(entries))


def _failed_leaves(rows: Sequence[tuple[int, Task]]) -> list[int]:
    """The places in ``rows`` of the failed tasks that have no failed task below them."""
    failed: list[int] = []
    above: set[str] = set()
    """The ids of tasks with a failed task below them."""
    path: list[str] = []
    for place, (depth, task) in enumerate(rows):
        del path[depth:]
        if task.status == OperationStatus.FAILED:
            failed.append(place)
            above.update(takewhile(lambda each: each not in above, reversed(path)))
        path.append(task.id)
    return [place for place in failed if rows[place][1].id not in above]


def _ended_first(depth: int, task: Task) -> tuple[bool, float, int]:
    """Sorts by the time of the end, unknown times last, then the deepest first."""
    return task.ended_at is None, task.ended_at.timestamp() if task.ended_at else 0.0, -depth
