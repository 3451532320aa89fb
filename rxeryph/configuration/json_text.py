"""JSON with the line of each member. A duplicate key is an error, not a choice of the last one."""

from __future__ import annotations

import json
import re

from .refusal import invalid

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")


def read_json_text(text: str, place: str, root: str) -> object:
    """Raises ValueError for anything but JSON, and InvalidRequestError for a duplicate key."""
    has_duplicates = False

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal has_duplicates
        found = dict(pairs)
        if len(found) < len(pairs):
            has_duplicates = True
            return _Duplicated(pairs)
        return found

    try:
        value: object = json.loads(text, object_pairs_hook=members)
        path = _path_of_duplicate(value, root) if has_duplicates else None
    except RecursionError:
        raise invalid(root, f"{place} is nested too deeply.") from None
    if has_duplicates:
        line = lines_of_json(text, root).get(path or "")
        raise invalid(path or root, f"duplicate key ({place}{f', line {line}' if line else ''}).")
    return value


class _Duplicated(dict[str, object]):
    """An object with a duplicate key."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.key = next(key for key in keys if keys.count(key) > 1)


def _path_of_duplicate(value: object, path: str) -> str | None:
    """Where a duplicate key is; None if there is none, or another duplicate key has replaced it."""
    if isinstance(value, _Duplicated):
        return f"{path}.{value.key}"
    if isinstance(value, dict):
        found = (_path_of_duplicate(item, f"{path}.{name}") for name, item in value.items())
    elif isinstance(value, list):
        found = (_path_of_duplicate(item, f"{path}[{index}]") for index, item in enumerate(value))
    else:
        return None
    return next((each for each in found if each), None)


def lines_of_json(text: str, root: str) -> dict[str, int]:
    """The line of each member and entry by its path; of a duplicate key, the last one. ``text`` must be JSON."""
    places: dict[str, int] = {}
    try:
        _walk(text, _skip(text, 0), root, places)
    except RecursionError:
        return {}
    return {path: text.count("\n", 0, place) + 1 for path, place in places.items()}


def _walk(text: str, start: int, path: str, places: dict[str, int]) -> int:
    """Note where each member of the value at ``start`` is, and return the end of the value."""
    bracket = text[start]
    if bracket not in "{[":
        return _DECODER.raw_decode(text, start)[1]
    index, position = 0, _skip(text, start + 1)
    while text[position] not in "}]":
        place = position
        if bracket == "{":
            name, position = _DECODER.raw_decode(text, position)
            inner = f"{path}.{name}"
            position = _skip(text, _skip(text, position) + 1)
        else:
            inner = f"{path}[{index}]"
        position = _skip(text, _walk(text, position, inner, places))
        places[inner] = place
        index += 1
        if text[position] == ",":
            position = _skip(text, position + 1)
    return position + 1


def _skip(text: str, position: int) -> int:
    """The next position that is not white space."""
    space = _SPACE.match(text, position)
    assert space is not None
    return space.end()
