"""A project: the place where catlets live and rights are given."""

from __future__ import annotations

from dataclasses import dataclass

from .value import Value


@dataclass(frozen=True, slots=True)
class Project(Value):
    """A project. Inside a fresh operation only the id is certain."""

    id: str
    name: str | None = None
    tenant_id: str | None = None
