"""One task while it runs, and the commits in which it begins and ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..database import Database
from ..rows import TERMINAL, OperationRow, TaskRow
from ..timeline import Signal, Timeline
from .logs import LogStore
from .steps import Log, Task, TaskCancelled, TaskFailed

FORGOTTEN_AFTER = 60.0
"""Seconds after the end of an operation. Tasks that end later than that are not recorded as ended."""


@dataclass(slots=True, eq=False)
class TaskRun:
    """The ``Run`` that is passed to the steps of a task."""

    database: Database
    timeline: Timeline
    logs: LogStore
    operation: OperationRow
    task: TaskRow
    script: Task
    path: str
    """The names of the tasks above it and its own, separated by slashes."""
    has_effect: bool
    """Whether its completion changes the database. A scripted task has no effect before ``Usual``."""
    is_cancel_requested: bool = False
    is_orphan: bool = False
    error: TaskFailed | TaskCancelled | None = None
    done: Signal = field(default_factory=Signal)

    @property
    def now(self) -> float:
        return self.timeline.now

    def log(self, line: Log) -> None:
        self.logs.send(self.operation, self.task, line)

    def accept(self, now: int) -> None:
        """Store that the task and its operation began to run at ``now``."""
        operation = self.operation
        if self.task.status not in TERMINAL:
            self.task.status, self.task.started_at = "Running", now
        if operation.status not in TERMINAL:
            operation.status = operation.status_message = "Running"
            operation.started_at = operation.started_at or now
        operation.changed()

    def end(self, now: int) -> None:
        """Store that the task ended at ``now``, and the operation with it if this is its first task."""
        operation = self.operation
        operation.changed()
        if operation.ended_at is not None:
            # A correlation id that is used again begins the work again, after the end of its operation.
            since = max(operation.ended_at, self._begun())
            if now - since > FORGOTTEN_AFTER * 10_000_000:
                return
        if self.task.status in TERMINAL:  # cancelled by the housekeeping
            return
        if self.error is None and self.has_effect and self.script.on_completed is not None:
            self.script.on_completed(self)
        if self.is_orphan:
            return
        status, message = self._outcome()
        if status == "Completed":
            self.task.progress = 100
        self.task.status, self.task.ended_at = status, now
        if self.task.parent_id == operation.id and operation.status not in TERMINAL:
            operation.status, operation.status_message, operation.ended_at = status, message, now

    def _begun(self) -> int:
        """When the first task above it was created."""
        tasks = {task.id: task for task in self.operation.tasks}
        task = self.task
        while task.parent_id in tasks:
            task = tasks[task.parent_id]
        return task.created

    def _outcome(self) -> tuple[str, str]:
        match self.error:
            case None:
                return "Completed", "Completed"
            case TaskFailed():
                return "Failed", str(self.error)
            case _:
                return "Cancelled", "Cancelled"
