"""The compute API: routes, rights, and what each request does to the database."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import documents, traces
from .access import Tokens
from .call import NO_WRITE, Answer, Call, Endpoint
from .clock import Clock
from .configurations import Configurations
from .database import CatletRow, Database, OperationRow, ProjectRow
from .disks import Disks
from .genepool import GenePool
from .problem import Problem
from .script import Task
from .settings import expanded, redacted
from .submissions import Submissions
from .validation import catlet_configuration, correlation_id, guid, project_name
from .workflow import Workflow

NO_ADMIN = "You do not have admin access to the project."


class Compute:
    """Answers below ``url`` for a server of ``api_version``. Everything runs under ``lock``."""

    def __init__(
        self,
        url: str,
        database: Database,
        workflow: Workflow,
        genes: GenePool,
        tokens: Tokens,
        clock: Clock,
        lock: threading.RLock,
        api_version: tuple[int, int],
    ) -> None:
        self._url = url
        self._database = database
        self._workflow = workflow
        self._genes = genes
        self._tokens = tokens
        self._clock = clock
        self._lock = lock
        self._api_version = api_version
        self._submissions = Submissions(database, workflow, is_old=api_version < (1, 2))

    def routes(self) -> list[Route]:
        """The routes that a server of this version has."""
        disks = Disks(self._database, self._submissions).endpoints()
        configurations = Configurations(self._database, self._genes, self._submissions).endpoints()
        every = (*self._endpoints(), *configurations, *disks)
        return [self._route(endpoint) for endpoint in every if endpoint.since <= self._api_version]

    def _endpoints(self) -> tuple[Endpoint, ...]:
        read, write = "compute:catlets:read", "compute:catlets:write"
        control, projects = "compute:catlets:control", "compute:projects"
        return (
            Endpoint("GET", "/v1/version", None, self.version, since=(1, 1)),
            Endpoint("GET", "/v1/operations", None, self.list_operations),
            Endpoint("GET", "/v1/operations/{id}", None, self.get_operation),
            Endpoint("POST", "/v1/operations/{id}/cancel", None, self.cancel, since=(1, 2)),
            Endpoint("GET", "/v1/catlets", read, self.list_catlets),
            Endpoint("POST", "/v1/catlets", write, self.create_catlet),
            Endpoint("GET", "/v1/catlets/{id}", read, self.get_catlet),
            Endpoint("PUT", "/v1/catlets/{id}", write, self.update_catlet),
            Endpoint("DELETE", "/v1/catlets/{id}", write, self.delete_catlet),
            Endpoint("GET", "/v1/catlets/{id}/config", read, self.get_catlet_config),
            Endpoint("PUT", "/v1/catlets/{id}/start", control, self.start_catlet),
            Endpoint("PUT", "/v1/catlets/{id}/stop", control, self.stop_catlet),
            Endpoint("GET", "/v1/projects", f"{projects}:read", self.list_projects),
            Endpoint("POST", "/v1/projects", f"{projects}:write", self.create_project),
            Endpoint("GET", "/v1/projects/{id}", f"{projects}:read", self.get_project),
            Endpoint("DELETE", "/v1/projects/{id}", f"{projects}:write", self.delete_project),
        )

    def _route(self, endpoint: Endpoint) -> Route:
        async def answer(request: Request) -> Response:
            return await self._answer(request, endpoint.scope, endpoint.handler)

        return Route(endpoint.path, answer, methods=[endpoint.method])

    async def refuse(self, request: Request, error: Exception) -> Response:
        """The answer to what has no route: 401 without a token, else what HTTP says."""
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
            with self._lock:
                self._workflow.timeline.advance_to(self._clock.now())
                caller = self._tokens.caller(request.headers.get("authorization"))
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
        return Response(documents.encode(document, is_get), status, headers, "application/json; charset=utf-8")

    # -- operations

    def version(self, call: Call) -> Answer:
        major, minor = self._api_version
        return 200, {"latest_version": {"major": major, "minor": minor}}

    def list_operations(self, call: Call) -> Answer:
        rows = sorted(self._database.operations.values(), key=lambda row: row.id)
        return 200, {"value": [self._show(row, call) for row in rows if call.caller.sees(row)]}

    def get_operation(self, call: Call) -> Answer:
        return 200, self._show(self._operation(call), call)

    def cancel(self, call: Call) -> Answer:
        row = self._database.operations.get(call.id)
        if row is None or not call.caller.may_cancel(row):
            raise Problem(404)
        self._workflow.cancel(row.id)
        return 202, None

    def _operation(self, call: Call) -> OperationRow:
        row = self._database.operations.get(call.id)
        if row is None or not call.caller.sees(row):
            raise Problem(404)
        return row

    def _show(self, row: OperationRow, call: Call) -> documents.Document:
        # Split at commas, not trimmed, letter case matters; what is not known is ignored.
        expand = (call.query("expand") or "").split(",")
        after = _ticks(call.query("log_time_stamp"))
        is_old = self._api_version < (1, 2)
        if is_old and after is None:
            # Older servers compare with NULL: no time, no log entries.
            expand = [word for word in expand if word != "logs"]
        return documents.operation(row, expand, after, is_old=is_old)

    # -- catlets

    def list_catlets(self, call: Call) -> Answer:
        wanted = call.query("project_id")
        rows = [
            row
            for row in self._database.catlets.values()
            if call.caller.has_role("reader", row.project) and (not wanted or row.project.id == guid(wanted))
        ]
        return 200, {"value": [self._show_catlet(row) for row in sorted(rows, key=lambda row: row.id)]}

    def get_catlet(self, call: Call) -> Answer:
        return 200, self._show_catlet(self._catlet(call, "reader"))

    def get_catlet_config(self, call: Call) -> Answer:
        return 200, {"configuration": redacted(expanded(self._catlet(call, "reader").configuration))}

    def create_catlet(self, call: Call) -> Answer:
        body = call.body()
        wish, configuration = correlation_id(body), catlet_configuration(body)
        project = self._database.project_named(str(configuration["project"]))
        if project is None or not call.caller.has_role("contributor", project):
            raise Problem(403, NO_WRITE)
        name = configuration["name"]
        if any(row.name == name and row.project is project for row in self._database.catlets.values()):
            raise Problem(
                409,
                f"A catlet with the name '{name}' already exists in the project '{project.name}'."
                " Catlet names must be unique within a project.",
            )
        return self._submissions.begin(call, traces.create_catlet(self._genes, project, configuration), wish)

    def update_catlet(self, call: Call) -> Answer:
        catlet = self._catlet(call, "contributor")
        body = call.body()
        wish, configuration = correlation_id(body), catlet_configuration(body, catlet.name, catlet.project.name)
        return self._change(call, catlet, traces.update_catlet(self._genes, catlet, configuration), wish)

    def start_catlet(self, call: Call) -> Answer:
        catlet = self._catlet(call, "contributor")
        return self._change(call, catlet, traces.start_catlet(catlet))

    def stop_catlet(self, call: Call) -> Answer:
        catlet = self._catlet(call, "contributor")
        modes = {"shutdown": "Shutdown", "hard": "Hard", "kill": "Kill"}
        mode = modes.get(str(call.body().get("mode")).lower())
        if mode is None:
            raise Problem(400, errors={"$.mode": ["The JSON value could not be converted to CatletStopMode."]})
        return self._change(call, catlet, traces.stop_catlet(catlet, mode))

    def delete_catlet(self, call: Call) -> Answer:
        catlet = self._catlet(call, "contributor")
        return self._change(call, catlet, traces.delete_catlet(catlet))

    def _change(self, call: Call, catlet: CatletRow, script: Task, wish: str | None = None) -> Answer:
        def attach(operation: OperationRow) -> None:
            self._database.attach_catlet(operation, catlet)

        return self._submissions.begin(call, script, wish, attach)

    def _show_catlet(self, row: CatletRow) -> documents.Document:
        return documents.catlet(row, self._database.disks_of(row))

    def _catlet(self, call: Call, role: str) -> CatletRow:
        row = self._database.catlets.get(call.id)
        if row is None or not call.caller.has_role(role, row.project):
            raise Problem(404)
        return row

    # -- projects

    def list_projects(self, call: Call) -> Answer:
        rows = [row for row in self._database.projects.values() if call.caller.has_role("reader", row)]
        return 200, {"value": [documents.project(row) for row in rows]}

    def get_project(self, call: Call) -> Answer:
        return 200, documents.project(self._project(call))

    def create_project(self, call: Call) -> Answer:
        body = call.body()
        wish, name = correlation_id(body), project_name(body)

        def script(operation: OperationRow) -> Task:
            return traces.create_project(self._database, operation, name, call.caller.client_id)

        return self._submissions.begin(call, script, wish)

    def delete_project(self, call: Call) -> Answer:
        project = self._project(call)
        if not call.caller.has_role("contributor", project):
            raise Problem(404)
        if not call.caller.has_role("owner", project):
            raise Problem(403, NO_ADMIN)

        def attach(operation: OperationRow) -> None:
            self._database.attach_project(operation, project)

        return self._submissions.begin(call, traces.delete_project(self._database, project), None, attach)

    def _project(self, call: Call) -> ProjectRow:
        row = self._database.projects.get(call.id)
        if row is None or not call.caller.has_role("reader", row):
            raise Problem(404)
        return row


def _ticks(text: str | None) -> int | None:
    """A ``log_time_stamp``; a raw ``+`` has become a space, which is no time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(400, errors={"log_time_stamp": [f"The value '{text}' is not valid."]}) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    fraction = re.search(r"\.(\d{1,7})", text)
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * 10_000_000 + (int(fraction[1].ljust(7, "0")) if fraction else 0)
