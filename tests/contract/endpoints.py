"""Every endpoint, as the simulator's table and the published documents have it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from rxeryph.simulator.api import Endpoint as SimulatedEndpoint
from rxeryph.simulator.compute import compute_endpoints
from rxeryph.simulator.identity.clients import Clients
from rxeryph.simulator.level import NEWEST, Level
from tests.contract.differences import NEWER
from tests.contract.published import DOCUMENTS, SERVICES, Service


@dataclass(frozen=True)
class Endpoint:
    """Where it is, which scope it needs ("" for any token), and since which version of the API it is there."""

    service: Service
    method: str
    path: str
    scope: str
    since: tuple[int, int]

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for endpoints that only name their parameters otherwise."""
        return self.service, self.method, re.sub(r"\{\w+\}", "{}", self.path)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def simulated() -> list[Endpoint]:
    """What the simulator has."""
    nothing = cast(Any, None)
    rooms: Mapping[Service, Iterable[SimulatedEndpoint]] = {
        "compute": compute_endpoints(nothing, nothing, nothing, Level.of(NEWEST)),
        "identity": Clients(nothing, Level.of(NEWEST)).endpoints(),
    }
    return [
        Endpoint(service, each.method, each.path, each.scope or "", each.since)
        for service, room in rooms.items()
        for each in room
    ]


def oldest_with(names: Collection[str]) -> tuple[int, int]:
    """The oldest version of the API that has all these endpoints."""
    return max(
        (each.since for each in simulated() if {each.name, f"{each.service}: {each.name}"} & set(names)),
        default=(1, 0),
    )


def published(service: Service) -> Iterator[Endpoint]:
    """What the document of a service has; it does not say since when."""
    for method, path, described in DOCUMENTS[service].operations:
        (scope,) = described.get("security", [{"oauth2": [""]}])[0]["oauth2"]
        yield Endpoint(service, method, path, scope, (1, 1) if path == "/v1/version" else (1, 0))


def newer() -> Iterator[Endpoint]:
    """What came after the documents."""
    for names in NEWER.values():
        for name, scope in names.items():
            method, _, path = name.partition(" ")
            yield Endpoint("compute", method, path, scope, (1, 2))


def every() -> list[Endpoint]:
    """All of them, ordered by path."""
    known = [each for service in SERVICES for each in published(service)]
    found = {each.key: each for each in (*known, *newer(), *simulated())}
    return sorted(found.values(), key=lambda each: (each.service, each.path, each.method))
