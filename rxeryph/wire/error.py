"""Errors as JSON and back: the name of the class and the arguments of its constructor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import ValidationError, fields, post_load, pre_dump

from .. import errors
from ..errors import RxEryphError
from ..model import Operation
from ._derived import PLAIN, FieldOf, derived
from ._schema import NounSchema, ReadField


class Snapshot(ReadField[Any]):
    """A snapshot, which is passed through; the caller writes it."""

    def read(self, value: Any) -> Any:
        if not isinstance(value, Operation):
            raise ValidationError("Not the number of a snapshot that came before.")
        return value


class ErrorSchema(NounSchema):
    """The base of the schemas of errors, whose message is an argument, not an attribute."""

    @pre_dump
    def _as_members(self, error: RxEryphError, **_: Any) -> dict[str, Any]:
        return {**vars(error), "message": str(error)}

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> RxEryphError:
        return cast(RxEryphError, self.model(data.pop("message"), **data))


_FIELD_OF: FieldOf = {**PLAIN, Operation: Snapshot}
ERROR_SCHEMAS: Mapping[str, NounSchema] = {
    name: derived(cls, ErrorSchema, _FIELD_OF)
    for name, cls in vars(errors).items()
    if isinstance(cls, type) and issubclass(cls, RxEryphError)
}
"""By the name of the class."""


class AnyError(fields.Field[RxEryphError]):
    """An error, as its nearest class in ``errors``; one of another library as a RxEryphError that names it."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if not isinstance(value, RxEryphError):
            value = RxEryphError(f"{type(value).__name__}: {value}")
        name = next(cls.__name__ for cls in type(value).__mro__ if cls.__name__ in ERROR_SCHEMAS)
        return {"type": name, **cast(dict[str, Any], ERROR_SCHEMAS[name].dump(value))}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> RxEryphError:
        if not isinstance(value, Mapping):
            raise ValidationError("Not an object.")
        schema = ERROR_SCHEMAS.get(str(value.get("type")))
        if schema is None:
            raise ValidationError({"type": ["Not an error this version knows."]})
        return cast(RxEryphError, schema.load(value))
