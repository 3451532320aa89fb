"""Configurations as plain JSON data, checked; each error has the JSON path of the offending member."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..arguments import described
from .documents import ROOT, read_document
from .names import check_name
from .refusal import check_size, check_text, invalid
from .variables import as_string

_SHORT = {"cpu": "count", "memory": "startup"}
"""``cpu: 2`` is eryph's short form of ``cpu: {count: 2}``; the server accepts it in YAML only."""


def check_configuration(configuration: object) -> dict[str, object]:
    """A catlet configuration as plain JSON data, with valid names. Raises InvalidRequestError."""
    plain = plain_configuration(configuration)
    for member, longest in (("name", 50), ("project", 20)):
        value = plain.get(member)
        if value is not None:
            check_name(value, f"$.configuration.{member}", longest)
    return plain


def plain_configuration(configuration: object) -> dict[str, object]:
    """A catlet configuration as plain JSON data, valid or not. Raises InvalidRequestError.

    ``{"name": ..., "project": ..., "config": {...}}`` becomes one object. Short forms of YAML are expanded and values
    of variables become strings, because the server requires both in JSON.
    """
    plain = plain_data(configuration)
    return _expanded(_flattened(plain) if "config" in plain else plain)


def plain_data(configuration: object) -> dict[str, object]:
    """Any configuration as plain JSON data. Raises InvalidRequestError for values that have no JSON form.

    It is a mapping, a string in YAML or JSON, or the path of a file; see ``read_document``.
    """
    try:
        plain = _plain(read_document(configuration).members, ROOT)
    except RecursionError:
        raise invalid(ROOT, "it is nested too deeply, or contains itself.") from None
    assert isinstance(plain, dict)
    return plain


def _expanded(plain: dict[str, object]) -> dict[str, object]:
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
                variable["value"] = as_string(variable["value"])
    return plain


def _flattened(outer: dict[str, object]) -> dict[str, object]:
    """The members of ``config`` together with those next to it."""
    inner = outer.pop("config")
    if not isinstance(inner, dict):
        raise invalid("$.configuration.config", f"expected a mapping, got {type(inner).__name__}.")
    others = {member: value for member, value in outer.items() if value is not None}
    for member, value in others.items():
        if member not in ("name", "project"):
            raise invalid(f"$.configuration.{member}", "only name and project are allowed next to config.")
        within = inner.get(member)
        if within is not None and within != value:
            raise invalid(
                f"$.configuration.{member}",
                f"{value!r} differs from $.configuration.config.{member}, which is {within!r}.",
            )
    return {**inner, **others}


def _plain(value: object, path: str) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return check_text(value, path)
    if isinstance(value, int):
        return check_size(value, path)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise invalid(path, f"{value} has no JSON form.")
        return value
    if isinstance(value, Mapping):
        result: dict[str, object] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise invalid(path, f"the member name {described(key)} is not a string.")
            check_text(key, path)
            result[key] = _plain(item, f"{path}.{key}")
        return result
    if isinstance(value, list | tuple):
        return [_plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
    raise invalid(path, f"{type(value).__name__} has no JSON form.")
