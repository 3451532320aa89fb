"""The operations on virtual networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..networking.changes import refusals as refused_changes
from ..networking.checks import refusals
from ..networking.settings import complete
from ..rows import ProjectRow
from ..tasks.steps import Detached, Fail, Log, Run, Step, Task

NO_ADDRESS = "There is no free address for the router of a network at its provider."


def update_networks(project: ProjectRow, wanted: list[dict[str, Any]]) -> Task:
    """Replace the networks of a project, unless they are wrong or what catlets use would change."""

    def steps(run: Run) -> Iterable[Step]:
        if project.id not in run.database.projects:
            yield Fail(f"The project {project.id} does not exist.")
        database, networks = run.database, [complete(network) for network in wanted]
        present, flat = database.networks_of(project), database.placement.flat_providers
        found = list(refusals(networks, database.placement)) or list(
            refused_changes(present, networks, database.ports, flat)
        )
        if found:
            yield Fail("\n".join(found))
        if not database.set_networks(project, wanted):
            # The server begins the next task although it has failed.
            yield Detached(network_plan())
            yield Fail(f"Failed to update the network. {NO_ADDRESS}", 0.0)
        yield network_plan()

    return Task("CreateNetworksCommand", steps)


def network_plan() -> Task:
    """Rebuild the network settings of a project."""
    return Task(
        "UpdateNetworksCommand",
        Task("UpdateProjectNetworkPlanCommand", Log("Rebuilding project network settings", seconds=2.0)),
    )
