"""Media types and character sets: of request bodies, and those that a caller accepts."""

from __future__ import annotations

import re

from ..problem import Problem

JSON, PROBLEM = "application/json", "application/problem+json"
_JSON = re.compile(r"application/(?:[^\s;/]+\+)?json", re.IGNORECASE)
_ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-16le": "utf-16-le", "unicode": "utf-16-le"}


def text_of(content_type: str | None, body: bytes) -> str:
    """The text of a JSON body. Raises Problem 415 for another media type or character set.

    What is not valid in the character set stays recognizable: it becomes lone surrogates.
    """
    kind, _, parameters = (content_type or "").partition(";")
    encoding = _ENCODINGS.get(_parameter(parameters, "charset") or "utf-8")
    if not _JSON.fullmatch(kind.strip()) or encoding is None:
        raise Problem(415)
    if encoding == "utf-8":
        return body.decode(encoding, "surrogateescape").removeprefix("\ufeff")
    return body.decode(encoding, "replace").removeprefix("\ufeff")


def lacks_boundary(content_type: str | None) -> bool:
    """Whether it is said to be a form of several parts, but not what separates them."""
    kind, _, parameters = (content_type or "").partition(";")
    return kind.strip().lower() == "multipart/form-data" and not _parameter(parameters, "boundary")


def wanted_json(accept: str | None) -> str:
    """The media type of JSON that the caller prefers; anything else that it accepts is ignored."""
    kinds = _accepted(accept)
    if "*/*" not in kinds:
        for kind in kinds:
            if kind == "text/json" or _JSON.fullmatch(kind):
                return kind
    return JSON


def accepts_problems(accept: str | None) -> bool:
    """Whether the caller accepts a problem document."""
    return not {"*/*", "application/*", JSON, PROBLEM}.isdisjoint(_accepted(accept))


def _accepted(accept: str | None) -> list[str]:
    """The media types in an Accept header, the best first."""

    def quality(part: str) -> float:
        try:
            return float(_parameter(part.partition(";")[2], "q") or 1)
        except ValueError:
            return 0.0

    parts = sorted((accept or "*/*").split(","), key=quality, reverse=True)
    return [part.partition(";")[0].strip().lower() for part in parts]


def _parameter(parameters: str, name: str) -> str | None:
    for parameter in parameters.split(";"):
        found, _, value = parameter.partition("=")
        if found.strip().lower() == name:
            return value.strip().strip('"').lower()
    return None
