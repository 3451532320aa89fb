"""Members of projects."""

from __future__ import annotations

from marshmallow import fields

from ..model import ProjectMember
from ._loading import load, load_all
from ._schema import NounSchema
from .project import ProjectSchema


class ProjectMemberSchema(NounSchema):
    model = ProjectMember
    id = fields.String(required=True)
    member_id = fields.String(required=True)
    role_id = fields.String(required=True)
    project = fields.Nested(ProjectSchema)
    role_name = fields.String()


_MEMBER = ProjectMemberSchema()


def load_project_member(data: object, url: str | None = None) -> ProjectMember:
    """A member from a decoded reply. Raises WireError."""
    return load(_MEMBER, ProjectMember, data, url)


def load_project_members(data: object, url: str | None = None) -> tuple[ProjectMember, ...]:
    """The members of a list reply. Raises WireError."""
    return load_all(_MEMBER, ProjectMember, data, url)
