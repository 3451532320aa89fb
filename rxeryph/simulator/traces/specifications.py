"""The operations on catlet specifications."""

from __future__ import annotations

from collections.abc import Iterable

from ..catlet_settings import expanded
from ..genepool import GenePool
from ..rows import CatletRow, SpecificationRow, VersionRow
from ..tasks.steps import Run, Step, Task, Together
from .catlets import build_specification, delete_catlet, deploy_catlet


def create_specification(genes: GenePool, specification: SpecificationRow) -> Task:
    """Build the first version, then store the specification and refer to it."""

    def store(run: Run) -> None:
        run.database.specifications[specification.id] = specification
        run.database.attach(run.operation, "CatletSpecification", specification)

    return Task(
        "CreateCatletSpecificationCommand",
        _build(genes, specification.versions[0]),
        display_name="Create catlet specification",
        on_completed=store,
    )


def update_specification(genes: GenePool, specification: SpecificationRow, version: VersionRow) -> Task:
    """Build another version, which becomes the latest."""

    def store(run: Run) -> None:
        specification.versions.append(version)

    return Task("UpdateCatletSpecificationCommand", _build(genes, version), on_completed=store)


def delete_specification(specification: SpecificationRow) -> Task:
    """Remove the specification, after the catlet that was deployed from it."""

    def attach(run: Run) -> None:
        run.database.attach(run.operation, "CatletSpecification", specification)

    def remove(run: Run) -> None:
        run.database.specifications.pop(specification.id, None)

    def steps(run: Run) -> Iterable[Step]:
        catlet = run.database.deployed(specification)
        if catlet is not None:
            yield delete_catlet(catlet)

    return Task(
        "DestroyCatletSpecificationCommand",
        steps,
        display_name="Destroy catlet specification",
        on_created=attach,
        on_completed=remove,
    )


def deploy_specification(
    genes: GenePool, specification: SpecificationRow, version: VersionRow, configuration: dict[str, object]
) -> Task:
    """Deploy a version as a catlet, in place of the current one. The result names the catlet."""

    def made(run: Run, catlet: CatletRow) -> None:
        catlet.origin = specification, version

    def steps(run: Run) -> Iterable[Step]:
        present = run.database.deployed(specification)
        if present is not None:
            yield delete_catlet(present)
        yield from deploy_catlet(genes, specification.project, configuration, made)

    def set_result(run: Run) -> None:
        catlet = run.database.deployed(specification)
        if catlet is not None:
            run.operation.result = {"result_type": "Catlet", "catlet_id": catlet.id}

    return Task(
        "DeployCatletSpecificationCommand",
        steps,
        display_name=f"Deploy catlet specification {specification.name}",
        on_completed=set_result,
    )


def validate_specification(genes: GenePool, version: VersionRow) -> Task:
    """Build a specification without storing it. The result is its configuration and genes."""

    def set_result(run: Run) -> None:
        run.operation.result = {
            "result_type": "CatletSpecification",
            "configuration": expanded(version.configuration),
            "genes": {gene.unique_id: gene.hash for gene in genes.wanted(version.configuration)},
        }

    return Task(
        "ValidateCatletSpecificationCommand",
        _build(genes, version),
        display_name="Validate catlet specification",
        on_completed=set_result,
    )


def _build(genes: GenePool, version: VersionRow) -> Together:
    return Together(*(build_specification(genes, version.configuration) for _ in version.architectures))
