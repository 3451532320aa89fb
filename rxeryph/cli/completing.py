"""Names and ids that the shell completes: those the server has now. Fast, and silent when anything goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ..client import ComputeClient

TIME = 2.0
"""Seconds that a request may take."""


def _completion(find: Callable[[ComputeClient], Iterable[str]]) -> Callable[[typer.Context, str], list[str]]:
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            with _client(ctx.params) as client:
                return sorted({each for each in find(client) if each.casefold().startswith(incomplete.casefold())})
        except Exception:  # noqa: BLE001  whatever is wrong, it must not print into the line that is being typed
            return []

    return complete


def _client(given: dict[str, Any]) -> ComputeClient:
    from ..client import ComputeClient
    from ..retry import ErrorBudget
    from .connection import Connection

    options = {name: given[name] for name in Connection.__dataclass_fields__ if given.get(name) is not None}
    settings = Connection(**options).settings()
    return ComputeClient.connect(**settings, error_budget=ErrorBudget(attempts=1), request_timeout=TIME)


def _running(client: ComputeClient) -> Iterable[str]:
    return (each.id for each in client.operations.list(status=("Queued", "Running")))


catlet_names = _completion(lambda client: (each.name for each in client.catlets.list()))
project_names = _completion(lambda client: (each.name or each.id for each in client.projects.list()))
disk_names = _completion(lambda client: (each.name for each in client.virtual_disks.list()))
network_names = _completion(lambda client: (each.name for each in client.virtual_networks.list()))
operation_ids = _completion(lambda client: (*_running(client), "@newest"))
