"""What a person wants to see of a running operation: its phase, and percentages where tasks report them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..events import AnyEvent, LogEntryAdded, OperationFinished, StatusChanged, TaskAdded, TaskUpdated
from ..model import LogEntry, OperationStatus, Task


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of one operation, folded from its events: ``progress = progress.after(event)``.

    There is no overall percentage: the server adds tasks while it works, so any total would be invented.
    """

    operation_id: str
    status: OperationStatus = OperationStatus.QUEUED
    tasks: Mapping[str, Task] = field(default_factory=dict)
    newest_entry: LogEntry | None = None

    def after(self, event: AnyEvent) -> Progress:
        """The progress after ``event``."""
        match event:
            case StatusChanged(status=status):
                return replace(self, status=status)
            case TaskAdded(task=task) | TaskUpdated(task=task):
                return replace(self, tasks={**self.tasks, task.id: task})
            case LogEntryAdded(entry=entry):
                return replace(self, newest_entry=entry)
            case OperationFinished(result=result):
                return replace(self, status=result.status)
            case _:
                return self

    @property
    def title(self) -> str | None:
        """Title of the primary task, None until it is there."""
        return next((t.title for t in self.tasks.values() if t.parent_task_id == self.operation_id), None)

    @property
    def phase(self) -> str | None:
        """Title of the nearest named ancestor of the task that wrote the newest entry.

        Before any entry it is the deepest running task with a display name. None where nothing has a name.
        """
        if self.newest_entry is not None:
            named = self._nearest_named(self.newest_entry.task_id)
            if named is not None:
                return named.title
        running = [t for t in self.tasks.values() if t.status == OperationStatus.RUNNING and t.display_name]
        deepest = max(running, key=lambda task: (self._depth(task), task.id), default=None)
        return deepest.title if deepest else None

    @property
    def percentages(self) -> Mapping[str, int]:
        """Percent by task title, for running tasks that report one (on today's servers: gene downloads)."""
        found = {}
        for task in self.tasks.values():
            if task.status == OperationStatus.RUNNING and task.percentage is not None:
                found[task.title] = task.percentage
        return found

    @property
    def counts(self) -> Mapping[OperationStatus, int]:
        """How many tasks are in which status, so far."""
        return Counter(task.status for task in self.tasks.values())

    def _way_up(self, task_id: str) -> list[Task]:
        path: list[Task] = []
        task = self.tasks.get(task_id)
        while task is not None and task not in path:
            path.append(task)
            task = self.tasks.get(task.parent_task_id)
        return path

    def _depth(self, task: Task) -> int:
        return len(self._way_up(task.id))

    def _nearest_named(self, task_id: str) -> Task | None:
        return next((task for task in self._way_up(task_id) if task.display_name), None)
