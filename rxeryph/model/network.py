"""Virtual networks."""

from __future__ import annotations

from dataclasses import dataclass

from .project import Project
from .value import Value


@dataclass(frozen=True, slots=True)
class VirtualNetwork(Value):
    """A network of a project; ``ip_network`` is its address range, such as ``10.0.0.0/20``."""

    id: str
    name: str
    project: Project | None = None
    environment: str | None = None
    provider_name: str | None = None
    ip_network: str | None = None
