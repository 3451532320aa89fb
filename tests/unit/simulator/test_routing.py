"""Paths lead to endpoints as on the server, and those that lead nowhere say why."""

from __future__ import annotations

import pytest

from rxeryph.simulator.problem import Problem
from rxeryph.simulator.routing import Routes, without_dots

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
    assert ROUTES.find(method, path) == (target, parameters)


@pytest.mark.parametrize("versions", [(), ("1",), ("1.0",), ("01.00",)])
def test_a_query_may_repeat_the_version(versions: tuple[str, ...]) -> None:
    assert ROUTES.find("GET", "/v1/catlets", versions) == ("list", {})


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
        ROUTES.find(method, path, () if version is None else (version,))
    assert (caught.value.status, caught.value.headers.get("Allow")) == (status, allowed)


@pytest.mark.parametrize(
    ("path", "versions", "code"),
    [
        # Versions that differ are ambiguous, wherever they are named.
        ("/v1/catlets", ("1.0", "2.0"), "AmbiguousApiVersion"),
        ("/v1/catlets", ("1.0", "1"), "AmbiguousApiVersion"),
        ("/v2/catlets", ("1.0",), "AmbiguousApiVersion"),
        ("/vx/catlets", ("1.0",), "AmbiguousApiVersion"),
        ("/v/catlets", ("1.0", "x"), "AmbiguousApiVersion"),
        ("/v2/catlets", ("2.0",), "UnsupportedApiVersion"),
        ("/v/catlets", ("2.0",), "UnsupportedApiVersion"),
        ("/v/catlets", ("x",), "InvalidApiVersion"),
        ("/vx/catlets", ("X",), "InvalidApiVersion"),
        ("/v-beta/catlets", (), "InvalidApiVersion"),
        ("/v/catlets", ("1.0",), None),
    ],
)
def test_all_versions_that_are_named_count(path: str, versions: tuple[str, ...], code: str | None) -> None:
    with pytest.raises(Problem) as caught:
        ROUTES.find("GET", path, versions)
    document = caught.value.document("")
    assert (document.get("code"), document["status"]) == (code, 400 if code else 404)
    assert caught.value.reports_versions == (code in ("UnsupportedApiVersion", "InvalidApiVersion"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/catlets", "/v1/catlets"),
        ("/v1/./catlets/.", "/v1/catlets"),
        ("/v1/x/../catlets", "/v1/catlets"),
        ("/%2e%2E/v1/%2e/catlets", "/v1/catlets"),
        ("/v1/a..b/...", "/v1/a..b/..."),
        ("/v1/a%2F..%2Fb", "/v1/a%2F..%2Fb"),
        ("//v1/catlets", "//v1/catlets"),
        ("", ""),
    ],
)
def test_segments_of_dots_are_resolved(path: str, expected: str) -> None:
    assert without_dots(path) == expected
