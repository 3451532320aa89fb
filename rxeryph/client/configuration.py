"""Checks on what a user wants to send, each naming the JSON path of the offending member."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from .checks import invalid
from .documents import ROOT, read_document
from .variables import text_of

_SHORT = {"cpu": "count", "memory": "startup"}
"""``cpu: 2`` is eryph's short form of ``cpu: {count: 2}``, which only its YAML knows."""


def check_configuration(configuration: object) -> dict[str, object]:
    """A catlet configuration as plain JSON data, its names by eryph's rules. Raises InvalidRequestError."""
    plain = plain_configuration(configuration)
    for member, longest in (("name", 50), ("project", 20)):
        value = plain.get(member)
        if value is not None:
            check_name(value, f"$.configuration.{member}", longest)
    return plain


def plain_configuration(configuration: object) -> dict[str, object]:
    """A catlet configuration as plain JSON data, whatever it says. Raises InvalidRequestError.

    ``{"name": ..., "project": ..., "config": {...}}`` is put in order: the server wants all in one object. Short
    forms of YAML are written out, and values of variables are texts, because the server's JSON knows nothing else.
    """
    plain = plain_data(configuration)
    return _written_out(_in_order(plain) if "config" in plain else plain)


def plain_data(configuration: object) -> dict[str, object]:
    """Any configuration as plain JSON data. Raises InvalidRequestError for what has no JSON form.

    It is a mapping, a text in YAML or JSON, or the path of a file; see ``read_document``.
    """
    try:
        plain = _plain(read_document(configuration).members, ROOT)
    except RecursionError:
        raise invalid(ROOT, "it is nested too deeply, or holds itself.") from None
    assert isinstance(plain, dict)
    return plain


def _written_out(plain: dict[str, object]) -> dict[str, object]:
    for member, part in _SHORT.items():
        value = plain.get(member)
        if isinstance(value, int) and not isinstance(value, bool):
            plain[member] = {part: value}
    capabilities = plain.get("capabilities")
    if isinstance(capabilities, list):
        plain["capabilities"] = [{"name": item} if isinstance(item, str) else item for item in capabilities]
    fodder = plain.get("fodder")
    for owner in (plain, *(fodder if isinstance(fodder, list) else ())):
        variables = owner.get("variables") if isinstance(owner, dict) else None
        for variable in variables if isinstance(variables, list) else ():
            if isinstance(variable, dict) and "value" in variable:
                variable["value"] = text_of(variable["value"])
    return plain


def _in_order(outer: dict[str, object]) -> dict[str, object]:
    """The members of ``config`` together with those beside it."""
    inner = outer.pop("config")
    if not isinstance(inner, dict):
        raise invalid("$.configuration.config", f"expected a mapping, got {type(inner).__name__}.")
    beside = {member: value for member, value in outer.items() if value is not None}
    for member, value in beside.items():
        if member not in ("name", "project"):
            raise invalid(f"$.configuration.{member}", "beside config only name and project may stand.")
        within = inner.get(member)
        if within is not None and within != value:
            raise invalid(
                f"$.configuration.{member}",
                f"{value!r} is not what $.configuration.config.{member} says, {within!r}.",
            )
    return {**inner, **beside}


def check_name(value: object, path: str, longest: int, marks: str = ".-") -> str:
    """A name by eryph's rules: letters, digits and ``marks``, none of these at an end or twice in a row."""
    if not isinstance(value, str):
        raise invalid(path, f"expected a text, got {type(value).__name__}.")
    if not 1 <= len(value) <= longest:
        raise invalid(path, f"{value!r} must have 1 to {longest} characters.")
    named = "dots and hyphens" if "." in marks else "hyphens"
    if not re.fullmatch(rf"[A-Za-z0-9{marks}]+", value):
        raise invalid(path, f"{value!r} may only have letters, digits, {named}.")
    if value[0] in marks or value[-1] in marks or re.search(rf"[{marks}]{{2}}", value):
        raise invalid(path, f"{value!r} may not begin or end with one of {named}, nor have two in a row.")
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
