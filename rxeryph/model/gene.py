"""Genes in the local gene pool."""

from __future__ import annotations

from dataclasses import dataclass

from .enums import OpenEnum
from .value import Value


class GeneType(OpenEnum):
    """What a gene holds."""

    CATLET = "Catlet"
    VOLUME = "Volume"
    FODDER = "Fodder"


@dataclass(frozen=True, slots=True)
class Gene(Value):
    """A gene; ``size`` is in bytes. ``catlets`` and ``disks`` are the ids of its users; only ``get`` returns them."""

    id: str
    gene_type: GeneType
    gene_set: str
    name: str
    architecture: str | None = None
    size: int | None = None
    hash: str | None = None
    catlets: tuple[str, ...] = ()
    disks: tuple[str, ...] = ()
