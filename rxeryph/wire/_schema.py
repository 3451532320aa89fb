"""What all schemas have in common: tolerant reading, building the model, and fields of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_load

from ..model import OpenEnum
from ..model.timestamps import format_ticks, from_ticks, parse_ticks


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
