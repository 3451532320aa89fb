"""The result of an operation: how it ended, its log, and the resources it touched."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import OperationCancelledError, OperationFailedError
from ..model import LogEntry, Operation, OperationResource, OperationStatus, Project, ResultValue, Task
from ..model.text import quoted
from .failure import Failure, find_failure
from .fetching import Fetching
from .report import Report


@dataclass(frozen=True, slots=True)
class OperationResult(Fetching):
    """The end of an operation, for Completed, Failed and Cancelled alike.

    A value holds the final snapshot and reads everything else from it, without a request. Only
    ``fetch_resources()`` and the properties named after a noun of the server (``catlet``, ``virtual_disks``,
    ``project`` ...) ask the server, on the calling thread, and raise what goes wrong there; they come from
    ``Fetching``. There are many members because a script reads all it needs from here.
    """

    operation: Operation
    """The final snapshot with every log entry, sorted by the server's time."""

    @property
    def status(self) -> OperationStatus:
        """How it ended."""
        return self.operation.status

    @property
    def succeeded(self) -> bool:
        """True for Completed. This does not promise that the catlet is in the state that was requested."""
        return self.status == OperationStatus.COMPLETED

    @property
    def failed(self) -> bool:
        """True for Failed."""
        return self.status == OperationStatus.FAILED

    @property
    def cancelled(self) -> bool:
        """True for Cancelled, also if the server's own time limit of one day cancelled it."""
        return self.status == OperationStatus.CANCELLED

    @property
    def status_message(self) -> str:
        """The server's text; the error text if it failed."""
        return self.operation.status_message or self.status.value

    @property
    def result_type(self) -> str | None:
        """The type of the result. None for most operations; creating a catlet has none, see ``catlet``."""
        return None if self.operation.result is None else self.operation.result.result_type

    @property
    def typed_result(self) -> ResultValue | None:
        """The result itself; an ``UnknownResult`` if this version of the library does not know its type."""
        return self.operation.result

    @property
    def resources(self) -> tuple[OperationResource, ...]:
        """The resources the operation touched, deleted ones included."""
        return self.operation.resources

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks. Some may still be Running, because a failed operation does not stop its other tasks."""
        return self.operation.tasks

    @property
    def log_entries(self) -> tuple[LogEntry, ...]:
        """Every log entry that was seen, sorted by the server's time."""
        return self.operation.log_entries

    @property
    def projects(self) -> tuple[Project, ...]:
        """The projects the operation belongs to."""
        return self.operation.projects

    @property
    def failure(self) -> Failure | None:
        """Why it failed, derived (see ``Failure``); None unless it failed."""
        return find_failure(self.operation) if self.failed else None

    def __bool__(self) -> bool:
        raise TypeError("a result is not a boolean, because a failed one would be True; use result.succeeded")

    def report(self) -> Report:
        """All that is known about the operation: text when printed, data with ``to_dict()``."""
        return Report(self.operation)

    def raise_for_status(self) -> OperationResult:
        """Return the result itself if it succeeded.

        Raises OperationFailedError or OperationCancelledError, with the operation attached.
        """
        if self.succeeded:
            return self
        operation = self.operation
        name = f"Operation {operation.id}" + (f" ({operation.title})" if operation.title else "")
        if self.cancelled:
            raise OperationCancelledError(
                f"{name} was cancelled: {self.status_message}",
                operation_id=operation.id,
                operation=operation,
            )
        failure = find_failure(operation)
        task = failure.task if failure.task is not operation.primary_task else None
        where = f" in task {quoted(task.title, 200)}" if task else ""
        raise OperationFailedError(
            f"{name} failed{where}: {failure.status_message}",
            operation_id=operation.id,
            operation=operation,
        )
