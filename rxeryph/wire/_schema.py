"""What all schemas have in common: tolerant reading, building the model, and fields of their own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_load

from ..model import OpenEnum
from ..model.timestamps import format_ticks, parse_ticks, parse_time

ValueT = TypeVar("ValueT")


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

    @property
    def is_plain(self) -> bool:
        """True if no subclass changes how the model is built."""
        return all(getattr(type(self), hook) is getattr(NounSchema, hook) for hook in ("_null_is_absent", "_build"))

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Any:
        return self.model(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})

    @post_dump
    def _absent_is_left_out(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not None}


class ReadField(fields.Field[ValueT]):
    """A field that needs nothing but the value to read it."""

    def read(self, value: Any) -> ValueT:
        """What ``value`` means. Raises ValidationError, as it does for None."""
        raise NotImplementedError

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> ValueT:
        return self.read(value)


class Shared(ReadField[str]):
    """A string that many models have. It is kept in memory once for all of them."""

    def read(self, value: Any) -> str:
        if type(value) is not str:
            raise ValidationError("Not a valid string.")
        return sys.intern(value)


class Open(ReadField[Any]):
    """A member of an open enum."""

    def __init__(self, enum: type[OpenEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._enum = enum
        self._known = {member.value: member for member in enum}

    def read(self, value: Any) -> OpenEnum:
        if not isinstance(value, str):
            raise ValidationError(f"Not a name of {self._enum.__name__}.")
        return self._known.get(value) or self._enum(value)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.value


class Ticks(ReadField[int]):
    """A time in the server's resolution of 100 ns."""

    def read(self, value: Any) -> int:
        try:
            return parse_ticks(_string(value))
        except ValueError:
            raise ValidationError("Not a time with offset.") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return format_ticks(value)


class Time(ReadField[datetime]):
    """A time as an aware datetime, read from 0 to 7 fraction digits."""

    def read(self, value: Any) -> datetime:
        try:
            return parse_time(_string(value))
        except ValueError:
            raise ValidationError("Not a time with offset.") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else value.isoformat()


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value
