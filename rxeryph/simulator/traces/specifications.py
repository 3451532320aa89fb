"""The operations on catlet specifications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..configurations.plans import Plan
from ..configurations.variables import with_values
from ..genepool import GenePool
from ..rows import Built, CatletRow, SpecificationRow, VersionRow
from ..tasks.steps import Fail, Run, Step, Task, Together
from .catlets import build_specification, delete_catlet, deploy_catlet


def create_specification(genes: GenePool, specification: SpecificationRow) -> Task:
    """Build the first version, then store the specification and refer to it."""

    def store(run: Run) -> None:
        run.database.specifications[specification.id] = specification
        run.database.attach_resource(run.operation, "CatletSpecification", specification.id)

    return Task(
        "CreateCatletSpecificationCommand",
        *_build(genes, specification.versions[0], specification.project.name),
        display_name="Create catlet specification",
        on_completed=store,
    )


def update_specification(genes: GenePool, specification: SpecificationRow, version: VersionRow) -> Task:
    """Build another version, which becomes the latest. The specification gets its name."""

    def store(run: Run) -> None:
        specification.versions.append(version)
        if version.built is not None:
            specification.name = str(version.built.configuration["name"])

    def steps(run: Run) -> Iterable[Step]:
        if specification.id not in run.database.specifications:
            yield Fail(f"The specification {specification.id} does not exist.")
        yield from _build(genes, version, specification.project.name)

    return Task("UpdateCatletSpecificationCommand", steps, on_completed=store)


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
    genes: GenePool,
    specification: SpecificationRow,
    version: VersionRow,
    built: Built,
    values: Mapping[str, str],
    *,
    replaces: bool,
) -> Task:
    """Deploy what was ``built`` of a version, if it ``replaces`` the current catlet or there is none.

    The result names the new one.
    """

    def made(run: Run, catlet: CatletRow) -> None:
        catlet.origin = specification, version

    def steps(run: Run) -> Iterable[Step]:
        if specification.id not in run.database.specifications:
            yield Fail(f"The specification {specification.id} does not exist.")
        if version not in specification.versions:
            yield Fail(f"The specification has no version {version.id}.")
        present = run.database.deployed(specification)
        if present is not None and not replaces:
            yield Fail(f"The specification {specification.id} is deployed as the catlet {present.id} already.")
        if present is not None:
            yield delete_catlet(present)
        configuration = with_values(built.configuration, values)
        yield from deploy_catlet(genes, specification.project, Built(configuration, built.genes), made)

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
    """Build a specification for one architecture, without storing it. The result is its configuration and genes."""

    def set_result(run: Run) -> None:
        if version.built is not None:
            run.operation.result = {
                "result_type": "CatletSpecification",
                "configuration": version.built.configuration,
                "genes": {gene.unique_id: gene.hash for gene in version.built.genes},
            }

    return Task(
        "ValidateCatletSpecificationCommand",
        *_build(genes, version, "default", times=1),
        display_name="Validate catlet specification",
        on_completed=set_result,
    )


def _build(genes: GenePool, version: VersionRow, project: str, times: int | None = None) -> Iterable[Step]:
    """Build a version for each of its architectures, or so many ``times``."""
    plan = Plan(version.configuration, project, is_specification=True)

    def keep(run: Run) -> Iterable[Step]:
        version.built = plan.built
        return ()

    return Together(*(build_specification(genes, plan) for _ in version.architectures[:times])), keep
