"""Events as JSON and back. A snapshot is written once: events name it by its number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from marshmallow import fields

from ..errors import RxEryphError
from ..events import (
    Dropped,
    Event,
    LogEntriesAdded,
    LogEntryAdded,
    LogsSuppressed,
    OperationFinished,
    PollFailed,
    PollRecovered,
    ProjectAdded,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
    TrackingFailed,
)
from ..model import Operation, OperationStatus
from ..outcome import OperationResult
from ._schema import NounSchema, Open, load, wire_error
from .error import AnyError, Snapshot
from .operation import LogEntrySchema, OperationResourceSchema, TaskSchema
from .project import ProjectSchema

NumberOf = Callable[[Operation], int]
"""The number under which a snapshot is written down."""


class Result(Snapshot):
    """A result, which is the snapshot it was made from; it comes back unconnected."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.operation

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return OperationResult(super()._deserialize(value, attr, data, **kwargs))


class EventSchema(NounSchema):
    model: ClassVar[type[Event]]
    operation_id = fields.String(required=True)


class SeenSchema(EventSchema):
    """An event that was seen in a snapshot."""

    operation = Snapshot(required=True)


class StatusChangedSchema(SeenSchema):
    model = StatusChanged
    status = Open(OperationStatus, required=True)
    previous = Open(OperationStatus)


class ProjectAddedSchema(SeenSchema):
    model = ProjectAdded
    project = fields.Nested(ProjectSchema, required=True)


class ResourceAddedSchema(SeenSchema):
    model = ResourceAdded
    resource = fields.Nested(OperationResourceSchema, required=True)


class TaskAddedSchema(SeenSchema):
    model = TaskAdded
    task = fields.Nested(TaskSchema, required=True)


class TaskUpdatedSchema(SeenSchema):
    model = TaskUpdated
    task = fields.Nested(TaskSchema, required=True)
    previous = fields.Nested(TaskSchema, required=True)


class LogEntryAddedSchema(SeenSchema):
    model = LogEntryAdded
    entry = fields.Nested(LogEntrySchema, required=True)
    task = fields.Nested(TaskSchema)


class PollFailedSchema(EventSchema):
    model = PollFailed
    operation = Snapshot(load_default=None)
    error = AnyError(required=True)
    attempt = fields.Integer(required=True)
    retry_in = fields.Float(required=True)


class PollRecoveredSchema(SeenSchema):
    model = PollRecovered
    failures = fields.Integer(required=True)
    silent_for = fields.Float(required=True)


class TrackingFailedSchema(EventSchema):
    model = TrackingFailed
    operation = Snapshot(load_default=None)
    error = AnyError(required=True)


class OperationFinishedSchema(SeenSchema):
    model = OperationFinished
    result = Result(required=True)


class LogEntriesAddedSchema(SeenSchema):
    model = LogEntriesAdded
    entries = fields.List(fields.Nested(LogEntrySchema), required=True)


class LogsSuppressedSchema(SeenSchema):
    model = LogsSuppressed
    count = fields.Integer(required=True)
    is_final = fields.Boolean()


class DroppedSchema(EventSchema):
    model = Dropped
    count = fields.Integer(required=True)


class EndSchema(NounSchema):
    """How a stream ended, where that was an error."""

    model = dict
    error = AnyError(required=True)


_SCHEMAS: tuple[EventSchema, ...] = (
    StatusChangedSchema(),
    ProjectAddedSchema(),
    ResourceAddedSchema(),
    TaskAddedSchema(),
    TaskUpdatedSchema(),
    LogEntryAddedSchema(),
    PollFailedSchema(),
    PollRecoveredSchema(),
    TrackingFailedSchema(),
    OperationFinishedSchema(),
    LogEntriesAddedSchema(),
    LogsSuppressedSchema(),
    DroppedSchema(),
)
_BY_TYPE: Mapping[str, EventSchema] = {schema.model.type.value: schema for schema in _SCHEMAS}
_END = EndSchema()


def dump_event(event: Event, number_of: NumberOf) -> dict[str, object]:
    """The JSON-ready data of an event; ``number_of`` is called for each snapshot it holds."""
    data = cast(dict[str, Any], _BY_TYPE[event.type].dump(event))
    return {"type": event.type.value, **_numbered(data, number_of)}


def load_event(data: object, snapshots: Mapping[int, Operation]) -> Event:
    """An event from its data and the snapshots by number. Raises WireError."""
    schema = _BY_TYPE.get(str(data.get("type"))) if isinstance(data, Mapping) else None
    if schema is None:
        raise wire_error({"type": ["Not an event this version knows."]}, data, None)
    return load(schema, Event, _resolved(data, snapshots))


def dump_error(error: Exception, number_of: NumberOf) -> dict[str, object]:
    """The JSON-ready data of an error; one that is not of this library becomes a RxEryphError that names it."""
    data = cast(dict[str, Any], _END.dump({"error": error}))
    return _numbered(data["error"], number_of)


def load_error(data: object, snapshots: Mapping[int, Operation]) -> RxEryphError:
    """An error from its data and the snapshots by number. Raises WireError."""
    return cast(RxEryphError, load(_END, dict, {"error": _resolved(data, snapshots)})["error"])


def _numbered(data: Mapping[str, Any], number_of: NumberOf) -> dict[str, object]:
    """``data`` with the number of each snapshot in its place."""
    found: dict[str, object] = {}
    for name, value in data.items():
        if isinstance(value, Operation):
            value = number_of(value)
        found[name] = _numbered(value, number_of) if isinstance(value, Mapping) else value
    return found


def _resolved(data: object, snapshots: Mapping[int, Operation]) -> object:
    """``data`` with each snapshot in the place of its number, as far as they are known."""
    if not isinstance(data, Mapping):
        return data
    found: dict[str, object] = {}
    for name, value in data.items():
        if name in ("operation", "result") and isinstance(value, int):
            found[name] = snapshots.get(value, value)
        else:
            found[name] = _resolved(value, snapshots) if name == "error" else value
    return found
