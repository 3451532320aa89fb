"""``observe(known, snapshot)``: the difference between what was known and a new snapshot, as events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..events import (
    AnyEvent,
    LogEntryAdded,
    ProjectAdded,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from ..model import LogEntry, Operation, Task
from ..model.task_tree import by_id, walk_down
from ..model.value import Value


@dataclass(frozen=True, slots=True)
class Known(Value):
    """All that was seen of one operation so far; it is never changed, only followed by another."""

    operation: Operation | None = None
    """The last snapshot."""
    tasks: Mapping[str, Task] = field(default_factory=dict)
    resources: frozenset[tuple[str, str]] = frozenset()
    projects: frozenset[str] = frozenset()
    entries: Mapping[str, LogEntry] = field(default_factory=dict)
    newest: int | None = None
    """Time of the newest entry in ticks of the server's clock."""

    @property
    def complete_operation(self) -> Operation | None:
        """The last snapshot with every entry that was seen, sorted by the server's time."""
        if self.operation is None:
            return None
        return replace(self.operation, log_entries=_sorted(self.entries.values()))


NOTHING_KNOWN = Known()


def observe(known: Known, snapshot: Operation) -> tuple[Known, tuple[AnyEvent, ...]]:
    """Return what is known after ``snapshot`` and the events that lead there, in this order.

    Status (not terminal) · projects · resources · tasks added, parents first · tasks updated · log entries
    by time · terminal status. Only real changes give events: the same snapshot twice gives none. Log
    entries are told apart by id, resources by type and resource id.
    """
    before = known.operation
    if snapshot is before:
        return known, ()
    operation_id = snapshot.id
    events: list[AnyEvent] = []

    previous = before.status if before is not None else None
    status_event = None
    if snapshot.status != previous:
        status_event = StatusChanged(operation_id, snapshot, snapshot.status, previous)
        if not snapshot.status.is_terminal:
            events.append(status_event)

    projects = known.projects
    if before is None or snapshot.projects is not before.projects:
        for project in snapshot.projects:
            if project.id not in projects:
                projects |= {project.id}
                events.append(ProjectAdded(operation_id, snapshot, project))

    resources = known.resources
    if before is None or snapshot.resources is not before.resources:
        for resource in snapshot.resources:
            key = (resource.resource_type.value, resource.resource_id)
            if key not in resources:
                resources |= {key}
                events.append(ResourceAdded(operation_id, snapshot, resource))

    tasks = known.tasks
    if before is None or snapshot.tasks is not before.tasks:
        tasks = _observe_tasks(known.tasks, snapshot, events)

    entries = known.entries
    newest = known.newest
    fresh = {entry.id: entry for entry in snapshot.log_entries if entry.id not in entries}
    if fresh:
        entries = {**entries, **fresh}
        in_order = _sorted(fresh.values())
        newest = max(in_order[-1].ticks, newest if newest is not None else in_order[-1].ticks)
        events += (LogEntryAdded(operation_id, snapshot, entry, tasks.get(entry.task_id)) for entry in in_order)

    if status_event is not None and snapshot.status.is_terminal:
        events.append(status_event)
    return Known(snapshot, tasks, resources, projects, entries, newest), tuple(events)


def _observe_tasks(known: Mapping[str, Task], snapshot: Operation, events: list[AnyEvent]) -> Mapping[str, Task]:
    shown = by_id(snapshot.tasks)
    added = {id: task for id, task in shown.items() if id not in known}
    updated = {id: task for id, task in shown.items() if id in known and known[id] is not task and known[id] != task}
    if not added and not updated:
        return known
    events += (TaskAdded(snapshot.id, snapshot, task) for _, task in walk_down(added))
    events += (TaskUpdated(snapshot.id, snapshot, task, known[task.id]) for _, task in walk_down(updated))
    return {**known, **added, **updated}


def _sorted(entries: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.ticks, entry.id)))
