"""Genes: the contents of the local gene pool."""

from __future__ import annotations

from ..model import Gene
from ..wire import load_gene, load_genes
from .calls import Calls, OpT
from .checks import check_id


class Genes(Calls[OpT]):
    """The gene pool of a server; see ``Catlets`` for what a change returns. Only super admins may change it."""

    def list(self) -> tuple[Gene, ...]:
        """The genes, in no particular order."""
        return self._read("/v1/genes", load_genes)

    def get(self, gene_id: str) -> Gene:
        """One gene, with the catlets and disks that use it. Raises NotFoundError when it does not exist."""
        return self._read(f"/v1/genes/{check_id(gene_id, 'gene_id')}", load_gene)

    def cleanup(self) -> OpT:
        """Remove every gene that is not in use."""
        return self._submit("DELETE", "/v1/genes")

    def delete(self, gene_id: str) -> OpT:
        """Remove one gene."""
        return self._submit("DELETE", f"/v1/genes/{check_id(gene_id, 'gene_id')}")
