"""Configurations as plain JSON data, in one object; errors have the JSON path of the offending member."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..arguments import described
from .refusal import check_size, check_text, invalid


def json_data(members: Mapping[object, object], root: str) -> dict[str, object]:
    """``members`` as plain JSON data. Raises InvalidRequestError for values that have no JSON form."""
    try:
        plain = _plain(members, root)
    except RecursionError:
        raise invalid(root, "it is nested too deeply, or contains itself.") from None
    assert isinstance(plain, dict)
    return plain


def flattened(outer: dict[str, object], root: str) -> dict[str, object]:
    """``{"name": ..., "project": ..., "config": {...}}`` as one object; anything else as it is."""
    if "config" not in outer:
        return outer
    inner = outer.pop("config")
    if not isinstance(inner, dict):
        raise invalid(f"{root}.config", f"expected a mapping, got {type(inner).__name__}.")
    others = {member: value for member, value in outer.items() if value is not None}
    for member, value in others.items():
        if member not in ("name", "project"):
            raise invalid(f"{root}.{member}", "only name and project are allowed next to config.")
        within = inner.get(member)
        if within is not None and within != value:
            raise invalid(f"{root}.{member}", f"it differs from {root}.config.{member}; give it once.")
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
