"""One request to the compute API, and what an endpoint makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from .access import Caller
from .problem import Problem
from .validation import guid, read_body

NO_WRITE = "You do not have write access to the given project."

Answer = tuple[int, object]
"""Status and document; no document for an empty body."""


class Call:
    """One authorised request."""

    def __init__(self, request: Request, caller: Caller, body: bytes) -> None:
        self.request = request
        self.caller = caller
        self._body = body

    @property
    def id(self) -> str:
        """The id in the path; one that is no GUID belongs to nothing."""
        found = guid(self.request.path_params["id"])
        if found is None:
            raise Problem(404)
        return found

    def query(self, name: str) -> str | None:
        """The first value of a query member."""
        values = self.request.query_params.getlist(name)
        return values[0] if values else None

    def body(self) -> dict[str, object]:
        """The members of the JSON body."""
        return read_body(self.request.headers.get("content-type"), self._body)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route, the scope it needs (None: any token), and since which API version it exists."""

    method: str
    path: str
    scope: str | None
    handler: Callable[[Call], Answer]
    since: tuple[int, int] = (1, 0)
