"""What older servers refuse and accept, and how they say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from rxeryph.simulator import Simulator
from tests.simulation import DEFAULT_PROJECT, UNKNOWN_ID, Raw

FIRST, OLD, CURRENT = (1, 0), (1, 1), (1, 2)
CATLETS = "/v1/catlets"
NETWORKS = f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config"
MEMBERS = f"/v1/projects/{DEFAULT_PROJECT}/members"


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[tuple[int, int], Raw]]:
    levels = (FIRST, OLD, CURRENT)
    simulators = [Simulator(speed=0.0, api_version=level).start() for level in levels]
    clients = {level: Raw(simulator) for level, simulator in zip(levels, simulators, strict=True)}
    yield clients
    for client, simulator in zip(clients.values(), simulators, strict=True):
        client.close()
        simulator.stop()


def keys(server: Raw, path: str, body: object, method: str = "POST") -> str | None:
    """The keys of the errors in a refusal; None for another answer."""
    reply = server.ask(method, path, body)
    return " ".join(sorted(reply.json()["errors"])) if reply.status_code == 400 else None


def adapter(**members: object) -> dict[str, Any]:
    return {"name": "web", "network_adapters": [{"name": "eth0", **members}]}


SUBNET = {"name": "web", "networks": [{"name": "default", "subnet_v4": {"name": "default", "ip_pool": "a b"}}]}
NINE = {"name": "web", "networks": [{"name": f"n{number}"} for number in range(9)]}


@pytest.mark.parametrize(
    ("configuration", "first", "old", "current"),
    [
        ({"config_type": "instance"}, "$.Configuration", "$.configuration.config_type", None),
        (adapter(dhcp_guard=True), "$.Configuration", None, None),
        ({"drives": [{"name": "a", "type": "SharedVHD"}], "name": "a"}, None, None, None),
        (
            {"drives": [{"name": "a", "type": "shared_vhd"}], "name": "b"},
            "$.Configuration",
            "$.configuration.drives[0].type",
            None,
        ),
        (adapter(mac_address="zz"), None, None, "$.configuration.network_adapters[0].mac_address"),
        (SUBNET, None, None, "$.configuration.networks[0].subnet_v4.ip_pool"),
        (NINE, None, None, "$.configuration.networks"),
        (None, "$.Configuration", "$.configuration", "$.configuration.$"),
        ({"ram": 1}, "$.Configuration", "$.configuration.ram", "$.configuration.ram"),
        (
            {"drives": [{"name": "a b"}], "network_adapters": [{"name": "e"}]},
            "$.Configuration.Drives[0].Name $.Configuration.NetworkAdapters[0].Name",
            "$.configuration.drives[0].name $.configuration.network_adapters[0].name",
            "$.configuration.drives[0].name $.configuration.network_adapters[0].name",
        ),
    ],
    ids=str,
)
def test_a_configuration_is_read_as_the_server_of_that_time_does(
    servers: dict[tuple[int, int], Raw],
    configuration: object,
    first: str | None,
    old: str | None,
    current: str | None,
) -> None:
    path, body = f"{CATLETS}/{UNKNOWN_ID}", {"configuration": configuration}
    assert [keys(server, path, body, "PUT") for server in servers.values()] == [first, old, current]


@pytest.mark.parametrize(
    ("method", "path", "body", "first", "later"),
    [
        ("POST", "/v1/projects", {"name": "a b"}, "$.Name", "$.name"),
        (
            "POST",
            "/v1/virtualdisks",
            {"project_id": "x", "name": "d", "location": "a b", "size": 0},
            "$.Location $.ProjectId $.Size",
            "$.location $.project_id $.size",
        ),
        (
            "POST",
            MEMBERS,
            {"member_id": "system-client", "role_id": "x"},
            "$.MemberId $.RoleId",
            "$.member_id $.role_id",
        ),
        (
            "PUT",
            NETWORKS,
            {"configuration": {"project": "a b"}},
            "$.Configuration.Project",
            "$.configuration.project",
        ),
        # What the framework refuses is named as in the JSON on all of them.
        ("POST", "/v1/virtualdisks", {"size": "x"}, "$.size request", "$.size request"),
    ],
)
def test_the_first_server_names_members_as_dotnet_does(
    servers: dict[tuple[int, int], Raw], method: str, path: str, body: object, first: str, later: str
) -> None:
    assert [keys(server, path, body, method) for server in servers.values()] == [first, later, later]


def test_clients_have_the_protection_and_the_scopes_of_their_time(servers: dict[tuple[int, int], Raw]) -> None:
    body = {"name": "mine", "allowed_scopes": ["compute:write", "identity:write"]}
    found, made = [], []
    for server in servers.values():
        with Raw(server.simulator, service="identity") as identity:
            found.append(identity.ask("PUT", "/v1/clients/system-client", body).status_code)
            new = {"name": "ci", "allowed_scopes": ["compute:catlets:remote-access"]}
            made.append(identity.ask("POST", "/v1/clients", new).status_code)
    assert (found, made) == ([200, 400, 400], [400, 400, 201])


def test_older_servers_have_names_of_catlets_for_each_environment() -> None:
    for level, status in ((FIRST, 202), (OLD, 202), (CURRENT, 409)):
        with Simulator(speed=0.0, api_version=level, environments=("dev",)) as simulator, Raw(simulator) as raw:
            raw.make_catlet()
            body = {"configuration": {"name": "web", "environment": "Dev"}}
            assert raw.ask("POST", CATLETS, body).status_code == status
            assert raw.refusal("POST", CATLETS, {"configuration": {"name": "Web"}})[0] == 409


LAST_OLD = {"api_version": OLD, "log_bug": False}
"""v0.4.2"""


@pytest.mark.parametrize(
    ("options", "scope", "status", "error"),
    [
        ({"api_version": FIRST}, "compute:read", 400, "invalid_request"),
        ({"api_version": OLD}, "compute:read", 400, "invalid_request"),
        (LAST_OLD, "compute:read", 200, None),
        (LAST_OLD, "compute:catlets:remote-access", 400, "invalid_scope"),
        ({}, "compute:catlets:remote-access", 200, None),
    ],
)
def test_scopes_include_each_other_since_v0_4_1(
    options: dict[str, Any], scope: str, status: int, error: str | None
) -> None:
    with Simulator(**options) as simulator:
        form = {"grant_type": "client_credentials", "client_id": simulator.client_id, "scope": scope}
        form["client_secret"] = simulator.client_secret
        reply = requests.post(f"{simulator.identity_endpoint}/connect/token", data=form, timeout=5)
    assert (reply.status_code, reply.json().get("error")) == (status, error)


@pytest.mark.parametrize(("options", "status"), [({"api_version": OLD}, 403), (LAST_OLD, 200)])
def test_who_may_control_catlets_may_read_them_since_v0_4_1(options: dict[str, Any], status: int) -> None:
    with Simulator(speed=0.0, **options) as simulator:
        simulator.add_client("operator", scopes=("compute:catlets:control",))
        with Raw(simulator, "operator") as raw:
            assert raw.ask("GET", CATLETS).status_code == status
            assert raw.ask("PUT", f"{CATLETS}/{UNKNOWN_ID}/start").status_code == 404


@pytest.mark.parametrize(
    ("options", "list_status", "get_status", "unknown_status"),
    [({"api_version": FIRST}, 200, 404, 404), ({"api_version": OLD}, 200, 404, 404), (LAST_OLD, 401, 401, 401)],
)
def test_before_v0_4_1_operations_need_no_token_and_show_nothing_without_one(
    options: dict[str, Any], list_status: int, get_status: int, unknown_status: int
) -> None:
    with Simulator(speed=0.0, **options) as simulator, Raw(simulator) as raw:
        begun = raw.submit("POST", CATLETS, {"configuration": {"name": "web"}})["id"]
        raw.token = "x"
        listed = raw.ask("GET", "/v1/operations")
        assert listed.status_code == list_status
        assert list_status != 200 or listed.json() == {"value": []}
        assert raw.ask("GET", f"/v1/operations/{begun}").status_code == get_status
        assert raw.ask("GET", "/v1/nothing").status_code == unknown_status
        assert raw.ask("GET", CATLETS).status_code == 401
