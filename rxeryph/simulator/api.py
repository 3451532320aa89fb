"""How an API of eryph answers: it authorizes the caller, binds the request, and sends JSON or problem documents."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from . import documents, swagger
from .access import NO_ONE, Caller, Tokens
from .binding.binder import Body, Bound, Query, all_values, bind
from .binding.guids import guid
from .binding.media import JSON, PROBLEM, accepts_problems, wanted_encoding, wanted_json
from .level import Level
from .problem import Invalid, Problem
from .routing import Routes
from .rows import ProjectRow
from .web.pieces import InPieces
from .web.websocket import REFUSED, Echo

NO_WRITE = "You do not have write access to the given project."
NO_ADMIN = "You do not have admin access to the given project."
SUPPORTED = {"api-supported-versions": "1.0"}


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


@dataclass(frozen=True, slots=True)
class Channel:
    """A WebSocket instead of a document; ``is_valid`` says whether it stays open."""

    is_valid: bool


Answer = tuple[int, object]
"""Status and document, or its JSON as bytes. None is an empty body."""


class Call:
    """One authorized request, with its values."""

    def __init__(self, caller: Caller, path: Mapping[str, str], bound: Bound, headers: Mapping[str, str]) -> None:
        self.caller = caller
        self.path = path
        self.headers = headers
        self._bound = bound

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.guid("id")

    def guid(self, name: str) -> str:
        """The id in the path called ``name``. Raises Problem 404 for what is not a GUID."""
        found = guid(self.path[name])
        if found is None:
            raise Problem(404)
        return found

    def query(self, name: str) -> object:
        """The value of a query parameter, or None."""
        return self._bound.query.get(name)

    def body(self) -> Mapping[str, object]:
        """The members of the JSON body, without those that are null."""
        return self._bound.body

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


BY_PROJECT: Query = {"project_id": str}
"""The query of a list that can be limited to a project."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route, the scope it needs (None: any token), the API version that introduced it, and what it binds.

    One that ``is_anonymous`` needs no token, and does not look at it. Answers to a GET are JSON whatever the caller
    accepts, and escape what is special in HTML, unless the endpoint ``is_negotiated``.
    """

    method: str
    path: str
    scope: str | None
    handler: Callable[[Call], Answer]
    since: tuple[int, int] = (1, 0)
    body: Body | None = None
    query: Query = field(default_factory=dict)
    is_anonymous: bool = False
    is_negotiated: bool = False


class Api:
    """Answers below ``url`` to tokens for ``audience``. Handlers run within ``present``."""

    def __init__(
        self,
        url: str,
        audience: str,
        tokens: Tokens,
        level: Level,
        present: Callable[[], AbstractContextManager[None]],
        endpoints: Iterable[Endpoint],
    ) -> None:
        self._url = url
        self._audience = audience
        self._tokens = tokens
        self._level = level
        self._present = present
        self._endpoints = tuple(endpoints)
        self._routes = Routes((each.method, each.path, each) for each in self._endpoints)

    async def answer(self, request: Request, path: str) -> Response | Echo:
        """The answer to a request for the undecoded ``path`` below the URL."""
        asked = ",".join(request.headers.getlist("x-ms-client-request-id"))
        trace_id = asked if asked.strip() else str(uuid.uuid4())
        headers = {"x-ms-client-request-id": trace_id}
        if request.method == "GET" and (page := self._described(unquote(path).lower(), headers)):
            return page
        content = await request.body()
        query = request.scope["query_string"].decode("latin-1")
        is_bound = is_known = False
        try:
            with self._present():
                try:
                    versions = all_values(query, "api-version") if query else ()
                    endpoint, parameters = self._routes.find(request.method, path, versions)
                    is_known = True
                except Problem as problem:
                    is_open = self._level.is_before_0_4_1 or swagger.is_below(path)
                    self._authenticate(request, is_optional=is_open)
                    raise problem
                is_optional = endpoint.is_anonymous or (endpoint.scope is None and self._level.is_before_0_4_1)
                caller = self._authenticate(request, is_optional=is_optional)
                if endpoint.scope is not None and endpoint.scope not in caller.scopes:
                    raise Problem(403)
                kind = request.headers.get("content-type")
                bound = bind(parameters, endpoint.query, query, endpoint.body, kind, content)
                is_bound = True
                status, document = endpoint.handler(Call(caller, parameters, bound, request.headers))
        except Problem as problem:
            if isinstance(problem, Invalid) and self._level.is_first:
                problem = problem.as_dotnet()
            return _refusal(problem, trace_id, request, headers | (SUPPORTED if is_bound else {}), is_known=is_known)
        headers |= SUPPORTED
        if isinstance(document, Channel):
            return Echo(request.headers["sec-websocket-key"], headers, None if document.is_valid else REFUSED)
        if isinstance(document, Mapping):
            headers |= self._location(status, document.get("id", ""))
        if document is None:
            return Response(b"", status, headers)
        is_negotiated = endpoint.is_negotiated or request.method != "GET"
        if not isinstance(document, bytes):
            document = documents.encode(None if isinstance(document, Null) else document, not is_negotiated)
        kind = wanted_json(request.headers.get("accept")) if is_negotiated else JSON
        encoding = wanted_encoding(request.headers.get("accept-charset")) if is_negotiated else "utf-8"
        return InPieces(_encoded(document, encoding), status, headers, f"{kind}; charset={encoding}")

    def _described(self, path: str, headers: Mapping[str, str]) -> Response | None:
        """The description of the API, or the page for people about it, if that is what the path leads to."""
        title = f"Eryph {self._audience.removesuffix('_api').title()} Api"
        if path in (swagger.ROOT, f"{swagger.ROOT}/"):
            return Response(b"", 301, {**headers, "Location": f"{self._url}{swagger.PAGE}"})
        if path == swagger.PAGE:
            return Response(swagger.page(title), 200, headers, "text/html;charset=utf-8")
        if path != swagger.PATH:
            return None
        routes = ((each.method, each.path, each.scope, each.query) for each in self._endpoints)
        content = documents.encode(swagger.description(title, self._url, routes), False)
        return Response(content, 200, headers, "application/json;charset=utf-8")

    def _authenticate(self, request: Request, *, is_optional: bool) -> Caller:
        try:
            return self._tokens.caller(request.headers.get("authorization"), self._audience)
        except Problem:
            if is_optional:
                return NO_ONE
            raise

    def _location(self, status: int, row_id: object) -> dict[str, str]:
        """Where the new operation or client is."""
        noun = {201: "clients", 202: "operations"}.get(status)
        return {"Location": f"{self._url}/v1/{noun}/{row_id}"} if noun else {}


def _refusal(
    problem: Problem, trace_id: str, request: Request, headers: Mapping[str, str], *, is_known: bool
) -> Response:
    """A problem document. Where no endpoint was found, it is sent only to those who accept JSON."""
    headers = {**headers, **problem.headers, **(SUPPORTED if problem.reports_versions else {})}
    document = documents.encode(problem.document(trace_id), False)
    if is_known:
        encoding = wanted_encoding(request.headers.get("accept-charset"))
        return Response(_encoded(document, encoding), problem.status, headers, f"{PROBLEM}; charset={encoding}")
    if not accepts_problems(request.headers.get("accept")):
        text = f"Status Code: {problem.status}; {problem.title}{' ' * 500}"
        return Response(text.encode(), problem.status, headers | {"content-type": "text/plain"})
    return Response(document, problem.status, headers, PROBLEM)


def _encoded(document: bytes, encoding: str) -> bytes:
    return document if encoding == "utf-8" else document.decode().encode("utf-16-le")
