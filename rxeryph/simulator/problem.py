"""Problem documents: how the server refuses a request."""

from __future__ import annotations

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

    def document(self, trace_id: str) -> dict[str, object]:
        """The JSON document that the server sends."""
        section, title = _KINDS.get(self.status, ("15", "Error"))
        if self.errors is not None:
            title = "One or more validation errors occurred."
        document: dict[str, object] = {
            "type": f"https://tools.ietf.org/html/rfc9110#section-{section}",
            "title": title,
            "status": self.status,
        }
        if self.detail is not None:
            document["detail"] = self.detail
        if self.errors is not None:
            document["errors"] = self.errors
        return document | {"traceId": trace_id}
