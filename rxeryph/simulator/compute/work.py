"""Which operations on catlets a server of a level does."""

from __future__ import annotations

from typing import TypeAlias

from ..genepool import GenePool
from ..level import Level
from ..traces.current import CurrentCatlets
from ..traces.older import OlderCatlets

CatletWork: TypeAlias = CurrentCatlets | OlderCatlets


def catlet_work(genes: GenePool, level: Level) -> CatletWork:
    """The operations of a server of ``level``."""
    return OlderCatlets(genes, is_first=not level.has((1, 1))) if level.is_old else CurrentCatlets(genes)
