"""The progress of an operation for a person: its tasks, its phase, and the percentages they report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..events import (
    Event,
    LogEntriesAdded,
    LogEntryAdded,
    OperationFinished,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from ..model import LogEntry, Operation, OperationStatus, Task
from ..model.task_tree import by_id, sibling_order, walk_down, walk_up
from ..model.value import Value
from .entries import moment


@dataclass(frozen=True, slots=True)
class TaskNode(Value):
    """A task and the tasks below it."""

    task: Task
    children: tuple[TaskNode, ...] = ()

    @property
    def duration(self) -> float | None:
        """Seconds the task took, see ``Task.duration``."""
        return self.task.duration


@dataclass(frozen=True, slots=True)
class Progress(Value):
    """The state of one operation, folded from its events: ``progress = progress.after(event)``.

    There is no overall percentage: the server adds tasks while it works, so any total would be made up.
    """

    operation_id: str
    status: OperationStatus = OperationStatus.QUEUED
    tasks: Mapping[str, Task] = field(default_factory=dict)
    """The tasks by id, as they were last shown."""
    newest_entry: LogEntry | None = None
    """The latest entry by the server's time, then by id; it need not be the one that arrived last."""

    @classmethod
    def of(cls, operation: Operation) -> Progress:
        """The progress that a snapshot shows. It equals the folded one if the snapshot has all log entries."""
        return cls(operation.id, operation.status, by_id(operation.tasks), _newest(operation.log_entries))

    def after(self, event: Event) -> Progress:
        """The progress after ``event``, which is this object if nothing changes.

        A task that is new or has changed costs a copy of the mapping of tasks.
        """
        match event:
            case LogEntryAdded(entry=entry):
                return self._with_newer(entry)
            case TaskAdded(task=task) | TaskUpdated(task=task):
                if self.tasks.get(task.id) == task:
                    return self
                return replace(self, tasks={**self.tasks, task.id: task})
            case LogEntriesAdded(entries=entries):
                return self._with_newer(_newest(entries))
            case StatusChanged(status=status):
                return self if status == self.status else replace(self, status=status)
            case OperationFinished(result=result):
                return self if result.status == self.status else replace(self, status=result.status)
            case _:
                return self

    @property
    def title(self) -> str | None:
        """Title of the primary task; None as long as there is none."""
        primary = (task for task in self.tasks.values() if task.parent_task_id == self.operation_id)
        found = min(primary, key=sibling_order, default=None)
        return found.title if found else None

    @property
    def phase(self) -> str | None:
        """What the operation does now: the title of a task with a display name that has not ended, or None.

        It is the task that wrote the newest entry, or else the nearest one above it. If there is none, it is the
        deepest running task.
        """
        if self.newest_entry is not None:
            way = (self.tasks.get(each) for each in walk_up(self.tasks, self.newest_entry.task_id))
            for task in way:
                if task is not None and task.display_name and not task.status.is_terminal:
                    return task.title
        running = (row for row in walk_down(self.tasks) if row[1].status == OperationStatus.RUNNING)
        named_running = [(depth, task) for depth, task in running if task.display_name]
        _, deepest = max(named_running, key=lambda row: row[0], default=(0, None))
        return deepest.title if deepest else None

    @property
    def percentages(self) -> Mapping[str, int]:
        """Percent by task id, for running tasks that report one. On current servers these are gene downloads."""
        return {
            task.id: task.percentage
            for task in self.tasks.values()
            if task.status == OperationStatus.RUNNING and task.percentage is not None
        }

    @property
    def counts(self) -> Mapping[OperationStatus, int]:
        """The number of tasks in each status, so far."""
        return Counter(task.status for task in self.tasks.values())

    @property
    def tree(self) -> tuple[TaskNode, ...]:
        """The tasks as a tree, each once, in the order of ``rxeryph.model.task_tree``. Built on each access."""
        nodes: dict[int, list[TaskNode]] = {}
        """By depth, the nodes without a parent yet, from right to left: children are built before their parents."""
        for depth, task in reversed(tuple(walk_down(self.tasks))):
            children = nodes.pop(depth + 1, ())
            nodes.setdefault(depth, []).append(TaskNode(task, tuple(reversed(children))))
        return tuple(reversed(nodes.get(0, ())))

    def looks_like(self, other: Progress) -> bool:
        """True if a display of both is the same: the status, the tasks and the phase are, whatever was logged."""
        is_same = self.status == other.status and (self.tasks is other.tasks or self.tasks == other.tasks)
        return is_same and self.phase == other.phase

    def _with_newer(self, entry: LogEntry | None) -> Progress:
        if entry is None or (self.newest_entry is not None and moment(entry) <= moment(self.newest_entry)):
            return self
        return replace(self, newest_entry=entry)


def _newest(entries: Iterable[LogEntry]) -> LogEntry | None:
    return max(entries, key=moment, default=None)
