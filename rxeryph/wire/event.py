"""Events as JSON and back. A snapshot is written once, and events refer to it by its number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from marshmallow import fields

from .. import events
from ..errors import RxEryphError
from ..events import Event
from ..model import Operation
from ..outcome import OperationResult
from ._derived import PLAIN, FieldOf, derived
from ._loading import load, wire_error
from ._schema import NounSchema
from .error import ERROR_SCHEMAS, AnyError, Snapshot
from .operation import LogEntrySchema, OperationResourceSchema, TaskSchema
from .project import ProjectSchema

NumberOf = Callable[[Operation], int]
"""The number under which a snapshot is written down."""


class Result(Snapshot):
    """A result, written as the snapshot it was made from. It comes back without a connection."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.operation

    def read(self, value: Any) -> OperationResult:
        return OperationResult(super().read(value))


@dataclass(frozen=True, slots=True)
class End:
    """The error that a stream ended with."""

    error: RxEryphError


class EndSchema(NounSchema):
    model = End
    error = AnyError(required=True)


_NOUNS = (ProjectSchema, OperationResourceSchema, TaskSchema, LogEntrySchema)
_FIELD_OF: FieldOf = {
    **PLAIN,
    **{schema.model: partial(fields.Nested, schema) for schema in _NOUNS},
    Operation: Snapshot,
    OperationResult: Result,
    RxEryphError: AnyError,
}
_BY_TYPE: Mapping[str, NounSchema] = {
    cls.type.value: derived(cls, NounSchema, _FIELD_OF)
    for cls in vars(events).values()
    if isinstance(cls, type) and issubclass(cls, Event) and cls is not Event
}
_END = EndSchema()


def _names_of(kind: type[fields.Field[Any]]) -> frozenset[str]:
    schemas = (*_BY_TYPE.values(), *ERROR_SCHEMAS.values())
    return frozenset(name for each in schemas for name, field in each.fields.items() if isinstance(field, kind))


_SNAPSHOTS, _ERRORS = _names_of(Snapshot), _names_of(AnyError)
"""The members of events and errors that have a snapshot, and those that have an error."""

_REFERRING = _SNAPSHOTS | _ERRORS


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
    """The JSON-ready data of an error; one of another library becomes a RxEryphError that names it."""
    data = cast(dict[str, Any], _END.dump({"error": error}))
    return _numbered(data["error"], number_of)


def load_error(data: object, snapshots: Mapping[int, Operation]) -> RxEryphError:
    """An error from its data and the snapshots by number. Raises WireError."""
    return load(_END, End, {"error": _resolved(data, snapshots)}).error


def _numbered(data: Mapping[str, Any], number_of: NumberOf) -> dict[str, object]:
    """``data`` with each snapshot replaced by its number."""
    found: dict[str, object] = {}
    for name, value in data.items():
        if isinstance(value, Operation):
            value = number_of(value)
        found[name] = _numbered(value, number_of) if isinstance(value, Mapping) else value
    return found


def _resolved(data: object, snapshots: Mapping[int, Operation]) -> object:
    """``data`` with each number replaced by its snapshot, if that is known."""
    if not isinstance(data, Mapping):
        return data
    found = dict(data)
    for name in found.keys() & _REFERRING:
        value = found[name]
        if name in _ERRORS:
            found[name] = _resolved(value, snapshots)
        elif isinstance(value, int):
            found[name] = snapshots.get(value, value)
    return found
