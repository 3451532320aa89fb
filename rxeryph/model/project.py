"""A project, which catlets belong to and rights are granted in."""

from __future__ import annotations

from dataclasses import dataclass

from .value import Value


@dataclass(frozen=True, slots=True)
class Project(Value):
    """A project. In a new operation only the id is certain."""

    id: str
    name: str | None = None
    tenant_id: str | None = None
