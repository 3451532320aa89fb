"""Configurations as callers pass them: a mapping, a string in YAML or JSON, or a file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InvalidRequestError
from ..reading import read_file
from .json_text import lines_of_json, read_json_text
from .refusal import invalid

if TYPE_CHECKING:
    from .yaml_text import Read

Configuration = Mapping[str, object] | str | os.PathLike[str]
"""A configuration: a mapping, a string in YAML or JSON, or the path of a file (``pathlib.Path``, not a string)."""

ROOT = "$.configuration"
_SUFFIXES = (".json", ".yaml", ".yml", ".bu")


@dataclass(frozen=True, slots=True)
class Document:
    """What was passed: its members, and the text that they were read from, if any."""

    members: Mapping[object, object] = field(repr=False)
    root: str
    text: str | None = field(default=None, repr=False)
    is_json: bool = True
    place: str = ""
    """What the text was read from, as an error calls it."""
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)
    """The lines of the members of YAML, by their paths."""
    flowing: frozenset[str] = frozenset()
    """The paths of fodder that YAML has in braces or brackets."""

    def where(self, paths: Iterable[str]) -> dict[str, str]:
        """The place and line of each of ``paths``, or of what it is in; empty if there is none."""
        if self.text is None:
            return dict.fromkeys(paths, "")
        lines = lines_of_json(self.text, self.root) if self.is_json else self.lines
        return {path: self._where(path, lines) for path in paths}

    def _where(self, path: str, lines: Mapping[str, int]) -> str:
        inner = path.removeprefix(self.root)
        while inner:
            for found in (f"{self.root}{inner}", f"{self.root}.config{inner}"):
                if found in lines:
                    return f"{self.place}, line {lines[found]}"
            inner = inner[: max(inner.rfind("."), inner.rfind("["))]
        return self.place


def read_document(given: object, root: str = ROOT) -> Document:
    """Read ``given``. Raises InvalidRequestError if it cannot be read or is not a mapping; paths are below ``root``.

    YAML needs PyYAML (``pip install rxeryph[yaml]``). Files are UTF-8; their names end in .json, .yaml, .yml or .bu.
    """
    if isinstance(given, Mapping):
        return Document(given, root)
    if isinstance(given, str):
        return _read(given.removeprefix("\ufeff"), "the string", root)
    if isinstance(given, os.PathLike):
        return _read_file(Path(os.fsdecode(given)), root)
    raise invalid(root, f"expected a mapping, a YAML or JSON string, or a pathlib.Path, got {type(given).__name__}.")


def _read_file(path: Path, root: str) -> Document:
    if path.suffix.lower() not in _SUFFIXES:
        raise invalid(root, f"{path} does not end in any of {', '.join(_SUFFIXES)}; is it the right file?")
    try:
        content = read_file(path)
    except OSError as error:
        raise invalid(root, f"{path} cannot be read: {error.strerror or type(error).__name__}.") from error
    except ValueError as error:
        raise invalid(root, f"{path} cannot be read: {error}.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid(root, f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8.") from None
    return _read(text, str(path), root, is_json=path.suffix.lower() == ".json")


def _read(text: str, place: str, root: str, *, is_json: bool = False) -> Document:
    """Read JSON if it must be or is JSON, else YAML."""
    if not text.strip():
        raise invalid(root, f"{place} is empty.")
    lines: Mapping[str, int] = {}
    flowing: frozenset[str] = frozenset()
    try:
        value, is_json = read_json_text(text, place, root), True
    except ValueError as error:
        where = f", line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        problem = error.msg if isinstance(error, json.JSONDecodeError) else "a number is too long"
        broken = invalid(root, f"{place}{where}: {problem}. Correct the JSON there.")
        if is_json:
            raise broken from None
        read = _read_yaml(text, place, root, broken)
        value, lines, flowing = (text, lines, flowing) if read is None else (read.value, read.lines, read.flowing)
    if isinstance(value, Mapping):
        return Document(value, root, text, is_json, place, lines, flowing)
    kind = {"str": "only text", "list": "a list", "NoneType": "nothing"}.get(type(value).__name__, "a value")
    hint = f" For a file, pass pathlib.Path({text.strip()!r})." if _names_file(text) else ""
    raise invalid(root, f"{place} holds {kind}, not a mapping with members such as name and parent.{hint}")


def _names_file(text: str) -> bool:
    return "\n" not in text.strip() and text.strip().lower().endswith(_SUFFIXES)


def _read_yaml(text: str, place: str, root: str, as_json: InvalidRequestError) -> Read | None:
    """None for the name of a file, without PyYAML. ``as_json`` is the error of reading it as JSON."""
    looks_like_json = re.match(r'\s*\{\s*"', text) is not None
    try:
        from .yaml_text import read_yaml
    except ModuleNotFoundError as error:
        if error.name != "yaml":
            raise
        if _names_file(text):
            return None
        if looks_like_json:
            raise as_json from None
        raise invalid(root, f"{place} is not JSON, and YAML needs PyYAML: pip install rxeryph[yaml].") from None
    try:
        return read_yaml(text, place, root)
    except InvalidRequestError:
        if looks_like_json:
            raise as_json from None
        raise
