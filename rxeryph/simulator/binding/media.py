"""Media types and character sets of request bodies."""

from __future__ import annotations

import re

from ..problem import Problem

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


def _parameter(parameters: str, name: str) -> str | None:
    for parameter in parameters.split(";"):
        found, _, value = parameter.partition("=")
        if found.strip().lower() == name:
            return value.strip().strip('"').lower()
    return None
