"""The endpoints of projects."""

from __future__ import annotations

from collections.abc import Iterable

from .. import documents
from ..api import Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.shapes import STRING, Member
from ..bodies.projects import project_name
from ..bodies.reading import CORRELATION_ID, correlation_id
from ..database import Database
from ..level import Level
from ..problem import Problem
from ..rows import OperationRow
from ..submissions import Submissions
from ..tasks.steps import Task
from ..traces import projects as traces

NO_ADMIN = "You do not have admin access to the project."


_NEW = CORRELATION_ID | {"name": Member(STRING, is_required=True, is_nullable=False)}


class Projects:
    """Projects. A caller sees those in which it has a role."""

    def __init__(self, database: Database, submissions: Submissions, level: Level) -> None:
        self._database = database
        self._level = level
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "compute:projects:read", "compute:projects:write"
        return (
            Endpoint("GET", "/v1/projects", read, self.list),
            Endpoint("POST", "/v1/projects", write, self.create, body=Body("request", _NEW)),
            Endpoint("GET", "/v1/projects/{id}", read, self.get),
            Endpoint("DELETE", "/v1/projects/{id}", write, self.delete),
        )

    def list(self, call: Call) -> Answer:
        """List the projects in the order in which they were made."""
        rows = self._database.projects.values()
        return 200, {"value": [documents.project(row) for row in rows if call.caller.has_role("reader", row)]}

    def get(self, call: Call) -> Answer:
        return 200, documents.project(call.find(self._database.projects))

    def create(self, call: Call) -> Answer:
        body = call.body()
        chosen_id, name = correlation_id(body), project_name(body)

        def script(operation: OperationRow) -> Task:
            owner = None if call.caller.is_super_admin else call.caller.client_id
            return traces.create_project(self._database, operation, name, owner)

        known = self._database.project_named(name, call.caller.tenant_id)
        return self._submissions.begin(call, script, chosen_id, project=known)

    def delete(self, call: Call) -> Answer:
        project = call.find(self._database.projects, "contributor")
        if not call.caller.has_role("owner", project):
            raise Problem(403, NO_ADMIN)

        return self._submissions.begin(
            call, traces.delete_project(self._database, project, is_old=self._level.is_old), project=project
        )
