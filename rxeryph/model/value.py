"""What the values that users see have in common: ``Value`` for dataclasses, ``ErrorValue`` for errors.

Both have a repr of one line. Errors also compare, copy and pickle by all they know, as dataclasses do anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from .enums import OpenEnum
from .text import quoted

ErrorT = TypeVar("ErrorT", bound="ErrorValue")

LONGEST_REPR, LONGEST_NESTED = 200, 140
"""Characters of the repr of a value, and of a value inside another."""

TITLES: Mapping[str, tuple[str, ...]] = {
    "title": ("name", "display_name"),
    "name": ("name",),
    "message": ("message",),
}
"""The attributes that can be the title of a value, of which the first is shown, and the fields it replaces."""

STATE: Mapping[str, tuple[str, ...]] = {
    "status": ("status",),
    "duration": ("started_at", "ended_at"),
    "percentage": ("progress",),
    "timestamp": ("ticks",),
}
"""The attributes that show the state of a value, and the fields they replace."""


class Value:
    """A dataclass whose repr is one line of at most 200 characters.

    The line begins with the id, the title, the status and the duration, as far as the value has them. The other
    fields follow by name, without those that have their default. A value inside it is shown by its title and status,
    or in full if it has no title; a collection by its size. A snapshot beside an ``operation_id`` is left out, and so
    are fields declared with ``repr=False``, which are secrets.
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.__repr__ = Value.__repr__  # type: ignore[method-assign]  # else ``dataclass`` would make one

    def __repr__(self) -> str:
        return _line(self, LONGEST_REPR, is_nested=False)


class ErrorValue(Exception):
    """An exception that is equal to others of its class with the same attributes, and pickles with all of them."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.args == other.args and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), self.args))

    def __reduce__(self) -> tuple[Callable[..., ErrorValue], tuple[object, ...]]:
        return _restored, (type(self), self.args, dict(self.__dict__))

    def __repr__(self) -> str:
        return _shown_error(self, LONGEST_REPR)


def _restored(cls: type[ErrorT], args: tuple[object, ...], state: dict[str, object]) -> ErrorT:
    error = cls.__new__(cls, *args)
    error.args = args  # OSError's __new__ leaves them empty
    error.__dict__.update(state)
    return error


def _line(value: Value, limit: int, *, is_nested: bool) -> str:
    text, separator = f"{type(value).__name__}(", ""
    for fact in _facts(value, is_nested):
        if len(text) + len(separator) + len(fact) + len(", …)") > limit:
            return f"{text}{separator}…)"
        text += separator + fact
        separator = ", "
    return f"{text})"


def _facts(value: Any, is_nested: bool) -> Iterator[str]:
    # A result or a report has no id of its own; what it shows is that of its operation.
    subject = value if hasattr(value, "operation_id") else getattr(value, "operation", value)
    id = getattr(subject, "operation_id", getattr(subject, "id", None))
    title = next((name for name in TITLES if getattr(subject, name, None)), None)
    shown = {"operation"}
    if id is not None:
        shown |= {"id", "operation_id"}
        if title is None or not is_nested:
            yield quoted(id)
        if title is not None:
            shown |= {*TITLES[title]}
            yield quoted(getattr(subject, title))
        for name, replaced in STATE.items():
            state = getattr(subject, name, None)
            if state is not None:
                shown |= {*replaced}
                yield _shown(state, name)
        if title is not None and is_nested:
            return
    for field in fields(value):
        item = getattr(value, field.name)
        is_default = item is None or item == field.default or (isinstance(item, Collection) and not item)
        if field.repr and not is_default and field.name not in shown:
            yield f"{field.name}={_shown(item, field.name)}"


def _shown(item: object, name: str) -> str:
    match item:
        case Value():
            return _line(item, LONGEST_NESTED, is_nested=True)
        case OpenEnum():
            return item.value if item.is_known else quoted(item.value)
        case str():
            return quoted(item)
        case float() if name == "duration":
            return f"{item:.1f} s"
        case int() if name == "percentage":
            return f"{item} %"
        case bool() | int() | float():
            return str(item)
        case datetime():
            return item.isoformat(timespec="milliseconds")
        case BaseException():
            return _shown_error(item, LONGEST_NESTED)
        case tuple() if all(isinstance(each, str) for each in item):
            return f"[{quoted(', '.join(item))[1:-1]}]"
        case Collection():
            return f"<{len(item)}>"
        case _:
            return type(item).__name__


def _shown_error(error: BaseException, limit: int) -> str:
    name = type(error).__name__
    return f"{name}({quoted(str(error), limit - len(name) - 2)})"
