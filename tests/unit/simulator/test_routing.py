"""Paths lead to endpoints as on the server, and those that lead nowhere say why."""

from __future__ import annotations

import pytest

from rxeryph.simulator.problem import Problem
from rxeryph.simulator.routing import Routes

ROUTES = Routes(
    [
        ("GET", "/v1/catlets", "list"),
        ("POST", "/v1/catlets", "create"),
        ("GET", "/v1/catlets/{id}", "get"),
        ("DELETE", "/v1/catlets/{id}", "delete"),
        ("GET", "/v1/catlets/{id}/config", "config"),
        ("POST", "/v1/catlets/validate", "validate"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "target", "parameters"),
    [
        ("GET", "/v1/catlets", "list", {}),
        ("GET", "/V1.0/CatLets/", "list", {}),
        ("GET", "/v1/catlets/a%20B", "get", {"id": "a B"}),
        ("GET", "/v1/catlets/a%2Fb", "get", {"id": "a/b"}),
        ("GET", "/v1/catlets/validate", "get", {"id": "validate"}),
        ("POST", "/v1/catlets/validate", "validate", {}),
        ("GET", "/v01/catlets/x/CONFIG", "config", {"id": "x"}),
    ],
)
def test_a_path_leads_to_its_endpoint(method: str, path: str, target: str, parameters: dict[str, str]) -> None:
    assert ROUTES.find(method, path, "1.0") == (target, parameters)


@pytest.mark.parametrize("version", [None, ""])
def test_a_version_in_the_query_is_not_needed(version: str | None) -> None:
    assert ROUTES.find("GET", "/v1/catlets", version) == ("list", {})


@pytest.mark.parametrize(
    ("method", "path", "version", "status", "allowed"),
    [
        ("GET", "", None, 404, None),
        ("GET", "/v1", None, 404, None),
        ("GET", "/v1/catlets//", None, 404, None),
        ("GET", "//v1/catlets", None, 404, None),
        ("GET", "/v2/catlets", None, 404, None),
        ("GET", "/v1.1/catlets", None, 404, None),
        ("GET", "/v2024-01-01/catlets", None, 404, None),
        ("GET", "/v1-beta/catlets", None, 404, None),
        ("GET", "/vx/nothing", None, 404, None),
        ("GET", "/vx/catlets", None, 400, None),
        ("GET", "/v/catlets", None, 400, None),
        ("GET", "/v1/catlets", "2.0", 400, None),
        ("PUT", "/v1/catlets", None, 405, "GET, POST"),
        ("HEAD", "/v1/catlets/x", None, 405, "DELETE, GET"),
        ("PATCH", "/v1/catlets/validate", None, 405, "DELETE, GET, POST"),
    ],
)
def test_other_paths_and_methods_are_refused(
    method: str, path: str, version: str | None, status: int, allowed: str | None
) -> None:
    with pytest.raises(Problem) as caught:
        ROUTES.find(method, path, version)
    assert (caught.value.status, caught.value.headers.get("Allow")) == (status, allowed)
