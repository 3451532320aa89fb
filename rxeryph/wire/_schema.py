"""What all schemas have in common: tolerant reading, building the model, and errors that name the JSON path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_load

from ..errors import WireError
from ..model import OpenEnum
from ..model.timestamps import format_ticks, from_ticks, parse_ticks

ModelT = TypeVar("ModelT")


class NounSchema(Schema):
    """A schema that ignores unknown members, treats null as absent, and builds ``model`` when it loads."""

    model: ClassVar[type]
    error_messages = {"type": "Not an object."}  # noqa: RUF012  # an instance variable of Schema

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def _null_is_absent(self, data: Any, **_: Any) -> Any:
        if isinstance(data, Mapping) and None in data.values():
            return {name: value for name, value in data.items() if value is not None}
        return data

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Any:
        return self.model(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})

    @post_dump
    def _absent_is_left_out(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not None}


class Open(fields.Field[Any]):
    """A member of an open enum."""

    def __init__(self, enum: type[OpenEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._enum = enum

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> OpenEnum:
        if not isinstance(value, str):
            raise ValidationError(f"Not a name of {self._enum.__name__}.")
        return self._enum(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.value


class Ticks(fields.Field[int]):
    """A time in the server's resolution of 100 ns."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        try:
            return parse_ticks(value)
        except (TypeError, ValueError):
            raise ValidationError("Not a time with offset.") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return format_ticks(value)


class Time(fields.Field[datetime]):
    """A time as an aware datetime, read from 0 to 7 fraction digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            return from_ticks(parse_ticks(value))
        except (TypeError, ValueError):
            raise ValidationError("Not a time with offset.") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.isoformat()


def load(schema: Schema, model: type[ModelT], data: object, url: str | None = None, path: str = "$") -> ModelT:
    """``data`` as a ``model``. Raises WireError with the JSON path, what was expected and what was there."""
    try:
        loaded = schema.load(data)  # type: ignore[arg-type]
    except ValidationError as error:
        raise wire_error(error.messages, data, url, path) from error
    assert isinstance(loaded, model)
    return loaded


def load_all(schema: Schema, model: type[ModelT], data: object, url: str | None = None) -> tuple[ModelT, ...]:
    """Every ``model`` in the envelope of a list. Raises WireError with the path of the one at fault."""
    found = enumerate(envelope(data, url))
    return tuple(load(schema, model, item, url, f"$.value[{index}]") for index, item in found)


def envelope(data: object, url: str | None = None) -> list[object]:
    """The items in the envelope of a list: its member ``value``, which is required. Raises WireError."""
    if isinstance(data, Mapping) and data.get("value") is None:
        raise wire_error({"value": ["Missing data for required field."]}, data, url)
    return members(data, "value", url)


def members(data: object, name: str, url: str | None = None) -> list[object]:
    """The list in member ``name``; absent and null mean empty. Raises WireError."""
    if not isinstance(data, Mapping):
        raise wire_error({"_schema": ["Not an object."]}, data, url)
    value = data.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise wire_error({name: ["Not a list."]}, data, url)
    return value


def wire_error(messages: Any, data: object, url: str | None, path: str = "$") -> WireError:
    """The first of marshmallow's messages as an error that names its place."""
    value: object = data
    while isinstance(messages, Mapping):
        key = next(iter(messages))
        messages = messages[key]
        if key == "_schema":
            continue
        path += f"[{key}]" if isinstance(key, int) else f".{key}"
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int):
            value = value[key]
        else:
            value = None
    expected = str(messages[0] if isinstance(messages, list) else messages).rstrip(".")
    got = type(value).__name__ if isinstance(value, Mapping | list) else repr(value)[:60]
    where = f" from {url}" if url else ""
    return WireError(
        f"The reply{where} does not fit at {path}: {expected}; got {got}. Is the server newer than this library?",
        path=path,
        expected=expected,
        got=got,
        url=url,
    )
