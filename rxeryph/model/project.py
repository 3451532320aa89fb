"""A project: the place where catlets live and rights are given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """A project. Inside a fresh operation only the id is certain."""

    id: str
    name: str | None = None
    tenant_id: str | None = None
