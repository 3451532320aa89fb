"""Checks on what a user wants to send, each naming the JSON path of the offending member."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from .submit import invalid

_ALLOWED = re.compile(r"[A-Za-z0-9.-]+\Z")


def check_configuration(configuration: object) -> dict[str, object]:
    """A catlet configuration as plain JSON data. Raises InvalidRequestError."""
    if not isinstance(configuration, Mapping):
        raise invalid("$.configuration", f"expected a mapping, got {type(configuration).__name__}.")
    plain = _plain(configuration, "$.configuration")
    assert isinstance(plain, dict)
    for member, longest in (("name", 50), ("project", 20)):
        value = plain.get(member)
        if value is not None:
            check_name(value, f"$.configuration.{member}", longest)
    return plain


def check_name(value: object, path: str, longest: int) -> str:
    """A name by eryph's rules: letters, digits, dots and hyphens, none of the two at an end or twice in a row."""
    if not isinstance(value, str):
        raise invalid(path, f"expected a text, got {type(value).__name__}.")
    if not 1 <= len(value) <= longest:
        raise invalid(path, f"{value!r} must have 1 to {longest} characters.")
    if not _ALLOWED.match(value):
        raise invalid(path, f"{value!r} may only have letters, digits, dots and hyphens.")
    if value[0] in ".-" or value[-1] in ".-" or re.search(r"[.-]{2}", value):
        raise invalid(path, f"{value!r} may not begin or end with a dot or hyphen, nor have two in a row.")
    return value


def _plain(value: object, path: str) -> object:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise invalid(path, f"{value} is not a number JSON knows.")
        return value
    if isinstance(value, Mapping):
        result: dict[str, object] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise invalid(path, f"the member name {key!r} is not a text.")
            result[key] = _plain(item, f"{path}.{key}")
        return result
    if isinstance(value, list | tuple):
        return [_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    raise invalid(path, f"{type(value).__name__} has no JSON form.")
