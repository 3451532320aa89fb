"""What is done to virtual networks."""

from __future__ import annotations

from ..script import Log, Task


def network_plan() -> Task:
    """Work the network settings of a project out again."""
    return Task(
        "UpdateNetworksCommand",
        Task("UpdateProjectNetworkPlanCommand", Log("Rebuilding project network settings", seconds=2.0)),
    )
