"""Problem documents: how the server refuses a request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_KINDS = {
    400: ("15.5.1", "Bad Request"),
    401: ("15.5.2", "Unauthorized"),
    403: ("15.5.4", "Forbidden"),
    404: ("15.5.5", "Not Found"),
    405: ("15.5.6", "Method Not Allowed"),
    409: ("15.5.10", "Conflict"),
    415: ("15.5.16", "Unsupported Media Type"),
    429: ("15.5", "Too Many Requests"),
    500: ("15.6.1", "An error occurred while processing your request."),
    503: ("15.6.4", "Service Unavailable"),
}
_WORD = re.compile(r"(?<=\.)[a-z]|_[a-z]")
_VERSIONS = "https://docs.api-versioning.org/problems#"


class Problem(Exception):
    """The request is answered with an error. ``errors`` maps JSON paths of the body to messages."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or status)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.reports_versions = False
        """Whether the answer names the supported versions, although no endpoint was reached."""
        if status == 500:
            self.headers |= {"Cache-Control": "no-cache,no-store", "Pragma": "no-cache", "Expires": "-1"}

    @property
    def title(self) -> str:
        """What kind of problem it is."""
        if self.errors is not None:
            return "One or more validation errors occurred."
        return _KINDS.get(self.status, ("", "Error"))[1]

    def document(self, trace_id: str) -> dict[str, object]:
        """The JSON document that the server sends."""
        section = _KINDS.get(self.status, ("15", ""))[0]
        document: dict[str, object] = {
            "type": f"https://tools.ietf.org/html/rfc9110#section-{section}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail is not None:
            document["detail"] = self.detail
        if self.errors is not None:
            document["errors"] = self.errors
        return document | {"traceId": trace_id}


class Invalid(Problem):
    """A rule of eryph's own is broken: 400, with messages by JSON paths of the body."""

    def __init__(self, errors: Mapping[str, Sequence[str]], detail: str | None = None) -> None:
        super().__init__(400, detail, errors)

    def as_dotnet(self) -> Invalid:
        """The same with the names of members that .NET has: ``$.memory.startup`` becomes ``$.Memory.Startup``."""
        named = {path: _WORD.sub(lambda word: word[0][-1].upper(), path) for path in self.errors or ()}
        return Invalid({named[path]: found for path, found in (self.errors or {}).items()}, self.detail)


class VersionProblem(Problem):
    """The request does not name the version of the API as it must."""

    def __init__(self, kind: str, code: str, detail: str) -> None:
        super().__init__(400, detail)
        self._kind = kind
        self._code = code
        self.reports_versions = kind != "ambiguous"

    def document(self, trace_id: str) -> dict[str, object]:
        document = super().document(trace_id)
        del document["traceId"]
        named = {"type": _VERSIONS + self._kind, "title": f"API version {self._kind}", "code": self._code}
        return document | named | {"traceId": trace_id}
