"""Operations with their tasks, log entries, resources and projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar, cast

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
from ._loading import envelope, load, load_all, members
from ._schema import NounSchema, Open, Ticks, Time
from .project import ProjectSchema
from .results import Result


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
    id = fields.String(required=True)
    parent_task_id = fields.String(required=True)
    name = fields.String(required=True)
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
    task_id = fields.String(required=True)
    message = fields.String(load_default="")
    ticks = Ticks(required=True, data_key="timestamp")


class OperationSchema(NounSchema):
    model = Operation
    id = fields.String(required=True)
    status = Open(OperationStatus, required=True)
    status_message = fields.String()
    requested_by = fields.String()
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


ItemT = TypeVar("ItemT")


class _Items(Generic[ItemT]):
    """One collection of a snapshot. Items that have not changed since the last reply are not loaded again."""

    def __init__(self, name: str, schema: NounSchema, model: type[ItemT]) -> None:
        self._name = name
        self._schema = schema
        self._model = model
        self._raw: list[object] = []
        self._items: tuple[ItemT, ...] = ()
        self._by_id: dict[str, tuple[object, ItemT]] = {}

    def load(self, data: Mapping[str, object], url: str | None) -> tuple[ItemT, ...]:
        return self.load_items(members(data, self._name, url), url)

    def load_items(self, raw: list[object], url: str | None) -> tuple[ItemT, ...]:
        """The same for a list of items."""
        if raw == self._raw:
            return self._items
        by_id: dict[str, tuple[object, ItemT]] = {}
        items: list[ItemT] = []
        has_changed = len(raw) != len(self._items)
        for index, item in enumerate(raw):
            item_id = item.get("id") if isinstance(item, Mapping) else None
            last = self._by_id.get(item_id) if isinstance(item_id, str) else None
            if last is not None and last[0] == item:
                value = last[1]
            else:
                value = load(self._schema, self._model, item, url, f"$.{self._name}[{index}]")
                has_changed = True
            by_id[str(item_id)] = (item, value)
            items.append(value)
        # The order in a reply is not stable, so another order of the same items is no change.
        self._raw, self._by_id = raw, by_id
        if has_changed or by_id.keys() != {getattr(item, "id", None) for item in self._items}:
            self._items = tuple(items)
        return self._items


class ListLoader:
    """Loads list after list of operations. An operation that is the same as in the last list is not loaded again."""

    def __init__(self) -> None:
        self._operations = _Items("value", _OPERATION, Operation)

    def load(self, data: object, url: str | None = None) -> tuple[Operation, ...]:
        """The operations in a decoded reply. Raises WireError."""
        return self._operations.load_items(envelope(data, url), url)
