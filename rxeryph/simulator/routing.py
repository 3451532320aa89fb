"""Which endpoint a path leads to.

Segments are compared without regard to case, one slash at the end is ignored, and a literal segment goes before a
parameter. The first segment is the version of the API. The web server has taken dots out of the path before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar
from urllib.parse import unquote

from .problem import Problem, VersionProblem

Target = TypeVar("Target")

_VERSION = re.compile(r"(\d{4}-\d\d-\d\d)?\.?(?:(\d+)(?:\.(\d+))?)?(?:-([a-z][a-z0-9]*))?", re.IGNORECASE)
_FIRST = None, 1, 0, ""


@dataclass(frozen=True, slots=True)
class _Template(Generic[Target]):
    segments: tuple[str, ...]
    targets: dict[str, Target]
    """By method."""

    def parameters(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """What the parameters of the path are, or None if the path is another."""
        found = {}
        for wanted, given in zip(self.segments, segments, strict=True):
            if wanted.startswith("{") and given:
                found[wanted[1:-1]] = given
            elif wanted != given.lower():
                return None
        return found

    @property
    def rank(self) -> tuple[bool, ...]:
        return tuple(segment.startswith("{") for segment in self.segments)


class Routes(Generic[Target]):
    """Targets by method and path; a path begins with ``/v1``."""

    def __init__(self, targets: Iterable[tuple[str, str, Target]]) -> None:
        found: dict[tuple[str, ...], _Template[Target]] = {}
        for method, path, target in targets:
            segments = tuple(path.split("/")[2:])
            template = found.setdefault(segments, _Template(segments, {}))
            template.targets[method] = target
        self._templates: dict[int, list[_Template[Target]]] = {}
        for template in sorted(found.values(), key=lambda each: each.rank):
            self._templates.setdefault(len(template.segments), []).append(template)

    def find(self, method: str, path: str, versions: tuple[str, ...] = ()) -> tuple[Target, Mapping[str, str]]:
        """What ``method`` and the undecoded ``path`` lead to, and the parameters in the path.

        ``versions`` are those that the query names. Raises Problem 404, 405, or 400 for a version that cannot be.
        """
        first, *segments = _segments(path)
        if not re.match("v", first, re.IGNORECASE):
            raise Problem(404)
        fitting = []
        for template in self._templates.get(len(segments), ()):
            parameters = template.parameters(tuple(segments))
            if parameters is not None:
                fitting.append((template, parameters))
        if not fitting:
            raise Problem(404)
        _check_version(first[1:], versions)
        for template, parameters in fitting:
            if method in template.targets:
                return template.targets[method], parameters
        methods = sorted({method for template, _ in fitting for method in template.targets})
        raise Problem(405, headers={"Allow": ", ".join(methods)})


@lru_cache(4096)
def without_dots(path: str) -> str:
    """An undecoded path without segments that are ``.``, and without those that a ``..`` takes back."""
    kept: list[str] = []
    for segment in path.split("/"):
        match unquote(segment):
            case ".":
                continue
            case "..":
                del kept[max(1, len(kept) - 1) :]
            case _:
                kept.append(segment)
    return "/".join(kept)


@lru_cache(4096)
def _segments(path: str) -> tuple[str, ...]:
    return tuple(map(unquote, path.removesuffix("/").removeprefix("/").split("/")))


@lru_cache(64)
def _check_version(segment: str, query: tuple[str, ...]) -> None:
    """Raise Problem unless the version in the path is 1.0, and the query names no other.

    All versions that are named count, in either place. Those that are equal count once.
    """
    named = list(dict.fromkeys(version.lower() for version in query if version))
    if segment and not any(_is_same(segment, each) for each in named):
        named.append(segment)
    if not named:
        raise VersionProblem("unspecified", "ApiVersionUnspecified", "The path names no version. Begin it with /v1.")
    if len(named) > 1:
        message = f"The request names the versions {', '.join(named)}. Leave out api-version."
        raise VersionProblem("ambiguous", "AmbiguousApiVersion", message)
    version = _parsed(named[0])
    if version is None:
        raise VersionProblem("invalid", "InvalidApiVersion", f"There is no version {named[0]!r}. Use v1.")
    if version != _FIRST and query:
        raise VersionProblem("unsupported", "UnsupportedApiVersion", f"There is no version {named[0]}. Use v1.")
    if version != _FIRST or not segment:
        raise Problem(404)


def _is_same(version: str, other: str) -> bool:
    return version.lower() == other or (_parsed(version) is not None and _parsed(version) == _parsed(other))


def _parsed(version: str) -> tuple[object, ...] | None:
    """The parts of a version: its date, major and minor number, and status."""
    match = _VERSION.fullmatch(version)
    if match is None or not (match[1] or match[2]):
        return None
    return match[1], match[2] and int(match[2]), int(match[3] or 0), (match[4] or "").lower()
