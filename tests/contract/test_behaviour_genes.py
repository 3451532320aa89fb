"""What the gene pool holds; see ``test_behaviour``."""

from __future__ import annotations

import pytest

from rxeryph import Eryph
from rxeryph.errors import NotFoundError
from rxeryph.model import GeneType, Project
from tests.contract.conftest import PATIENCE, only_simulated
from tests.contract.exercises import exercises

STARTER = "dbosoft/ubuntu-22.04/starter"


@only_simulated("a real gene pool belongs to others too")
@exercises("GET /v1/genes", "GET /v1/genes/{id}", "DELETE /v1/genes", "DELETE /v1/genes/{id}")
def test_genes_in_use_stay_and_the_others_go(server: Eryph, project: Project) -> None:
    made = server.catlets.create({"name": "user", "project": project.name, "parent": STARTER}).wait(PATIENCE)
    gene = next(
        each for each in server.genes.list() if each.gene_type == GeneType.VOLUME and "22.04" in each.gene_set
    )
    assert server.genes.get(gene.id).hash == gene.hash
    assert server.genes.delete(gene.id).wait(PATIENCE).failed  # it is in use
    server.genes.cleanup().wait(PATIENCE).raise_for_status()
    assert gene.id in [each.id for each in server.genes.list()]
    server.catlets.delete(made.catlet.id).wait(PATIENCE).raise_for_status()
    server.genes.delete(gene.id).wait(PATIENCE).raise_for_status()
    with pytest.raises(NotFoundError):
        server.genes.get(gene.id)
