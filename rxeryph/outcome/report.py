"""All that a snapshot shows of an operation, for a person who looks for what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from ..model import LogEntry, Operation, OperationStatus, Task
from ..model.plain import to_plain
from ..model.task_tree import by_id, walk_down
from ..model.text import escaped, one_line
from ..model.timestamps import seconds_between
from ..model.value import Value
from .failure import Failure, find_failure

LAST_ENTRIES = 10
"""How many log entries of failed tasks a report shows."""


@dataclass(frozen=True, slots=True)
class Report(Value):
    """A snapshot with what can be derived from it. ``str(report)`` is readable, ``to_dict()`` is JSON-ready data.

    Make it of a snapshot that was fetched with its tasks, log entries, resources and projects. It sends no request.
    Times are the server's; servers before API 1.2 send few of them, and the others are None.
    """

    operation: Operation

    @property
    def updated_at(self) -> datetime | None:
        """The newest time in the snapshot. Derived: the server does not show when it last changed."""
        operation = self.operation
        times = [operation.created, operation.started_at, operation.ended_at]
        for task in operation.tasks:
            times += (task.created, task.started_at, task.ended_at)
        times += (entry.timestamp for entry in operation.log_entries)
        return max((time for time in times if time is not None), default=None)

    @property
    def queue_time(self) -> float | None:
        """Seconds from created to started."""
        return seconds_between(self.operation.created, self.operation.started_at)

    @property
    def run_time(self) -> float | None:
        """Seconds from started to ended."""
        return self.operation.duration

    @property
    def task_tree(self) -> tuple[tuple[int, Task], ...]:
        """Every task with its depth, 0 for the primary task; parents first, siblings by creation, then by id."""
        return tuple(walk_down(by_id(self.operation.tasks)))

    @property
    def failure(self) -> Failure | None:
        """Why it failed, derived; None unless it failed."""
        return find_failure(self.operation) if self.operation.status == OperationStatus.FAILED else None

    @property
    def failed_entries(self) -> tuple[LogEntry, ...]:
        """The last 10 log entries of failed tasks, oldest first: the closest to errors, as entries have no level."""
        failed = {task.id for task in self.operation.tasks if task.status == OperationStatus.FAILED}
        entries = [entry for entry in self.operation.log_entries if entry.task_id in failed]
        return tuple(sorted(entries, key=lambda entry: (entry.ticks, entry.id))[-LAST_ENTRIES:])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What looks wrong: tasks that have not ended although the operation has."""
        if not self.operation.status.is_terminal:
            return ()
        return tuple(
            one_line(f"Task {task.id} ({task.title}) is {task.status.value} although the operation has ended.")
            for _, task in self.task_tree
            if not task.status.is_terminal
        )

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data: the operation without its log and the content of its result, and what is derived from it.

        Unknown values are left out.
        """
        operation, failure = self.operation, self.failure
        data = to_plain(operation)
        assert isinstance(data, dict)
        for name in ("log_entries", "result"):
            data.pop(name, None)
        derived = {
            "result_type": operation.result and operation.result.result_type,
            "updated_at": self.updated_at,
            "queue_time": self.queue_time,
            "run_time": self.run_time,
            "tasks": [_task_data(depth, task) for depth, task in self.task_tree],
            "failure": failure and {"task_id": failure.task and failure.task.id, "message": failure.status_message},
            "failed_entries": self.failed_entries,
            "warnings": self.warnings,
        }
        return data | {name: to_plain(value) for name, value in derived.items() if value is not None}

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, zone: tzinfo | None = UTC) -> Iterator[str]:
        """The lines of ``str(report)`` with the times in a time zone; None is the one of this machine."""
        return map(escaped, self._lines(zone))

    def _lines(self, zone: tzinfo | None) -> Iterator[str]:
        operation, failure = self.operation, self.failure
        yield f"Operation {operation.id}: {operation.status.value}"
        facts = (
            ("message", one_line(operation.status_message or "")),
            ("requested by", operation.requested_by),
            ("created", _shown(zone, operation.created)),
            ("started", _shown(zone, operation.started_at, self.queue_time, "after {:.1f} s in the queue")),
            ("ended", _shown(zone, operation.ended_at, self.run_time, "after {:.1f} s")),
            ("updated", _shown(zone, self.updated_at, self.updated_at, "newest known time")),
            ("result", operation.result and operation.result.result_type),
            ("failed in", failure and ", in ".join(_titles(failure))),
        )
        for name, value in facts:
            if value:
                yield f"  {name:<13} {value}"
        titles = {task.id: one_line(task.title) for task in operation.tasks}
        yield from _section("Tasks", (_task_line(depth, task) for depth, task in self.task_tree))
        yield from _section("Resources", (f"{r.resource_type.value} {r.resource_id}" for r in operation.resources))
        yield from _section("Projects", (f"{p.name} {p.id}" if p.name else p.id for p in operation.projects))
        yield from _section(
            f"Last {LAST_ENTRIES} lines of failed tasks",
            (
                f"{e.timestamp.astimezone(zone):%H:%M:%S} {titles[e.task_id]}: {one_line(e.message)}"
                for e in self.failed_entries
            ),
        )
        yield from _section("Warnings", self.warnings)


def _task_data(depth: int, task: Task) -> dict[str, object]:
    data = to_plain(task)
    assert isinstance(data, dict)
    del data["progress"]
    known = {"title": task.title, "depth": depth, "progress": _reported(task), "duration": task.duration}
    return data | {name: value for name, value in known.items() if value is not None}


def _task_line(depth: int, task: Task) -> str:
    percent, duration = _reported(task), task.duration
    shown = "" if percent is None else f" at {percent} %"
    shown += "" if duration is None else f" in {duration:.1f} s"
    return f"{'  ' * depth}{task.status.value}{shown}: {one_line(task.title)}  {task.id}"


def _reported(task: Task) -> int | None:
    """The percentage that the task itself reported; the server shows 100 for every completed task."""
    return task.progress if task.progress > 0 and task.status != OperationStatus.COMPLETED else None


def _titles(failure: Failure) -> list[str]:
    return [one_line(task.title) for task in (failure.task, *failure.ancestors) if task is not None]


def _section(title: str, lines: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    found = [f"  {line}" for line in lines]
    if found:
        yield from ("", f"{title}:", *found)


def _shown(zone: tzinfo | None, time: datetime | None, known: object = None, note: str = "") -> str | None:
    if time is None:
        return None
    shown = time.astimezone(zone).isoformat(" ", "seconds")
    if zone is UTC:
        shown = shown.replace("+00:00", "Z")
    return shown + (f" ({note.format(known)})" if known is not None else "")
