"""``observe(known, snapshot)``: the difference between what was known and a new snapshot, as events."""

from __future__ import annotations

from collections.abc import Mapping
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
from ..model import Operation, OperationResource, Task
from ..model.task_tree import by_id, walk_down
from ..model.value import Value
from .entries import Entries


@dataclass(frozen=True, slots=True)
class Known(Value):
    """All that was seen of one operation so far. It never changes; each snapshot leads to another one.

    An older one still shows what it showed, and any number of successors of the same one are right. The entries of
    the first successor share its memory (see ``Entries``), so a new entry costs the same however many are known.
    """

    operation: Operation | None = None
    """The last snapshot."""
    tasks: Mapping[str, Task] = field(default_factory=dict)
    resources: frozenset[tuple[str, str]] = frozenset()
    projects: frozenset[str] = frozenset()
    entries: Entries = field(default_factory=Entries)

    @property
    def newest(self) -> int | None:
        """Time of the newest log entry, in ticks of the server's clock."""
        return self.entries.newest

    @property
    def complete_operation(self) -> Operation | None:
        """The last snapshot with every log entry that was seen, sorted by the server's time."""
        if self.operation is None:
            return None
        return replace(self.operation, log_entries=self.entries.in_order)


NOTHING_KNOWN = Known()


def observe(known: Known, snapshot: Operation) -> tuple[Known, tuple[AnyEvent, ...]]:
    """Return what is known after ``snapshot``, and the events that lead there.

    Their order: status (not terminal) · projects · resources · tasks added, parents first · tasks updated, parents
    first · log entries by time · terminal status. Only real changes give events: the same snapshot twice gives none.
    Log entries, tasks and projects are identified by id, resources by type and resource id.
    """
    before = known.operation
    if snapshot is before:
        return known, ()
    events: list[AnyEvent] = []
    previous = before.status if before is not None else None
    has_new_status = snapshot.status != previous
    if has_new_status and not snapshot.status.is_terminal:
        events.append(StatusChanged(snapshot.id, snapshot, snapshot.status, previous))
    projects, resources, tasks = known.projects, known.resources, known.tasks
    # A collection that has not changed is often the same object.
    if before is None or snapshot.projects is not before.projects:
        projects = _observe_projects(projects, snapshot, events)
    if before is None or snapshot.resources is not before.resources:
        resources = _observe_resources(resources, snapshot, events)
    if before is None or snapshot.tasks is not before.tasks:
        tasks = _observe_tasks(tasks, snapshot, events)
    entries, new = known.entries.added(snapshot.log_entries)
    events += (LogEntryAdded(snapshot.id, snapshot, entry, tasks.get(entry.task_id)) for entry in new)
    if has_new_status and snapshot.status.is_terminal:
        events.append(StatusChanged(snapshot.id, snapshot, snapshot.status, previous))
    return Known(snapshot, tasks, resources, projects, entries), tuple(events)


def _observe_projects(known: frozenset[str], snapshot: Operation, events: list[AnyEvent]) -> frozenset[str]:
    added = {project.id: project for project in snapshot.projects if project.id not in known}
    events += (ProjectAdded(snapshot.id, snapshot, project) for project in added.values())
    return known | added.keys() if added else known


def _observe_resources(
    known: frozenset[tuple[str, str]], snapshot: Operation, events: list[AnyEvent]
) -> frozenset[tuple[str, str]]:
    added: dict[tuple[str, str], OperationResource] = {}
    for resource in snapshot.resources:
        key = (resource.resource_type.value, resource.resource_id)
        if key not in known:
            added.setdefault(key, resource)
    events += (ResourceAdded(snapshot.id, snapshot, resource) for resource in added.values())
    return known | added.keys() if added else known


def _observe_tasks(known: Mapping[str, Task], snapshot: Operation, events: list[AnyEvent]) -> Mapping[str, Task]:
    shown = by_id(snapshot.tasks)
    added = {id: task for id, task in shown.items() if id not in known}
    updated = {id: task for id, task in shown.items() if id in known and known[id] is not task and known[id] != task}
    if not added and not updated:
        return known
    events += (TaskAdded(snapshot.id, snapshot, task) for _, task in walk_down(added))
    events += (TaskUpdated(snapshot.id, snapshot, task, known[task.id]) for _, task in walk_down(updated))
    return {**known, **added, **updated}
