"""The tasks of one operation as a tree. This module has the only walks over tasks.

The order is the same everywhere: parents before children, and siblings by ``created``, then by id. Tasks without
``created`` come after those with it; servers before API 1.2 send none. A task is a root if its parent is not among
the tasks. If parents form a circle, its first task by that order is a root,
and it comes after all other roots.

Tasks are given by id, so that none occurs twice. The time grows with their number and with nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from .operation import Task


def by_id(tasks: Iterable[Task]) -> dict[str, Task]:
    """The tasks by id; the last one where an id occurs twice."""
    return {task.id: task for task in tasks}


def sibling_order(task: Task) -> tuple[bool, float, str]:
    """The key that siblings are sorted by."""
    return task.created is None, task.created.timestamp() if task.created else 0.0, task.id


def walk_down(tasks: Mapping[str, Task]) -> Iterator[tuple[int, Task]]:
    """Yield each task once with its depth (0 for roots): a task, then everything below it, then its next sibling."""
    ordered = sorted(tasks.values(), key=sibling_order)
    roots: list[Task] = []
    children: dict[str, list[Task]] = {}
    for task in ordered:
        siblings = children.setdefault(task.parent_task_id, []) if task.parent_task_id in tasks else roots
        siblings.append(task)
    placed: set[str] = set()
    # Evaluated lazily: once the roots are done, only tasks in or below a circle are left.
    circles = (_first_of_circle(tasks, task) for task in ordered if task.id not in placed)
    for root in chain(roots, circles):
        pending = [(0, root)]
        while pending:
            depth, task = pending.pop()
            if task.id not in placed:
                placed.add(task.id)
                yield depth, task
                pending += ((depth + 1, child) for child in reversed(children.get(task.id, ())))


def walk_up(tasks: Mapping[str, Task], task_id: str) -> Iterator[str]:
    """Yield ``task_id``, the id of its parent, and so on, each once.

    The last one is the id of the operation or of a task that was not shown, unless the parents form a circle.
    """
    passed: set[str] = set()
    while task_id not in passed:
        passed.add(task_id)
        yield task_id
        task = tasks.get(task_id)
        if task is None:
            return
        task_id = task.parent_task_id


def _first_of_circle(tasks: Mapping[str, Task], task: Task) -> Task:
    *_, inside = walk_up(tasks, task.id)
    return min((tasks[each] for each in walk_up(tasks, inside)), key=sibling_order)
