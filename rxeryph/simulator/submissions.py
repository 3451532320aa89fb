"""How a change becomes an operation. Its row exists before the answer is sent."""

from __future__ import annotations

from collections.abc import Callable

from . import documents
from .api import Answer, Call
from .database import Database
from .level import Level
from .rows import OperationRow, ProjectRow, Resource
from .tasks.steps import Task
from .tasks.workflow import Workflow


class Submissions:
    """Begins operations."""

    def __init__(self, database: Database, workflow: Workflow, level: Level) -> None:
        self._database = database
        self._workflow = workflow
        self._level = level

    def begin(
        self,
        call: Call,
        script: Task | Callable[[OperationRow], Task],
        correlation_id: str | None = None,
        *,
        resource: tuple[str, Resource] | None = None,
        project: ProjectRow | None = None,
    ) -> Answer:
        """Begin an operation that does ``script`` and refers to a ``resource`` (its type and row) or a ``project``.

        With a ``correlation_id`` that was used before, the old row is reused and the work is done again; what the
        operation referred to is not in the answer.
        """
        operation_id = correlation_id or self._database.new_id()
        row = self._database.operations.get(operation_id)
        shown = ("resources", "projects") if row is None else ()
        if row is None:
            row = OperationRow(operation_id, call.caller.tenant_id, call.caller.client_id, self._workflow.ticks)
            self._database.operations[operation_id] = row
        if resource is not None:
            self._database.attach(row, *resource)
        if project is not None:
            self._database.attach_project(row, project)
        self._workflow.begin(row, script if isinstance(script, Task) else script(row))
        return 202, documents.operation(row, shown, is_old=self._level.is_old)
