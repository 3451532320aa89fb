"""A body that is refused is answered with the path of the member that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.simulation import DEFAULT_PROJECT, READER, STARTER, Raw

SPECIFICATIONS = "/v1/catlet_specifications"
PLAN = f"name: Planned\nparent: {STARTER}\nvariables:\n- name: size\n  required: true\n"


def content(text: object = PLAN, content_type: str = "application/yaml") -> dict[str, object]:
    return {"content_type": content_type, "content": text}


def access_keys(raw: Raw) -> str:
    return f"/v1/catlets/{raw.make_catlet()}/guest-services/access-keys"


def stop(raw: Raw) -> str:
    return f"/v1/catlets/{raw.make_catlet()}/stop"


def deployment(raw: Raw) -> str:
    made = raw.change("POST", SPECIFICATIONS, {"project_id": DEFAULT_PROJECT, "configuration": content()})
    path = f"{SPECIFICATIONS}/{made['resources'][0]['resource_id']}"
    return f"{path}/versions/{raw.get(path)['latest']['id']}/deploy"


class Request(NamedTuple):
    """A request that is accepted, and values of its members that are refused, by the path that the answer names."""

    method: str
    path: str | Callable[[Raw], str]
    body: dict[str, Any]
    wrong: dict[str, list[Any]]
    service: str = "compute"


REQUESTS = {
    "a catlet": Request(
        *("POST", "/v1/catlets", {"configuration": {}}),
        {
            "correlation_id": ["7", 7],
            "configuration": [None, []],
            "configuration.name": [{"name": name} for name in ("a b", "x" * 51, ".a", "a-", "a.-b", 7)],
            "configuration.project": [{"project": "p" * 21}],
            "configuration.parent": [{"parent": "ubuntu"}, {"parent": 7}],
            "configuration.network_adapters": [{"network_adapters": "eth0"}],
            "configuration.network_adapters[0].name": [{"network_adapters": [{"name": "eth_0"}]}],
            "configuration.drives[0]": [{"drives": [1]}],
            "configuration.cpu.count": [{"cpu": cpu} for cpu in (0, {"count": 0}, {"count": "2"})],
            "configuration.memory": [{"memory": "much"}],
        },
    ),
    "the mode of a stop": Request("PUT", stop, {"mode": "Hard"}, {"mode": ["Softly", None]}),
    "a disk": Request(
        *("POST", "/v1/virtualdisks"),
        {"project_id": DEFAULT_PROJECT, "name": "data", "location": "data", "size": 10},
        {
            "name": ["a.b", "n" * 51],
            "location": ["l" * 21],
            "size": [0, 65537, "10", None],
            "project_id": ["default"],
            "environment": ["e_1"],
            "store": ["s" * 51],
        },
    ),
    "a project": Request("POST", "/v1/projects", {"name": "dev"}, {"name": ["default", "x" * 21, None]}),
    "a member": Request(
        *("POST", f"/v1/projects/{DEFAULT_PROJECT}/members", {"member_id": "ci", "role_id": READER}),
        {"member_id": [None, 7, "system-client"], "role_id": [None, "reader"]},
    ),
    "networks": Request(
        *("PUT", f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config", {"configuration": {"networks": []}}),
        {
            "configuration": [None, [], {"networks": {}}],
            "configuration.project": [{"project": "dev"}],
            "configuration.networks[0]": [{"networks": [7]}],
            "configuration.networks[0].name": [{"networks": [{"name": "a b"}]}],
        },
    ),
    "a specification": Request(
        *("POST", SPECIFICATIONS, {"project_id": DEFAULT_PROJECT, "configuration": content()}),
        {
            "project_id": [None],
            "configuration": [None],
            "configuration.content_type": [content("", "text/plain")],
            "configuration.content": [*map(content, ("name: [", "- 1", 7)), content("{", "application/json")],
            "configuration.content.name": [content("name: a b")],
            "architectures": ["x"],
            "architectures[1]": [["hyperv/amd64", "x"]],
            "comment": [7],
        },
    ),
    "a deployment": Request(
        *("POST", deployment, {"variables": {"size": "10"}}),
        {
            "variables": [None, {}, {"size": 10}, {"size": "10", "colour": "red"}],
            "architecture": ["x", "hyperv/arm64"],
        },
    ),
    "an access key": Request(
        *("POST", access_keys, {"public_key": "k"}), {"ttl": ["soon", True], "expires_at": ["soon"]}
    ),
    "a client": Request(
        *("POST", "/v1/clients", {"name": "ci", "allowed_scopes": ["compute:read"]}),
        {
            "name": [None, "", "n" * 255],
            "allowed_scopes": [None, "compute:read"],
            "allowed_scopes[1]": [["compute:read", "x"]],
            "roles[0]": [["x"]],
        },
        service="identity",
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_wrong_member_is_named_by_its_path(raw: Raw, name: str) -> None:
    request = REQUESTS[name]
    url = request.path if isinstance(request.path, str) else request.path(raw)
    with Raw(raw.simulator, service=request.service) as client:
        for path, values in request.wrong.items():
            for value in values:
                change = {re.split(r"[.[]", path)[0]: value}
                status, problem = client.refusal(request.method, url, request.body | change)
                assert (status, list(problem["errors"]), value) == (400, [f"$.{path}"], value)
        assert client.ask(request.method, url, request.body).ok


def test_a_body_must_be_a_json_object(raw: Raw) -> None:
    url = f"{raw.endpoint}/v1/catlets"
    headers = {"Authorization": f"Bearer {raw.token}", "Content-Type": "application/json; charset=utf-8"}
    for body in (b"{", b"[]"):
        reply = raw.session.post(url, data=body, headers=headers, timeout=5)
        assert (reply.status_code, list(reply.json()["errors"])) == (400, ["$"])
    headers["Content-Type"] = "text/plain"
    assert raw.session.post(url, data=b"{}", headers=headers, timeout=5).status_code == 415
