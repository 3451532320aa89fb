"""Genes."""

from __future__ import annotations

from marshmallow import fields

from ..model import Gene, GeneType
from ._loading import load, load_all
from ._schema import NounSchema, Open


class GeneSchema(NounSchema):
    model = Gene
    id = fields.String(required=True)
    gene_type = Open(GeneType, required=True)
    gene_set = fields.String(required=True)
    name = fields.String(required=True)
    architecture = fields.String()
    size = fields.Integer()
    hash = fields.String()
    catlets = fields.List(fields.String())
    disks = fields.List(fields.String())


_GENE = GeneSchema()


def load_gene(data: object, url: str | None = None) -> Gene:
    """A gene from a decoded reply. Raises WireError."""
    return load(_GENE, Gene, data, url)


def load_genes(data: object, url: str | None = None) -> tuple[Gene, ...]:
    """The genes of a list reply. Raises WireError."""
    return load_all(_GENE, Gene, data, url)
