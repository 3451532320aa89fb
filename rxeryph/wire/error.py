"""Errors as JSON and back: the class by its name, the message, and every attribute."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, cast

from marshmallow import ValidationError, fields, post_load, pre_dump

from .. import errors
from ..errors import RxEryphError
from ..model import Operation
from ._schema import NounSchema


class Snapshot(fields.Field[Operation]):
    """A snapshot, which stays what it is; who writes it down decides how."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Operation:
        if not isinstance(value, Operation):
            raise ValidationError("Not the number of a snapshot that came before.")
        return value


class ErrorSchema(NounSchema):
    """What all errors have: the message."""

    message = fields.String(required=True)

    @pre_dump
    def _as_members(self, error: RxEryphError, **_: Any) -> dict[str, Any]:
        return {**vars(error), "message": str(error)}

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> RxEryphError:
        return cast(RxEryphError, self.model(data.pop("message"), **data))


class ConfigurationErrorSchema(ErrorSchema):
    place = fields.String()
    member = fields.String()


class CredentialsNotFoundErrorSchema(ErrorSchema):
    attempts = fields.List(fields.Tuple((fields.String(), fields.String())))


class AuthenticationErrorSchema(ErrorSchema):
    error = fields.String()
    description = fields.String()
    url = fields.String()


class SubmissionUnknownErrorSchema(ErrorSchema):
    method = fields.String(required=True)
    url = fields.String(required=True)
    operation_id = fields.String(load_default=None)
    attempts = fields.Integer()


class TransportErrorSchema(ErrorSchema):
    method = fields.String(required=True)
    url = fields.String(required=True)
    attempts = fields.Integer()
    may_have_arrived = fields.Boolean()
    is_permanent = fields.Boolean()
    retry_after = fields.Float()


class ApiErrorSchema(ErrorSchema):
    status = fields.Integer(required=True)
    method = fields.String(required=True)
    url = fields.String(required=True)
    title = fields.String()
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    trace_id = fields.String()
    retry_after = fields.Float()


class AmbiguousNameErrorSchema(ErrorSchema):
    member = fields.String(required=True)
    url = fields.String(required=True)
    choices = fields.List(fields.Tuple((fields.String(), fields.String(), fields.String())))


class WireErrorSchema(ErrorSchema):
    path = fields.String(required=True)
    expected = fields.String(required=True)
    got = fields.String(required=True)
    url = fields.String()


class ApiVersionErrorSchema(ErrorSchema):
    version = fields.String(required=True)
    required = fields.String(required=True)


class OperationErrorSchema(ErrorSchema):
    operation_id = fields.String(required=True)
    operation = Snapshot()


_BASES: tuple[tuple[type[RxEryphError], type[ErrorSchema]], ...] = (
    (errors.CredentialsNotFoundError, CredentialsNotFoundErrorSchema),
    (errors.ConfigurationError, ConfigurationErrorSchema),
    (errors.AuthenticationError, AuthenticationErrorSchema),
    (errors.SubmissionUnknownError, SubmissionUnknownErrorSchema),
    (errors.TransportError, TransportErrorSchema),
    (errors.AmbiguousNameError, AmbiguousNameErrorSchema),
    (errors.ApiError, ApiErrorSchema),
    (errors.WireError, WireErrorSchema),
    (errors.ApiVersionError, ApiVersionErrorSchema),
    (errors.OperationError, OperationErrorSchema),
    (RxEryphError, ErrorSchema),
)


def _schema_of(cls: type[RxEryphError]) -> NounSchema:
    schema = next(schema for base, schema in _BASES if issubclass(cls, base))
    made = type(schema.__name__, (schema,), {"model": cls})()
    assert isinstance(made, NounSchema)
    return made


_BY_NAME: Mapping[str, NounSchema] = {
    name: _schema_of(cls)
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, RxEryphError)
}


class AnyError(fields.Field[RxEryphError]):
    """An error of any class of this library; of a class of others, what it is for this library."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if not isinstance(value, RxEryphError):
            value = RxEryphError(f"{type(value).__name__}: {value}")
        name = next(cls.__name__ for cls in type(value).__mro__ if cls.__name__ in _BY_NAME)
        return {"type": name, **cast(dict[str, Any], _BY_NAME[name].dump(value))}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> RxEryphError:
        if not isinstance(value, Mapping):
            raise ValidationError("Not an object.")
        schema = _BY_NAME.get(str(value.get("type")))
        if schema is None:
            raise ValidationError({"type": ["Not an error this version knows."]})
        return cast(RxEryphError, schema.load(value))
