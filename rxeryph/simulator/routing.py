"""Which endpoint a path leads to.

Segments are compared without regard to case, one slash at the end is ignored, and a literal segment goes before a
parameter. The first segment is the version of the API.
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

_VERSION = re.compile(r"(?:\d{4}-\d\d-\d\d)?\.?(?:(\d+)(?:\.(\d+))?)?(?:-[a-z][a-z0-9]*)?", re.IGNORECASE)


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

    def find(self, method: str, path: str, version: str | None) -> tuple[Target, Mapping[str, str]]:
        """What ``method`` and the undecoded ``path`` lead to, and the parameters in the path.

        ``version`` is what the query asks for. Raises Problem 404, 405, or 400 for a version that cannot be.
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
        _check_version(first[1:], version)
        for template, parameters in fitting:
            if method in template.targets:
                return template.targets[method], parameters
        methods = sorted({method for template, _ in fitting for method in template.targets})
        raise Problem(405, headers={"Allow": ", ".join(methods)})


@lru_cache(4096)
def _segments(path: str) -> tuple[str, ...]:
    return tuple(map(unquote, path.removesuffix("/").removeprefix("/").split("/")))


def _check_version(segment: str, query: str | None) -> None:
    """Raise Problem unless the version in the path is 1.0, and the query names no other."""
    if not segment:
        raise VersionProblem("unspecified", "ApiVersionUnspecified", "The path names no version. Begin it with /v1.")
    match = _VERSION.fullmatch(segment)
    if match is None:
        raise VersionProblem("invalid", "InvalidApiVersion", f"There is no version {segment!r}. Use v1.")
    if not _is_first(segment):
        raise Problem(404)
    if query and not _is_first(query):
        message = f"The path names version {segment}, and the query {query}. Leave out api-version."
        raise VersionProblem("ambiguous", "AmbiguousApiVersion", message)


def _is_first(version: str) -> bool:
    return re.fullmatch(r"0*1(\.0+)?", version) is not None
