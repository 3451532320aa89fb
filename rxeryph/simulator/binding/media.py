"""Media types and character sets: of request bodies, and those that a caller accepts."""

from __future__ import annotations

import re

from ..problem import Problem

JSON, TEXT_JSON, PROBLEM = "application/json", "text/json", "application/problem+json"
_WITH_PROBLEMS = ("*/*", "application/*", "application/*+json", JSON, PROBLEM)
_MEDIA_TYPE = re.compile(r"[^\s/;]+/[^\s/;]+")
_QUALITY = re.compile(r";\s*q\s*=")
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
    if not any(kind == "*/*" for kind, _ in kinds):
        for kind, parameters in kinds:
            for offered in (JSON, TEXT_JSON):
                if kind in (offered, f"{offered.partition('/')[0]}/*") and not parameters:
                    return offered
    return JSON


def accepts_problems(accept: str | None) -> bool:
    """Whether the caller accepts a problem document. One that names no media type at all accepts everything."""
    kinds = _accepted(accept)
    return not kinds or any(kind in _WITH_PROBLEMS and not parameters for kind, parameters in kinds)


def wanted_encoding(accept_charset: str | None) -> str:
    """The character set of JSON that the caller prefers: ``utf-8``, or ``utf-16`` if it asks for that."""
    parts = sorted((accept_charset or "").lower().split(","), key=_quality, reverse=True)
    for name in (part.partition(";")[0].strip() for part in parts):
        if name in ("utf-8", "utf-16", "*"):
            return "utf-8" if name == "*" else name
    return "utf-8"


def _accepted(accept: str | None) -> list[tuple[str, str]]:
    """The media types in an Accept header with their parameters, the best first; what is no media type is skipped."""
    found = []
    for part in sorted((accept or "*/*").lower().split(","), key=_quality, reverse=True):
        kind, _, parameters = part.partition(";")
        if _MEDIA_TYPE.fullmatch(kind.strip()):
            found.append((kind.strip(), _QUALITY.split(f";{parameters}")[0].strip("; ")))
    return found


def _quality(part: str) -> float:
    try:
        return float(_parameter(part.partition(";")[2], "q") or 1)
    except ValueError:
        return 0.0


def _parameter(parameters: str, name: str) -> str | None:
    for parameter in parameters.split(";"):
        found, _, value = parameter.partition("=")
        if found.strip().lower() == name:
            return value.strip().strip('"').lower()
    return None
