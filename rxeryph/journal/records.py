"""What is in a record: what one poll showed that was not known before.

It is JSON in UTF-8. Events and snapshots are written as in a recording, without secrets:
``{"rxeryph": "record", "version": 1, "operation": {...}, "events": [{"type": "status", "operation": 1, ...}, ...]}``.
``operation`` is the snapshot without its tasks, log entries, resources and projects. Those are in the events of this
record and of all before it, so a snapshot is rebuilt by folding the records of its operation, from the first one on.
For the same reason a log entry is without its task.
Records about the submit of an operation (``intents``) are counted, and have no events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, cast

from ..errors import WireError
from ..events import (
    AnyEvent,
    LogEntryAdded,
    OperationFinished,
    ProjectAdded,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
    TrackingFailed,
    is_change,
)
from ..model import LogEntry, Operation, OperationResource, Project, Task
from ..model.value import Value
from ..outcome import OperationResult
from ..tracking import NOTHING_KNOWN, Known, observe
from ..wire.event import dump_event, load_event
from ..wire.operation import load_operation
from ..wire.snapshot import dump_snapshot
from .envelope import UnreadableError, packed, unpacked
from .intents import KINDS, is_about_submit
from .protocol import Record

_NOTHING: Mapping[str, Any] = dict.fromkeys(("resources", "log_entries", "projects", "tasks"), ())
"""The collections of a snapshot, which are not in its record."""

_PARTS = tuple(each.name for each in fields(Operation) if each.name not in _NOTHING)
_parts_of = attrgetter(*_PARTS)

SNAPSHOT = 1
"""The number of the snapshot, by which events refer to it."""


def dump_events(events: Sequence[AnyEvent]) -> bytes:
    """The data of a record with the events that one snapshot brought, of which there is at least one.

    Raises ValueError for other events: that a poll failed, for example, concerns only the process that polls.
    """
    return Dump()(events)


class Dump:
    """``dump_events`` for the records of one operation. What most of them repeat is converted once."""

    def __init__(self) -> None:
        self._parts: tuple[object, ...] = ()
        self._head: dict[str, object] = {}

    def __call__(self, events: Sequence[AnyEvent]) -> bytes:
        snapshot = events[0].operation if events else None
        if snapshot is None or not all(_is_shown(event) and event.operation is snapshot for event in events):
            raise ValueError("A record has the changes that one snapshot shows, and nothing else.")
        parts = _parts_of(snapshot)
        if parts != self._parts:
            head = replace(snapshot, **_NOTHING)
            self._head = {name: value for name, value in dump_snapshot(head).items() if value != []}
            self._parts = parts
        return packed(
            {"operation": self._head, "events": [dump_event(_without_task(event), _number) for event in events]}
        )


def is_first(record: Record) -> bool:
    """True if no record before it shows the operation. Quick: it is read only as far as it must be."""
    if record.number == 0:
        return not is_intent(record)
    return b'"type":"status"' in record.data and any(
        isinstance(event, StatusChanged) and event.previous is None for event in _events(record)
    )


def is_intent(record: Record) -> bool:
    """True if it is about the submit of the operation. Quick, as ``is_first``."""
    is_likely = any(b'"%s"' % kind.encode() in record.data for kind in KINDS)
    return is_likely and is_about_submit(unpacked(record))


def is_last(record: Record) -> bool:
    """True if the operation ends with this record. Quick, as ``is_first``."""
    return b'"finished"' in record.data and any(isinstance(event, OperationFinished) for event in _events(record))


class Head(NamedTuple):
    """The snapshot in a record, which has no collections."""

    data: object
    """It as JSON."""
    operation: Operation
    complete: Callable[..., Operation]
    """Returns it with collections."""


@dataclass(frozen=True, slots=True)
class Folded(Value):
    """What the records of one operation say, from the first to any other. It never changes."""

    known: Known = NOTHING_KNOWN
    """What the writer of the last record knew. Observing the next snapshot from here continues its work."""
    next: int = 0
    """The number of the next record."""
    is_finished: bool = False
    """True if the last event was read: nothing will follow."""
    head: Head | None = field(default=None, repr=False, compare=False)
    """The snapshot in the last record. Most records repeat that of the one before."""

    def after(
        self, record: Record, conclude: Callable[[Operation], OperationResult] = OperationResult
    ) -> tuple[Folded, tuple[AnyEvent, ...]]:
        """What the records say including the next one, and the events in that one.

        The events have the snapshots they were seen in, but for three differences: the collections of a snapshot are
        in the order in which their items came, ``log_entries`` are those of the record, and secrets are left out.
        ``conclude`` makes the result. Raises JournalError for a record that is not the next one, or cannot be read.
        """
        if record.number < 0:
            raise UnreadableError(record, "another program wrote it")
        if record.number != self.next:
            reason = f"record {self.next} should be there instead; the journal has lost or deleted it"
            raise UnreadableError(record, reason)
        content = unpacked(record)
        if is_about_submit(content):
            return replace(self, next=self.next + 1), ()
        head = self.head
        if head is None or content.get("operation") != head.data:
            head = _loaded_head(content, record)
        events = _loaded_events(content, record, head)
        snapshot = _rebuilt(self.known, head, events)
        known, _ = observe(self.known, snapshot)
        whole = tuple(_completed(event, known, conclude) for event in events)
        is_finished = self.is_finished or any(isinstance(event, OperationFinished) for event in events)
        return Folded(known, self.next + 1, is_finished, head), whole


def _is_shown(event: AnyEvent) -> bool:
    """True for a change of the operation; an event about tracking itself is none."""
    return is_change(event) and not isinstance(event, TrackingFailed)


def _number(snapshot: Operation) -> int:
    return SNAPSHOT


def _without_task(event: AnyEvent) -> AnyEvent:
    """A log entry without its task, of which there is an event of its own."""
    return replace(event, task=None) if isinstance(event, LogEntryAdded) else event


def _events(record: Record) -> Sequence[AnyEvent]:
    content = unpacked(record)
    return () if is_about_submit(content) else _loaded_events(content, record, _loaded_head(content, record))


def _loaded_head(content: Mapping[str, object], record: Record) -> Head:
    data = content.get("operation")
    try:
        operation = load_operation(data)
    except WireError as error:
        raise _unexpected(record, error) from error
    return Head(data, operation, partial(Operation, **dict(zip(_PARTS, _parts_of(operation), strict=True))))


def _loaded_events(content: Mapping[str, object], record: Record, head: Head) -> list[AnyEvent]:
    found = content.get("events")
    if not isinstance(found, list):
        raise UnreadableError(record, "it has no list of events")
    operation = head.operation
    try:
        events = [cast(AnyEvent, load_event(each, {SNAPSHOT: operation})) for each in found]
    except WireError as error:
        raise _unexpected(record, error) from error
    ids = {operation.id, *(each.operation_id for each in events)}
    if not all(map(_is_shown, events)) or ids != {record.operation_id}:
        raise UnreadableError(record, "its events are not changes of this operation")
    return events


def _unexpected(record: Record, error: WireError) -> UnreadableError:
    return UnreadableError(record, f"expected {error.expected} at {error.path}, got {error.got}")


def _rebuilt(known: Known, head: Head, events: Sequence[AnyEvent]) -> Operation:
    """The snapshot in which ``events`` were seen."""
    before = known.operation or head.operation
    entries: list[LogEntry] = []
    tasks: dict[str, Task] = {}
    resources: list[OperationResource] = []
    projects: list[Project] = []
    for event in events:
        match event:
            case LogEntryAdded():
                entries.append(event.entry)
            case TaskAdded() | TaskUpdated():
                tasks[event.task.id] = event.task
            case ResourceAdded():
                resources.append(event.resource)
            case ProjectAdded():
                projects.append(event.project)
    return head.complete(
        # An unchanged collection stays the same object, which ``observe`` does not look into.
        resources=(*before.resources, *resources) if resources else before.resources,
        projects=(*before.projects, *projects) if projects else before.projects,
        tasks=tuple({**known.tasks, **tasks}.values()) if tasks else before.tasks,
        log_entries=tuple(entries),
    )


def _completed(event: AnyEvent, known: Known, conclude: Callable[[Operation], OperationResult]) -> AnyEvent:
    """The event with its whole snapshot."""
    operation = known.operation
    assert operation is not None
    if isinstance(event, OperationFinished):
        complete = known.complete_operation
        assert complete is not None
        return replace(event, operation=complete, result=conclude(complete))
    if isinstance(event, LogEntryAdded):
        return LogEntryAdded(event.operation_id, operation, event.entry, known.tasks.get(event.entry.task_id))
    return replace(event, operation=operation)
