"""The endpoints of genes."""

from __future__ import annotations

from collections.abc import Iterable

from .. import documents
from ..api import Answer, Call, Endpoint
from ..binding.guids import guid
from ..database import Database
from ..genepool import GenePool
from ..problem import Problem
from ..rows import GeneRow
from ..submissions import Submissions
from ..traces import genes as traces
from ..well_known import TENANT_ID

NO_SUPER_ADMIN = "You do not have super admin access."


class Genes:
    """The gene pool of the host. Every caller may read it, super admins of the default tenant may change it."""

    def __init__(self, database: Database, genes: GenePool, submissions: Submissions) -> None:
        self._database = database
        self._genes = genes
        self._submissions = submissions

    def endpoints(self) -> Iterable[Endpoint]:
        read, write = "compute:genes:read", "compute:genes:write"
        return (
            Endpoint("GET", "/v1/genes", read, self.list),
            Endpoint("DELETE", "/v1/genes", write, self.clean_up),
            Endpoint("GET", "/v1/genes/{id}", read, self.get),
            Endpoint("DELETE", "/v1/genes/{id}", write, self.delete),
        )

    def list(self, call: Call) -> Answer:
        return 200, {"value": [_document(row) for row in self._database.genes.values()]}

    def get(self, call: Call) -> Answer:
        if guid(call.path["id"]) is None:
            raise Problem(500)  # the server fails on it too
        row = self._gene(call)
        usage: documents.Document = {}
        if row.gene_type == "Volume":
            usage = {"disks": self._genes.disks_with(row)}
        elif row.gene_type == "Fodder":
            usage = {"catlets": self._genes.catlets_with(row)}
        return 200, usage | _document(row)

    def clean_up(self, call: Call) -> Answer:
        _check_super_admin(call)
        return self._submissions.begin(call, traces.clean_up_genes(self._genes))

    def delete(self, call: Call) -> Answer:
        row = self._gene(call)
        _check_super_admin(call)
        return self._submissions.begin(call, traces.remove_gene(self._genes, row))

    def _gene(self, call: Call) -> GeneRow:
        row = self._database.genes.get(call.id)
        if row is None:
            raise Problem(404)
        return row


def _check_super_admin(call: Call) -> None:
    if not call.caller.is_super_admin or call.caller.tenant_id != TENANT_ID:
        raise Problem(403, NO_SUPER_ADMIN)


def _document(row: GeneRow) -> documents.Document:
    return {
        "id": row.id,
        "gene_type": row.gene_type,
        "gene_set": row.gene_set,
        "name": row.name,
        "architecture": row.architecture,
        "size": row.size,
        "hash": row.hash,
    }
