"""The operations on genes."""

from __future__ import annotations

from collections.abc import Iterable

from ..genepool import GenePool
from ..rows import GeneRow
from ..tasks.steps import Fail, Pause, Run, Step, Task


def remove_gene(genes: GenePool, gene: GeneRow) -> Task:
    """Remove one gene, unless it is in use."""

    def steps(run: Run) -> Iterable[Step]:
        if gene.id not in run.database.genes:
            yield Fail(f"The gene {gene.unique_id} does not exist.")
        if genes.is_used(gene):
            yield Fail(f"The gene {gene.unique_id} is in use.")
        yield from _remove(genes, [gene])

    return Task("RemoveGeneCommand", steps, display_name="Remove gene from gene pool")


def clean_up_genes(genes: GenePool) -> Task:
    """Remove every gene that is not in use."""

    def steps(run: Run) -> Iterable[Step]:
        unused = [gene for gene in run.database.genes.values() if not genes.is_used(gene)]
        if unused:
            yield from _remove(genes, unused)

    return Task("CleanupGenesCommand", steps, display_name="Cleanup gene pool")


def _remove(genes: GenePool, unused: list[GeneRow]) -> Iterable[Step]:
    def remove(run: Run) -> None:
        for gene in unused:
            genes.remove(gene)

    yield Task("RemoveGenesVmHostCommand", Pause(2.0), on_completed=remove)
    if any(gene.gene_type == "Volume" for gene in unused):
        yield Task("CheckDisksExistsCommand", Pause(1.0))
