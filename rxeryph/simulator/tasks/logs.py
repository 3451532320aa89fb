"""Log lines on their way into the database."""

from __future__ import annotations

from ..clock import ticks_at
from ..database import Database
from ..rows import LogRow, OperationRow, TaskRow
from ..timeline import Process, Timeline
from .latency import Latency
from .steps import Log


class LogStore:
    """Stores lines independently of all other commits, so that they may be late or out of order."""

    def __init__(self, database: Database, timeline: Timeline, latency: Latency) -> None:
        self._database = database
        self._timeline = timeline
        self._latency = latency

    def send(self, operation: OperationRow, task: TaskRow, line: Log) -> None:
        """Store a line of ``task`` after a short moment and the delay of the line."""
        self._timeline.spawn(self._store(operation, task, line), after=self._latency.log_line(line.late))

    def _store(self, operation: OperationRow, task: TaskRow, line: Log) -> Process:
        for attempt in range(1, 6):
            if task.status != "Queued":
                break
            yield 0.1 * attempt
        entries = operation.log_entries
        ticks = ticks_at(self._timeline.now - line.stamped_before)
        if line.same_stamp and entries:
            ticks = max(entry.ticks for entry in entries)
        entries.append(LogRow(self._database.new_id(), task.id, line.message, ticks))
        if line.progress > task.progress:
            task.progress = line.progress
            operation.changed()
