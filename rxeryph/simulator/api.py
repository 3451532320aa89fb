"""How an API of eryph answers: it authorizes the caller, reads and writes JSON, and sends problem documents."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import documents
from .access import Caller, Tokens
from .bodies.reading import guid, read_body
from .problem import Problem
from .rows import ProjectRow

NO_WRITE = "You do not have write access to the given project."
NO_ADMIN = "You do not have admin access to the given project."


class InProject(Protocol):
    """A row that belongs to a project; the roles in the project decide who may see it."""

    @property
    def id(self) -> str: ...

    @property
    def project(self) -> ProjectRow: ...


Row = TypeVar("Row", bound=InProject)


@dataclass(frozen=True, slots=True)
class Null:
    """The JSON document ``null``."""


Answer = tuple[int, object]
"""Status and document, or its JSON as bytes. None is an empty body."""


class Call:
    """One authorised request."""

    def __init__(self, request: Request, caller: Caller, body: bytes) -> None:
        self.request = request
        self.caller = caller
        self._body = body

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.guid("id")

    def guid(self, name: str) -> str:
        """The id in the path called ``name``. Raises Problem 404 for what is not a GUID."""
        found = guid(self.request.path_params[name])
        if found is None:
            raise Problem(404)
        return found

    def query(self, name: str) -> str | None:
        """The first value of a query parameter."""
        values = self.request.query_params.getlist(name)
        return values[0] if values else None

    def body(self) -> dict[str, object]:
        """The members of the JSON body."""
        return read_body(self.request.headers.get("content-type"), self._body)

    def find(self, rows: Mapping[str, Row], role: str = "reader", parameter: str = "id") -> Row:
        """The row that the path names. Raises Problem 404, also for a caller without ``role`` in its project."""
        row = rows.get(self.guid(parameter))
        if row is None or not self.caller.has_role(role, row.project):
            raise Problem(404)
        return row

    def own_project(self, rows: Mapping[str, ProjectRow]) -> ProjectRow:
        """The project that the path names. Raises Problem 403 unless it exists and the caller owns it."""
        row = rows.get(self.guid("project_id"))
        if row is None or not self.caller.has_role("owner", row):
            raise Problem(403, NO_ADMIN)
        return row

    def select(self, rows: Mapping[str, Row]) -> list[Row]:
        """The rows that the caller may read, sorted by id; only those of a project if the query names one."""
        wanted = self.query("project_id")
        found = [row for row in rows.values() if self.caller.has_role("reader", row.project)]
        return sorted((row for row in found if not wanted or row.project.id == guid(wanted)), key=lambda row: row.id)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route, the scope it needs (None: any token), and the API version that introduced it."""

    method: str
    path: str
    scope: str | None
    handler: Callable[[Call], Answer]
    since: tuple[int, int] = (1, 0)


class Api:
    """Answers below ``url`` to tokens for ``audience``. Handlers run within ``present``."""

    def __init__(
        self, url: str, audience: str, tokens: Tokens, present: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._url = url
        self._audience = audience
        self._tokens = tokens
        self._present = present

    def route(self, endpoint: Endpoint) -> Route:
        """The endpoint as a route of starlette."""

        async def answer(request: Request) -> Response:
            return await self._answer(request, endpoint.scope, endpoint.handler)

        return Route(endpoint.path, answer, methods=[endpoint.method])

    async def refuse(self, request: Request, error: Exception) -> Response:
        """The answer to a request without a route: 401 without a token, otherwise the status of ``error``."""
        status = error.status_code if isinstance(error, HTTPException) else 500

        def handler(call: Call) -> Answer:
            raise Problem(status)

        return await self._answer(request, None, handler)

    async def _answer(self, request: Request, scope: str | None, handler: Callable[[Call], Answer]) -> Response:
        trace_id = request.headers.get("x-ms-client-request-id") or str(uuid.uuid4())
        headers = {"x-ms-client-request-id": trace_id, "api-supported-versions": "1"}
        body = await request.body()
        is_get = request.method == "GET"
        try:
            with self._present():
                caller = self._tokens.caller(request.headers.get("authorization"), self._audience)
                if scope is not None and scope not in caller.scopes:
                    raise Problem(403)
                status, document = handler(Call(request, caller, body))
        except Problem as problem:
            content = documents.encode(problem.document(trace_id), False)
            return Response(content, problem.status, headers | problem.headers, "application/problem+json")
        if status == 202 and isinstance(document, Mapping):
            headers["Location"] = f"{self._url}/v1/operations/{document['id']}"
        if document is None:
            return Response(b"", status, headers)
        if not isinstance(document, bytes):
            document = documents.encode(None if isinstance(document, Null) else document, is_get)
        return Response(document, status, headers, "application/json; charset=utf-8")
