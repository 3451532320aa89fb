"""Projects."""

from __future__ import annotations

from marshmallow import fields

from ..model import Project
from ._loading import load, load_all
from ._schema import NounSchema


class ProjectSchema(NounSchema):
    model = Project
    id = fields.String(required=True)
    name = fields.String()
    tenant_id = fields.String()


PROJECT = ProjectSchema()


def load_project(data: object, url: str | None = None) -> Project:
    """A project from a decoded reply. Raises WireError."""
    return load(PROJECT, Project, data, url)


def load_projects(data: object, url: str | None = None) -> tuple[Project, ...]:
    """The projects of a list reply. Raises WireError."""
    return load_all(PROJECT, Project, data, url)
