"""Catlet specifications and their versions."""

from __future__ import annotations

from marshmallow import fields

from ..model import (
    CatletSpecification,
    CatletSpecificationVersion,
    CatletSpecificationVersionInfo,
    PinnedGene,
    SpecificationContent,
    SpecificationDeployment,
    SpecificationVariant,
)
from ._loading import load, load_all
from ._schema import NounSchema, Time
from .project import ProjectSchema


class VersionInfoSchema(NounSchema):
    model = CatletSpecificationVersionInfo
    id = fields.String(required=True)
    created_at = Time()
    comment = fields.String()


class DeploymentSchema(NounSchema):
    model = SpecificationDeployment
    catlet_id = fields.String(required=True)
    environment = fields.String()


class SpecificationSchema(NounSchema):
    model = CatletSpecification
    id = fields.String(required=True)
    name = fields.String(required=True)
    project = fields.Nested(ProjectSchema)
    latest = fields.Nested(VersionInfoSchema)
    catlet_id = fields.String()
    deployments = fields.List(fields.Nested(DeploymentSchema))


class ContentSchema(NounSchema):
    model = SpecificationContent
    content = fields.String(required=True)
    content_type = fields.String(required=True)


class PinnedGeneSchema(NounSchema):
    model = PinnedGene
    gene_set = fields.String(required=True)
    hash = fields.String()
    gene_type = fields.String()
    name = fields.String()
    architecture = fields.String()


class VariantSchema(NounSchema):
    model = SpecificationVariant
    architecture = fields.String(required=True)
    built_config = fields.Dict(keys=fields.String())
    pinned_genes = fields.List(fields.Nested(PinnedGeneSchema))


class VersionSchema(NounSchema):
    model = CatletSpecificationVersion
    id = fields.String(required=True)
    specification_id = fields.String(required=True)
    comment = fields.String()
    configuration = fields.Nested(ContentSchema)
    variants = fields.List(fields.Nested(VariantSchema))


_SPECIFICATION = SpecificationSchema()
_INFO = VersionInfoSchema()
_VERSION = VersionSchema()


def load_specification(data: object, url: str | None = None) -> CatletSpecification:
    """A specification from a decoded reply. Raises WireError."""
    return load(_SPECIFICATION, CatletSpecification, data, url)


def load_specifications(data: object, url: str | None = None) -> tuple[CatletSpecification, ...]:
    """The specifications of a list reply. Raises WireError."""
    return load_all(_SPECIFICATION, CatletSpecification, data, url)


def load_specification_version(data: object, url: str | None = None) -> CatletSpecificationVersion:
    """A version from a decoded reply. Raises WireError."""
    return load(_VERSION, CatletSpecificationVersion, data, url)


def load_specification_versions(data: object, url: str | None = None) -> tuple[CatletSpecificationVersionInfo, ...]:
    """The versions of a list reply. Raises WireError."""
    return load_all(_INFO, CatletSpecificationVersionInfo, data, url)
