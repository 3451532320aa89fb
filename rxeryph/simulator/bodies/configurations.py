"""Configurations in requests: JSON of a certain shape. Members that are null count as absent."""

from __future__ import annotations

from ..binding.reader import Unreadable, read
from ..binding.shapes import Object
from .names import Issues


def read_configuration(text: str, shape: Object) -> tuple[dict[str, object], Issues]:
    """The configuration in JSON, and what is wrong with it if it cannot be read, by paths that begin with ``$``."""
    try:
        value = read(text, shape)
    except Unreadable as unreadable:
        return {}, {unreadable.path: [unreadable.message]}
    if not isinstance(value, dict):
        return {}, {"$": ["The configuration is null. It must be an object."]}
    return without_nulls(value), {}


def without_nulls(value: dict[str, object]) -> dict[str, object]:
    """The object without members that are null, at any depth; null entries of lists stay."""
    return {name: _without_nulls(each) for name, each in value.items() if each is not None}


def within(issues: Issues, prefix: str) -> Issues:
    """The issues with the paths that they have in a request: ``$.name`` becomes ``$.configuration.name``."""
    return {f"{prefix}.{path.removeprefix('$.')}": found for path, found in issues.items()}


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return without_nulls(value)
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value
