"""Finds the tasks with a given name, and the events about them, for ``for_task``."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from ..events import LogEntriesAdded, LogEntryAdded, TaskAdded, TaskUpdated
from ..model import Task
from ..model.task_tree import walk_up

OfTask: TypeAlias = TaskAdded | TaskUpdated | LogEntryAdded | LogEntriesAdded
"""Events about a task. ``LogEntriesAdded`` comes from ``batch_logs``."""


class TasksCalled:
    """The tasks of one operation seen so far. Selects those named ``wanted``, with ``subtree`` also those below."""

    def __init__(self, wanted: str, subtree: bool) -> None:
        self._wanted = wanted.casefold()
        self._command = _command(wanted)
        self._subtree = subtree
        self._known: dict[str, Task] = {}
        self._snapshot: tuple[Task, ...] = ()

    def select(self, event: OfTask) -> OfTask | None:
        """``event``, or the part of it that is about the wanted tasks; None if it is about others."""
        if event.operation.tasks is not self._snapshot:
            self._snapshot = event.operation.tasks
            self._known.update((task.id, task) for task in self._snapshot)
        if isinstance(event, LogEntriesAdded):
            entries = tuple(entry for entry in event.entries if self._belongs(entry.task_id))
            return replace(event, entries=entries) if entries else None
        if isinstance(event, LogEntryAdded):
            if event.task is not None:
                self._known.setdefault(event.task.id, event.task)
            return event if self._belongs(event.entry.task_id) else None
        self._known[event.task.id] = event.task
        return event if self._belongs(event.task.id) else None

    def _belongs(self, task_id: str) -> bool:
        if self._subtree:
            return any(map(self._is_wanted, walk_up(self._known, task_id)))
        return self._is_wanted(task_id)

    def _is_wanted(self, task_id: str) -> bool:
        if task_id.casefold() == self._wanted:
            return True
        task = self._known.get(task_id)
        if task is None:
            return False
        return _command(task.name) == self._command or (task.display_name or "").casefold() == self._wanted


def _command(name: str) -> str:
    folded = name.casefold()
    return folded.removesuffix("command") or folded
