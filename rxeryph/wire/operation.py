"""Operations with their tasks, log entries, resources and projects."""

from __future__ import annotations

from typing import cast

from marshmallow import fields

from ..model import (
    LogEntry,
    Operation,
    OperationResource,
    OperationStatus,
    ResourceType,
    Task,
    TaskReference,
)
from ._decoding import decoded
from ._loading import load, load_all
from ._result import Result
from ._schema import NounSchema, Open, Shared, Ticks, Time
from .project import ProjectSchema


class OperationResourceSchema(NounSchema):
    model = OperationResource
    id = fields.String(required=True)
    resource_id = fields.String(required=True)
    resource_type = Open(ResourceType, required=True)


class TaskReferenceSchema(NounSchema):
    model = TaskReference
    id = fields.String(required=True)
    type = fields.String(required=True)
    project_name = fields.String()


class TaskSchema(NounSchema):
    model = Task
    id = Shared(required=True)
    parent_task_id = Shared(required=True)
    name = Shared(required=True)
    status = Open(OperationStatus, required=True)
    display_name = fields.String()
    progress = fields.Integer()
    reference = fields.Nested(TaskReferenceSchema)
    created = Time()
    started_at = Time()
    ended_at = Time()


class LogEntrySchema(NounSchema):
    model = LogEntry
    id = fields.String(required=True)
    task_id = Shared(required=True)
    message = fields.String(load_default="")
    ticks = Ticks(required=True, data_key="timestamp")


class OperationSchema(NounSchema):
    model = Operation
    id = fields.String(required=True)
    status = Open(OperationStatus, required=True)
    status_message = Shared()
    requested_by = Shared()
    created = Time()
    started_at = Time()
    ended_at = Time()
    resources = fields.List(fields.Nested(OperationResourceSchema))
    log_entries = fields.List(fields.Nested(LogEntrySchema))
    projects = fields.List(fields.Nested(ProjectSchema))
    tasks = fields.List(fields.Nested(TaskSchema))
    result = Result()


class OperationHeadSchema(OperationSchema):
    """An operation without its collections."""

    class Meta(OperationSchema.Meta):
        exclude = ("resources", "log_entries", "projects", "tasks")


_OPERATION = OperationSchema()
_HEAD = OperationHeadSchema()


def load_operation(data: object, url: str | None = None) -> Operation:
    """An operation from a decoded reply. Raises WireError."""
    return load(_OPERATION, Operation, data, url)


def load_operations(data: object, url: str | None = None) -> tuple[Operation, ...]:
    """The operations of a list reply. Raises WireError."""
    return load_all(_OPERATION, Operation, data, url)


def load_head(text: bytes, url: str | None = None) -> Operation:
    """An operation without its collections, from the bytes of its element in a list. Raises WireError."""
    return load(_HEAD, Operation, decoded(text, url), url)


def dump_operation(operation: Operation) -> dict[str, object]:
    """The JSON-ready data of an operation, as the server would write it: ``load(dump(o)) == o``."""
    return cast(dict[str, object], _OPERATION.dump(operation))
