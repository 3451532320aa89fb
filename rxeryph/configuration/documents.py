"""Configurations as callers pass them: a mapping, a string in YAML or JSON, or a file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InvalidRequestError
from ..reading import read_file
from .refusal import invalid

Configuration = Mapping[str, object] | str | os.PathLike[str]
"""A configuration: a mapping, a string in YAML or JSON, or the path of a file (``pathlib.Path``, not a string)."""

ROOT = "$.configuration"
_SUFFIXES = (".json", ".yaml", ".yml", ".bu")


@dataclass(frozen=True, slots=True)
class Document:
    """What was passed: its members, and the text that they were read from, if any."""

    members: Mapping[object, object] = field(repr=False)
    text: str | None = field(default=None, repr=False)
    is_json: bool = True


def read_document(given: object) -> Document:
    """Read ``given``. Raises InvalidRequestError if it cannot be read or is not a mapping.

    YAML needs PyYAML (``pip install rxeryph[yaml]``). Files are UTF-8; their names end in .json, .yaml, .yml or .bu.
    """
    if isinstance(given, Mapping):
        return Document(given)
    if isinstance(given, str):
        return _read(given.removeprefix("\ufeff"), "the string")
    if isinstance(given, os.PathLike):
        return _read_file(Path(os.fsdecode(given)))
    raise invalid(ROOT, f"expected a mapping, a YAML or JSON string, or a pathlib.Path, got {type(given).__name__}.")


def _read_file(path: Path) -> Document:
    if path.suffix.lower() not in _SUFFIXES:
        raise invalid(ROOT, f"{path} does not end in any of {', '.join(_SUFFIXES)}; is it a configuration?")
    try:
        content = read_file(path)
    except OSError as error:
        raise invalid(ROOT, f"{path} cannot be read: {error.strerror or type(error).__name__}.") from error
    except ValueError as error:
        raise invalid(ROOT, f"{path} cannot be read: {error}.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid(ROOT, f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8.") from None
    return _read(text, str(path), is_json=path.suffix.lower() == ".json")


def _read(text: str, place: str, *, is_json: bool = False) -> Document:
    """Read JSON if it must be or is JSON, else YAML."""
    if not text.strip():
        raise invalid(ROOT, f"{place} is empty.")
    try:
        value, is_json = _read_json(text, place), True
    except ValueError as error:
        where = f", line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        problem = error.msg if isinstance(error, json.JSONDecodeError) else "a number is too long"
        broken = invalid(ROOT, f"{place}{where}: {problem}. Correct the JSON there.")
        if is_json:
            raise broken from None
        value = _read_yaml(text, place, broken)
    if isinstance(value, Mapping):
        return Document(value, text, is_json)
    kind = {"str": "only text", "list": "a list", "NoneType": "nothing"}.get(type(value).__name__, "a value")
    hint = f" For a file, pass pathlib.Path({text.strip()!r})." if _names_file(text) else ""
    raise invalid(ROOT, f"{place} holds {kind}, not a mapping with members such as name and parent.{hint}")


def _names_file(text: str) -> bool:
    return "\n" not in text.strip() and text.strip().lower().endswith(_SUFFIXES)


def _read_yaml(text: str, place: str, as_json: InvalidRequestError) -> object:
    """``as_json`` is the error of reading it as JSON."""
    looks_like_json = re.match(r'\s*\{\s*"', text) is not None
    try:
        from .yaml_text import read_yaml
    except ModuleNotFoundError as error:
        if error.name != "yaml":
            raise
        if _names_file(text):
            return text
        if looks_like_json:
            raise as_json from None
        raise invalid(ROOT, f"{place} is not JSON, and YAML needs PyYAML: pip install rxeryph[yaml].") from None
    try:
        return read_yaml(text, place, ROOT)
    except InvalidRequestError:
        if looks_like_json:
            raise as_json from None
        raise


class _Duplicated(dict[str, object]):
    """An object with a duplicate key."""

    key = ""


def _read_json(text: str, place: str) -> object:
    """Raises ValueError for anything but JSON."""
    has_duplicates = False

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal has_duplicates
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                has_duplicates = True
                found = _Duplicated(pairs)
                found.key = key
                return found
            seen.add(key)
        return dict(pairs)

    try:
        value: object = json.loads(text, object_pairs_hook=members)
        if has_duplicates:
            path = _path_of_duplicate(value, ROOT)
            raise invalid(path or ROOT, f"duplicate key ({place}).")
    except RecursionError:
        raise invalid(ROOT, f"{place} is nested too deeply.") from None
    return value


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
