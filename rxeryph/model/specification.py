"""Catlet specifications and their versions (API 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .project import Project
from .value import Value


@dataclass(frozen=True, slots=True)
class SpecificationContent(Value):
    """A configuration as it was submitted: its source, and whether that is JSON or YAML."""

    content: str = field(repr=False)
    content_type: str = "application/yaml"


@dataclass(frozen=True, slots=True)
class CatletSpecificationVersionInfo(Value):
    """A version of a specification, as lists show it."""

    id: str
    created_at: datetime | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class PinnedGene(Value):
    """A gene that a variant is bound to by its hash."""

    gene_set: str
    hash: str | None = None
    gene_type: str | None = None
    name: str | None = None
    architecture: str | None = None


@dataclass(frozen=True, slots=True)
class SpecificationVariant(Value):
    """What is built from a version for one architecture."""

    architecture: str
    built_config: Mapping[str, object] | None = field(default=None, repr=False)
    pinned_genes: tuple[PinnedGene, ...] = ()


@dataclass(frozen=True, slots=True)
class CatletSpecificationVersion(Value):
    """A version of a specification with its configuration and what was built from it."""

    id: str
    specification_id: str
    comment: str | None = None
    configuration: SpecificationContent | None = None
    variants: tuple[SpecificationVariant, ...] = ()


@dataclass(frozen=True, slots=True)
class SpecificationDeployment(Value):
    """Where a specification is deployed. Only the newest servers say in which environment."""

    catlet_id: str
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class CatletSpecification(Value):
    """A specification. ``catlet_id`` is the catlet it is deployed as; the newest servers list ``deployments``."""

    id: str
    name: str
    project: Project | None = None
    latest: CatletSpecificationVersionInfo | None = None
    catlet_id: str | None = None
    deployments: tuple[SpecificationDeployment, ...] = ()
