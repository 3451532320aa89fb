"""The endpoints of project members."""

from __future__ import annotations

from collections.abc import Iterable

from .. import documents
from ..api import Answer, Call, Endpoint
from ..binding.binder import Body
from ..binding.guids import guid
from ..binding.shapes import STRING, Member
from ..bodies.names import Issues
from ..bodies.reading import CORRELATION_ID, correlation_id
from ..database import Database
from ..problem import Invalid
from ..rows import MemberRow, OperationRow
from ..submissions import Submissions
from ..tasks.steps import Task
from ..traces import projects as traces
from ..well_known import ROLES, SYSTEM_CLIENT

_TEXT = Member(STRING, is_required=True, is_nullable=False)
_NEW = CORRELATION_ID | {"member_id": _TEXT, "role_id": _TEXT}


class Members:
    """The clients that have a role in a project."""

    def __init__(self, database: Database, submissions: Submissions) -> None:
        self._database = database
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "compute:projects:read", "compute:projects:write"
        path = "/v1/projects/{project_id}/members"
        return (
            Endpoint("GET", path, read, self.list),
            Endpoint("POST", path, write, self.add, body=Body("Body", _NEW)),
            Endpoint("GET", path + "/{id}", read, self.get),
            Endpoint("DELETE", path + "/{id}", write, self.remove),
        )

    def list(self, call: Call) -> Answer:
        """List the members. A project that does not exist, or is hidden from the caller, has none."""
        project = self._database.projects.get(call.guid("project_id"))
        is_seen = project is not None and call.caller.has_role("reader", project)
        members = project.members.values() if project is not None and is_seen else ()
        return 200, {"value": [_document(row) for row in sorted(members, key=lambda row: row.id)]}

    def get(self, call: Call) -> Answer:
        return 200, _document(self._member(call))

    def add(self, call: Call) -> Answer:
        body = call.body()
        chosen_id = correlation_id(body)
        project = call.own_project(self._database.projects)
        member_id, role_id = str(body["member_id"]), guid(body["role_id"])
        issues: Issues = {}
        if not member_id.strip():
            issues["$.member_id"] = ["The member_id is missing. Add it."]
        elif member_id == SYSTEM_CLIENT:
            issues["$.member_id"] = ["The system client cannot be a member of a project. Choose another client."]
        elif call.caller.is_super_admin and member_id == call.caller.client_id:
            issues["$.member_id"] = ["A super admin cannot be a member of a project. Choose another client."]
        if role_id is None:
            issues["$.role_id"] = ["The role ID must be a GUID. Correct it."]
        if issues or role_id is None:
            raise Invalid(issues)
        role = next((name for name, known in ROLES.items() if known == role_id), None)

        def script(operation: OperationRow) -> Task:
            if role is None:
                return traces.refuse_member(role_id)
            return traces.add_member(MemberRow(operation.id, project, member_id, role))

        return self._submissions.begin(call, script, chosen_id, project=project)

    def remove(self, call: Call) -> Answer:
        call.own_project(self._database.projects)
        member = self._member(call)
        return self._submissions.begin(
            call, traces.remove_member(member, call.caller.client_id), project=member.project
        )

    def _member(self, call: Call) -> MemberRow:
        project = self._database.projects.get(call.guid("project_id"))
        return call.find(project.members if project else {})


def _document(row: MemberRow) -> documents.Document:
    return {
        "id": row.id,
        "project": documents.project(row.project),
        "member_id": row.client_id,
        "role_id": ROLES[row.role],
        "role_name": row.role,
    }
