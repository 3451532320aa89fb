"""Members of projects and the roles they have."""

from __future__ import annotations

from dataclasses import dataclass

from .project import Project
from .value import Value


@dataclass(frozen=True, slots=True)
class ProjectMember(Value):
    """A role given to a client in a project; ``id`` is the assignment's, ``member_id`` the client's."""

    id: str
    member_id: str
    role_id: str
    project: Project | None = None
    role_name: str | None = None
