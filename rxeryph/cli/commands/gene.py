"""``rxeryph gene``: the local gene pool."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import exit_codes
from ..confirming import confirmed
from ..options import Yes
from ..output.nouns import GENE
from ..reading import Reading
from ..submitting import Changing
from ..targets import names
from ..tree import Verbs

verbs = Verbs()

Genes = Annotated[list[str], typer.Argument(metavar="GENE", help="Ids of genes; - for stdin.")]


@verbs
def list_(server: Reading) -> int:
    """List the genes in the local gene pool."""
    return server.list(GENE, lambda api: api.genes.list())


@verbs
def show(server: Reading, genes: Genes) -> int:
    """Show genes, with the catlets and disks that use them."""
    return server.show(GENE, genes, lambda api, each: api.genes.get(each))


@verbs
def delete(server: Changing, genes: Genes, yes: Yes = False) -> int:
    """Remove genes from the local gene pool."""
    found = names(genes)
    if not confirmed(f"Remove {', '.join(found)}", yes=yes):
        return exit_codes.SUCCESS
    return server.submit(
        found, lambda api, each: api.genes.delete(each), find=lambda api, each: api.genes.get(each).id
    )


@verbs
def cleanup(server: Changing, yes: Yes = False) -> int:
    """Remove every gene that is not in use."""
    if not confirmed("Remove every gene that is not in use", yes=yes):
        return exit_codes.SUCCESS
    return server.submit(["gene pool"], lambda api, _: api.genes.cleanup())
