"""From parsed JSON to models, with errors that name the JSON path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from marshmallow import ValidationError

from ..errors import WireError
from ._direct import loaded
from ._schema import NounSchema

ModelT = TypeVar("ModelT")

SECRET = frozenset({"token", "key", "content", "configuration", "value", "_schema"})
"""The members whose values no error shows; ``_schema`` is marshmallow's name for the whole."""


def load(schema: NounSchema, model: type[ModelT], data: object, url: str | None = None, path: str = "$") -> ModelT:
    """``data`` as a ``model``. Raises WireError with the JSON path, what was expected and what was there."""
    try:
        found = loaded(schema, data)
    except ValidationError as error:
        messages = error.messages  # and not the error, which has the data
    else:
        assert isinstance(found, model)
        return found
    raise wire_error(messages, data, url, path)


def load_all(schema: NounSchema, model: type[ModelT], data: object, url: str | None = None) -> tuple[ModelT, ...]:
    """Every ``model`` in the envelope of a list. Raises WireError with the path of the one at fault."""
    found = enumerate(envelope(data, url))
    return tuple(load(schema, model, item, url, f"$.value[{index}]") for index, item in found)


def envelope(data: object, url: str | None = None) -> list[object]:
    """The items in the envelope of a list: its member ``value``, which is required. Raises WireError."""
    if not isinstance(data, Mapping):
        raise wire_error({"_schema": ["Not an object."]}, data, url)
    value = data.get("value")
    if value is None:
        raise wire_error({"value": ["Missing data for required field."]}, data, url)
    if not isinstance(value, list):
        raise wire_error({"value": ["Not a list."]}, data, url)
    return value


def wire_error(messages: Any, data: object, url: str | None, path: str = "$") -> WireError:
    """The first of marshmallow's messages as an error that names its place."""
    value: object = data
    key: object = None
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
    is_hidden = isinstance(value, Mapping | list) or (value is not None and key in SECRET)
    got = type(value).__name__ if is_hidden else repr(value)[:60]
    where = f" from {url}" if url else ""
    return WireError(
        f"The reply{where} does not fit at {path}: {expected}; got {got}. Is the server newer than this library?",
        path=path,
        expected=expected,
        got=got,
        url=url,
    )
