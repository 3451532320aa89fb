"""Projects: list, read, create and delete them."""

from __future__ import annotations

from ..configuration import names
from ..configuration.names import check_name
from ..model import Project
from ..wire import load_project, load_projects
from .calls import Calls, OpT


class Projects(Calls[OpT]):
    """The projects of a server; see ``Catlets`` for what a change returns.

    ``project_id`` is an id or a name, as in ``Catlets``; only calls that read accept ``*`` and ``?``.
    """

    def list(self) -> tuple[Project, ...]:
        """The projects that the client may see, in no particular order."""
        return self._read("/v1/projects", load_projects)

    def get(self, project_id: str) -> Project:
        """One project. Raises NotFoundError when it does not exist or is not visible."""
        return self._read(f"/v1/projects/{self._project(project_id, changes=False).find()}", load_project)

    def create(self, name: str, *, correlation_id: str | None = None, once: str | None = None) -> OpT:
        """Create a project (1 to 20 characters). ``correlation_id`` becomes the operation's and the project's id.

        A name that is taken raises no error here; it makes the operation fail.
        """
        check_name(name, "$.name", names.PROJECT)
        chosen = self._choose(correlation_id, once, self.create, name=name)
        return self._submit_as(chosen, "POST", lambda: ("/v1/projects", {"name": name}))

    def delete(self, project_id: str) -> OpT:
        """Delete a project with everything in it."""
        return self._submit("DELETE", f"/v1/projects/{self._project(project_id, changes=True).find()}")
