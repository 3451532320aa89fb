"""Configurations in requests: JSON of a certain shape. Members that are null count as absent."""

from __future__ import annotations

from ..binding.reader import Unreadable, read
from ..binding.shapes import Object
from ..level import CURRENT, Level
from .names import Issues


def read_configuration(text: str, shape: Object, level: Level = CURRENT) -> tuple[dict[str, object], Issues]:
    """The configuration in JSON, and what is wrong with it if it cannot be read, by paths that begin with ``$``.

    Servers with API 1.0 do not say in which member it cannot be read.
    """
    try:
        value = read(text, shape)
    except Unreadable as unreadable:
        return {}, {"$" if level.is_first else unreadable.path: [unreadable.message]}
    if not isinstance(value, dict):
        return {}, {"$": ["The configuration is null. It must be an object."]}
    return without_nulls(value), {}


def without_nulls(value: dict[str, object]) -> dict[str, object]:
    """The object without members that are null, at any depth; null entries of lists stay."""
    return {name: _without_nulls(each) for name, each in value.items() if each is not None}


def within(issues: Issues, prefix: str, level: Level = CURRENT) -> Issues:
    """The issues with the paths that they have in a request: ``$.name`` becomes ``$.configuration.name``.

    Since API 1.2, ``$`` becomes ``$.configuration.$``.
    """
    return {
        prefix if level.is_old and path == "$" else f"{prefix}.{path.removeprefix('$.')}": found
        for path, found in issues.items()
    }


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return without_nulls(value)
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value
