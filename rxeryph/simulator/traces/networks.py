"""What is done to virtual networks."""

from __future__ import annotations

from collections.abc import Iterable

from ..rows import ProjectRow
from ..tasks.steps import Fail, Log, Run, Step, Task

PROVIDERS = ("default",)


def update_networks(project: ProjectRow, wanted: list[dict[str, object]]) -> Task:
    """Bring the networks of a project to another configuration; what they cannot be is found out here."""

    def steps(run: Run) -> Iterable[Step]:
        refusals = [refusal for network in wanted for refusal in _refusals(network)]
        if refusals:
            yield Fail("\n".join(refusals))
        run.database.set_networks(project, wanted)
        yield network_plan()

    return Task("CreateNetworksCommand", steps)


def network_plan() -> Task:
    """Work the network settings of a project out again."""
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
    """The provider a network's configuration names; it may be a name or an object with one."""
    provider = network.get("provider", "default")
    return str(provider.get("name", "default")) if isinstance(provider, dict) else str(provider)
