"""Members of projects and the roles they have."""

from __future__ import annotations

from dataclasses import dataclass

from .project import Project
from .value import Value


@dataclass(frozen=True, slots=True)
class ProjectMember(Value):
    """A role of a client in a project; ``id`` is that of the assignment, ``member_id`` that of the client."""

    id: str
    member_id: str
    role_id: str
    project: Project | None = None
    role_name: str | None = None
