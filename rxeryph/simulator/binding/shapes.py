"""What JSON must look like: kinds of values, and the members of objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number as it is spelled."""

    spelling: str


Scalar: TypeAlias = "str | Number | bool | None"


@dataclass(frozen=True, slots=True)
class Value:
    """A string, number, boolean or null that ``convert`` accepts; it raises ValueError for others."""

    description: str
    convert: Callable[[Scalar], object]


@dataclass(frozen=True, slots=True)
class Raw:
    """Any JSON; the result is its text."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, or null."""

    item: Shape


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with any members, or null."""

    item: Shape


@dataclass(frozen=True, slots=True)
class Object:
    """An object, or null.

    Names of members are read in any case, and those it does not have are skipped. When it ``is_strict``, names have
    one spelling, and no other members are allowed.
    """

    members: Mapping[str, Member]
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. Only one that is ``is_nullable`` may be null without a further check."""

    shape: Shape
    is_required: bool = False
    is_nullable: bool = True


Shape: TypeAlias = Value | Raw | ListOf | MapOf | Object

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?\d+")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,16})?)?(?:Z|[+-]\d\d:\d\d)?)?")
_INT32 = range(-(2**31), 2**31)


def _string(value: Scalar) -> object:
    if isinstance(value, str | None):
        return value
    raise ValueError


def _boolean(value: Scalar) -> object:
    if isinstance(value, bool | None):
        return value
    raise ValueError


def _guid(value: Scalar) -> object:
    if value is None:
        return None
    if isinstance(value, str) and _GUID.fullmatch(value):
        return value.lower()
    raise ValueError


def _integer(value: Scalar) -> object:
    spelling = value.spelling if isinstance(value, Number) else None
    if spelling is None or not _INTEGER.fullmatch(spelling) or int(spelling) not in _INT32:
        raise ValueError
    return int(spelling)


def _integer_or_string(value: Scalar) -> object:
    return _integer(Number(value) if isinstance(value, str) else value)


def _time(value: Scalar) -> object:
    return value if value is None else moment(value)


def _optional(convert: Callable[[Scalar], object]) -> Callable[[Scalar], object]:
    return lambda value: None if value is None else convert(value)


def _required(convert: Callable[[Scalar], object]) -> Callable[[Scalar], object]:
    def checked(value: Scalar) -> object:
        if value is None:
            raise ValueError
        return convert(value)

    return checked


STRING = Value("a string", _string)
BOOLEAN = Value("true or false", _boolean)
GUID = Value("a GUID with hyphens", _guid)
REQUIRED_GUID = Value("a GUID with hyphens", _required(_guid))
TIME = Value("a time such as 2026-01-31T08:00:00Z", _time)
INTEGER = Value("a whole number of 32 bits", _optional(_integer))
"""Only a JSON number; INTEGER_OR_STRING may be a string with one, and must not be null."""
INTEGER_OR_STRING = Value("a whole number of 32 bits", _required(_integer_or_string))


def choice(*names: str, is_required: bool = False, is_snake_case: bool = True) -> Value:
    """One of ``names`` in any case, without underscores or, if it ``is_snake_case``, with them, or its number from 0.

    The server takes other numbers too.
    """
    known = {_plain(name): name for name in names}
    known |= {name.lower(): name for name in names} if is_snake_case else {}

    def convert(value: Scalar) -> object:
        spelling = value.spelling if isinstance(value, Number) else value
        if not isinstance(spelling, str):
            raise ValueError
        if _INTEGER.fullmatch(spelling.strip()):
            number = int(spelling)
            return names[number] if 0 <= number < len(names) else str(number)
        if spelling.strip().lower() not in known:
            raise ValueError
        return known[spelling.strip().lower()]

    shown = names if is_snake_case else map(_plain, names)
    return Value(f"one of {', '.join(shown)}", _required(convert) if is_required else _optional(convert))


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def moment(value: object) -> datetime:
    """The time in a string of ISO 8601, UTC unless it says otherwise. Raises ValueError for another value."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ValueError
    found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value))
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    if abs(found.utcoffset() or timedelta(0)) > timedelta(hours=14):
        raise ValueError
    return found
