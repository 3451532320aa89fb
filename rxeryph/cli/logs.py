"""The log lines of operations, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..model import LogEntry, Operation, Task
from ..model.plain import to_plain
from ..model.task_tree import by_id, walk_up
from ..model.text import one_line
from .journaled import so_far
from .options import Format
from .output.machines import json_line, yaml_text
from .output.people import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..events import AnyEvent
    from ..outcome import OperationResult
    from ..streams import OperationStream
    from .journaled import Streams
    from .submitting import Asking


@dataclass
class Lines:
    """Which lines are printed, and how. It is a view too, that prints the lines of events.

    ``task`` is a part of the name or title of a task, in any letter case, with or without spaces: a title such as
    "Preparing gene" belongs to a name such as PrepareGeneCommand. With ``several`` operations, each line
    begins with the first characters of the id.
    """

    format: Format
    since: datetime | None
    task: str | None
    tail: int | None
    several: bool
    _printed: set[str] = field(default_factory=set)

    def print(self, operation: Operation) -> int:
        """Print the lines of a snapshot that were not printed before. Returns how many."""
        found = sorted(operation.log_entries, key=lambda each: (each.ticks, each.id))
        chosen = [each for each in found if each.id not in self._printed and self._is_wanted(each, operation)]
        if self.tail is not None:
            del chosen[: max(0, len(chosen) - self.tail)]
        for entry in chosen:
            self._print(operation.id, entry)
        self._printed.update(each.id for each in found)
        return len(chosen)

    def follow(self, source: Streams, server: Asking, streams: Sequence[OperationStream]) -> int:
        """Print what there is, and then each line as it comes. Returns the exit code of the operations."""
        for each in streams:
            operation = so_far(source, each.operation_id)
            if operation is not None:
                self.print(operation)
        following = server.following({each.operation_id: each.operation_id[:8] for each in streams})
        return following.follow(source.track_all(streams), self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def show(self, event: AnyEvent) -> None:
        """Print the line of an event, if it is one."""
        from ..events import LogEntryAdded

        if not isinstance(event, LogEntryAdded) or event.entry.id in self._printed:
            return
        self._printed.add(event.entry.id)
        if self._is_wanted(event.entry, event.operation):
            self._print(event.operation_id, event.entry)

    def name(self, operation_id: str, name: str) -> None:
        """Lines have no names."""

    def tick(self) -> None:
        """Nothing to redraw."""

    def summary(self, results: Mapping[str, OperationResult]) -> None:
        """Nothing but lines."""

    def _is_wanted(self, entry: LogEntry, operation: Operation) -> bool:
        if self.since is not None and entry.timestamp < self.since:
            return False
        if self.task is None:
            return True
        tasks = by_id(operation.tasks)
        above = (tasks.get(each) for each in walk_up(tasks, entry.task_id))
        return any(each is not None and self._is_named(each) for each in above)

    def _is_named(self, task: Task) -> bool:
        wanted = _joined(self.task or "")
        return wanted in _joined(task.title) or wanted in _joined(task.name)

    def _print(self, operation_id: str, entry: LogEntry) -> None:
        if self.format is Format.TABLE:
            of = f"{operation_id[:8]}  " if self.several else ""
            print(f"{of}{clock(entry.timestamp)}  {one_line(entry.message)}", flush=True)
        elif self.format is Format.ID:
            print(one_line(entry.id), flush=True)
        else:
            data = to_plain(entry)
            assert isinstance(data, dict)
            document = {"operation_id": operation_id, **data}
            text = json_line(document) if self.format is Format.JSON else f"---\n{yaml_text(document)}"
            print(text, flush=True)


def _joined(words: str) -> str:
    return "".join(words.split()).casefold()
