"""The operations on virtual networks."""

from __future__ import annotations

from collections.abc import Iterable

from ..rows import ProjectRow
from ..tasks.steps import Fail, Log, Run, Step, Task

PROVIDERS = ("default",)


def update_networks(project: ProjectRow, wanted: list[dict[str, object]]) -> Task:
    """Change the networks of a project. Unknown providers fail the operation."""

    def steps(run: Run) -> Iterable[Step]:
        refusals = [refusal for network in wanted for refusal in _refusals(network)]
        if refusals:
            yield Fail("\n".join(refusals))
        run.database.set_networks(project, wanted)
        yield network_plan()

    return Task("CreateNetworksCommand", steps)


def network_plan() -> Task:
    """Rebuild the network settings of a project."""
    return Task(
        "UpdateNetworksCommand",
        Task("UpdateProjectNetworkPlanCommand", Log("Rebuilding project network settings", seconds=2.0)),
    )


def _refusals(network: dict[str, object]) -> Iterable[str]:
    provider = provider_of(network)
    if provider not in PROVIDERS:
        place = f"environment '{network.get('environment', 'default')}', network '{network['name']}'"
        yield f"{place}: could not find network provider '{provider}'"


def provider_of(network: dict[str, object]) -> str:
    """The provider that a network names, by its name or as an object with a name."""
    provider = network.get("provider", "default")
    return str(provider.get("name", "default")) if isinstance(provider, dict) else str(provider)
