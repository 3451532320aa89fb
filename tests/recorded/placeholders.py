"""Names for what differs from one run to the next: ids, times, tokens, and whatever is written for people."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

GUID = re.compile(r"(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])", re.IGNORECASE)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?|\d\d/\d\d/\d{4} \d\d:\d\d:\d\d")
TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----\n?", re.DOTALL)
BRACES = re.compile(r"\{([a-z_][\w-]*(?:\.[\w-]+)*)\}")
DESCRIPTION = re.compile(r'(error_description)="[^"]*"')

EVERYWHERE = frozenset(
    {
        "c1813384-8ecb-4f17-b846-821ee515d19b",  # the tenant
        "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e",  # the default project
        "e5e83176-7543-4d01-baea-08a00ea064a6",  # the role of super admins
        "918d2c23-8e9a-41ae-8f0e-adaca3becbc4",  # the roles in projects
        "6c526814-2466-4bc1-92fd-1728c1152f3d",
        "47982531-a6d2-41e4-ad6c-d5023deb7710",
    }
)
"""Ids that every server has."""

_STATUSES = {"Queued", "Running", "Completed", "Cancelled"}
_PROSE = {"detail", "error_description", "message", "status_message"}


class Names:
    """Replaces strings by what they are. The same id has the same name throughout a conversation."""

    def __init__(self, replaced: Mapping[str, str], literal: Collection[str]) -> None:
        self.replaced = dict(replaced)
        self._literal = {*literal, *EVERYWHERE}
        self._ids: dict[str, str] = {}

    def of(self, value: Any) -> Any:
        """The JSON value with placeholders."""
        match value:
            case dict():
                return {self.of(name): self.of(each) for name, each in value.items()}
            case list():
                return [self.of(each) for each in value]
            case str():
                return self._of_string(value)
        return value

    def _of_string(self, value: str) -> str:
        for string, name in self.replaced.items():
            value = value.replace(string, name)
        value = TRACE.sub("<trace>", value)
        value = PEM.sub(lambda found: f"<pem {found[1]} {_line_ends(found[0])}>", value)
        value = TIME.sub("<time>", TOKEN.sub("<token>", value))
        return GUID.sub(self._id, value)

    def _id(self, found: re.Match[str]) -> str:
        if found[0].lower() in self._literal:
            return found[0]
        return self._ids.setdefault(found[0].lower(), f"<id:{len(self._ids) + 1}>")


def without_prose(value: Any, name: str = "") -> Any:
    """The JSON value of the member ``name`` with ``<text>`` for every sentence: servers have words of their own."""
    match value:
        case dict():
            keys = {
                key: "message" if name == "errors" and isinstance(each, list) else key for key, each in value.items()
            }
            return {key: without_prose(each, keys[key]) for key, each in value.items()}
        case list():
            return [without_prose(each, name) for each in value]
        case str() if name in _PROSE and value not in _STATUSES:
            return "<text>"
        case str() if name == "title" and value not in {status.phrase for status in HTTPStatus}:
            return "<text>"
        case str() if name == "www-authenticate":
            return DESCRIPTION.sub(r'\1="<text>"', value)
    return value


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """The JSON value with what is ``known`` in place of ``{name}`` and ``{name.member}``."""

    def look_up(found: re.Match[str]) -> str:
        parts = found[1].split(".")
        if parts[0] not in known:
            return found[0]
        value: Any = known
        for part in parts:
            try:
                value = value[int(part) if isinstance(value, list) else part]
            except (KeyError, IndexError, ValueError):
                return "<missing>"
        return str(value)

    match value:
        case dict():
            return {filled(name, known): filled(each, known) for name, each in value.items()}
        case list():
            return [filled(each, known) for each in value]
        case str():
            return BRACES.sub(look_up, value)
    return value


def in_any_order(entries: list[Any]) -> list[Any]:
    """The entries sorted by what does not differ from one run to the next."""
    return sorted(entries, key=lambda each: TIME.sub("", GUID.sub("", json.dumps(each))))


def _line_ends(pem: str) -> str:
    return "CRLF" if "\r\n" in pem else "LF" if "\n" in pem.strip() else "one line"
