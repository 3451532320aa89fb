"""Catlet configurations in YAML, which has shorter forms than JSON."""

from __future__ import annotations

import json

import yaml

from ..binding.shapes import BOOLEAN, INTEGER, ListOf, Object, Shape
from .catlet_shape import CAPABILITY, CATLET, CPU, FODDER, MEMORY
from .configurations import read_configuration
from .names import Issues

_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {
    **dict.fromkeys(("true", "y", "yes", "on"), True),
    **dict.fromkeys(("false", "n", "no", "off"), False),
}


def yaml_configuration(content: str) -> tuple[dict[str, object], Issues]:
    """The configuration in YAML, and what is wrong with it if it cannot be read; then the path is ``$``."""
    try:
        value = _converted(yaml.load(content, yaml.BaseLoader), CATLET)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        return {}, {"$": [f"The YAML cannot be read: {' '.join(str(error).split())}. Correct it."]}
    configuration, issues = read_configuration(json.dumps(value), CATLET)
    return configuration, _without_place(issues)


def _without_place(issues: Issues) -> Issues:
    """The issues of a configuration, which in YAML have no path."""
    found = [f"{path}: {message}" for path, messages in issues.items() for message in messages]
    return {"$": found} if found else {}


def _converted(value: object, shape: Shape) -> object:
    """What BaseLoader made of YAML as JSON would have it; names of members are read in any case."""
    if isinstance(value, str):
        return _scalar(value, shape)
    if isinstance(value, list):
        return [_converted(each, shape.item) for each in value] if isinstance(shape, ListOf) else value
    if isinstance(value, dict) and isinstance(shape, Object):
        named = {str(name).lower(): each for name, each in value.items()}
        if shape is FODDER and isinstance(named.get("content"), dict | list):
            named["content"] = yaml.safe_dump(named["content"], sort_keys=False)
        members = shape.members
        known = {name: _converted(each, members[name].shape) for name, each in named.items() if name in members}
        return named | known
    return value


def _scalar(value: str, shape: Shape) -> object:
    if value in _NULLS:
        return None
    if shape is INTEGER:
        return int(value)
    if shape is BOOLEAN:
        if value.lower() not in _BOOLEANS:
            raise ValueError(f"{value} is not true or false")
        return _BOOLEANS[value.lower()]
    if shape is CPU:
        return {"count": int(value)}
    if shape is MEMORY:
        return {"startup": int(value)}
    if shape is CAPABILITY:
        return {"name": value}
    return value
