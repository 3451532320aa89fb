"""Members of projects: who has which role."""

from __future__ import annotations

from ..arguments import described
from ..configuration.refusal import invalid
from ..errors import InvalidRequestError
from ..model import ProjectMember
from ..wire import load_project_member, load_project_members
from .calls import Calls, OpT
from .checks import check_client_id, check_id
from .names import Target

_ROLES = {
    "owner": "918d2c23-8e9a-41ae-8f0e-adaca3becbc4",
    "contributor": "6c526814-2466-4bc1-92fd-1728c1152f3d",
    "reader": "47982531-a6d2-41e4-ad6c-d5023deb7710",
}


class ProjectMembers(Calls[OpT]):
    """The members of the projects of a server; see ``Catlets`` for what a change returns, and for names of projects.

    ``assignment_id`` is always an id: that of the role of one client.
    """

    def list(self, project_id: str) -> tuple[ProjectMember, ...]:
        """The members of a project; empty for a project that does not exist."""
        return self._read(_path(self._project(project_id, changes=False)), load_project_members)

    def get(self, project_id: str, assignment_id: str) -> ProjectMember:
        """One member, by the id of its assignment. Raises NotFoundError when it does not exist or is not visible."""
        project = self._project(project_id, changes=False)
        assignment_id = check_id(assignment_id, "assignment_id")
        return self._read(f"{_path(project)}/{assignment_id}", load_project_member)

    def add(
        self,
        project_id: str,
        member_id: str,
        role: str,
        *,
        correlation_id: str | None = None,
        once: str | None = None,
    ) -> OpT:
        """Give a client a role in a project: ``owner``, ``contributor``, ``reader``, or the GUID of a role.

        ``member_id`` is the id of the client. ``correlation_id`` becomes the operation's and the assignment's id.
        """
        project = self._project(project_id, changes=True)
        check_client_id(member_id, "$.member_id")
        body = {"member_id": member_id, "role_id": _role(role)}
        chosen = self._choose(correlation_id, once, self.add, project_id=project_id, **body)
        return self._submit_as(chosen, "POST", lambda: (_path(project), body))

    def remove(self, project_id: str, assignment_id: str) -> OpT:
        """Remove a member, by the id of its assignment."""
        project = self._project(project_id, changes=True)
        assignment_id = check_id(assignment_id, "assignment_id")
        return self._submit("DELETE", f"{_path(project)}/{assignment_id}")


def _path(project: Target) -> str:
    return f"/v1/projects/{project.find()}/members"


def _role(role: str) -> str:
    if isinstance(role, str) and role.lower() in _ROLES:
        return _ROLES[role.lower()]
    try:
        return check_id(role, "$.role_id")
    except InvalidRequestError:
        raise invalid("$.role_id", f"{described(role)} is not {', '.join(_ROLES)} or the GUID of a role.") from None
