"""A body that is refused is answered with the path of the member that is wrong."""

from __future__ import annotations

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
    """A request that is accepted, and values of its members that are refused, by the keys of the answer's errors."""

    method: str
    path: str | Callable[[Raw], str]
    body: dict[str, Any]
    wrong: dict[str, list[dict[str, Any]]]
    service: str = "compute"


def configuration(**members: object) -> dict[str, object]:
    return {"configuration": members}


REQUESTS = {
    "a catlet": Request(
        *("POST", "/v1/catlets", configuration(name="web")),
        {
            "$.correlation_id request": [{"correlation_id": "7"}, {"correlation_id": 7}],
            "$.configuration.$": [{"configuration": None}, {"configuration": []}],
            "$.configuration.name": [configuration(name=name) for name in ("a b", "x" * 51, ".a", "a-", "a..b", 7)],
            "$.configuration.project": [configuration(project="p" * 21)],
            "$.configuration.parent": [configuration(parent="ubuntu"), configuration(parent=7)],
            "$.configuration.network_adapters": [configuration(network_adapters="eth0")],
            "$.configuration.network_adapters[0].name": [configuration(network_adapters=[{"name": "eth_0"}])],
            "$.configuration.drives[0]": [configuration(drives=[1]), configuration(drives=[None])],
            "$.configuration.cpu": [configuration(cpu=2)],
            "$.configuration.cpu.count": [configuration(cpu={"count": count}) for count in (0, 241, "2", 2.0)],
            "$.configuration.memory": [configuration(memory="much")],
            "$.configuration.colour": [configuration(colour="red")],
        },
    ),
    "the mode of a stop": Request(
        *("PUT", stop, {"mode": "Hard"}), {"$.mode Body": [{"mode": "Softly"}, {"mode": None}]}
    ),
    "a disk": Request(
        *("POST", "/v1/virtualdisks"),
        {"project_id": DEFAULT_PROJECT, "name": "data", "location": "data", "size": "10"},
        {
            "$.name": [{"name": "a.b"}, {"name": "n" * 51}, {"name": " "}],
            "Name": [{"name": None}],
            "$.location": [{"location": "l" * 21}],
            "$.size": [{"size": 0}, {"size": 65537}],
            "$.size request": [{"size": None}, {"size": 1.5}, {"size": "ten"}],
            "$.project_id": [{"project_id": "default"}],
            "$.environment": [{"environment": "e_1"}],
            "$.store": [{"store": "s" * 51}],
        },
    ),
    "a project": Request(
        *("POST", "/v1/projects", {"name": "dev"}),
        {"$.name": [{"name": "default"}, {"name": "x" * 21}, {"name": "p_1"}], "Name": [{"name": None}]},
    ),
    "a member": Request(
        *("POST", f"/v1/projects/{DEFAULT_PROJECT}/members", {"member_id": "ci", "role_id": READER}),
        {
            "Body.MemberId": [{"member_id": None}],
            "$.member_id Body": [{"member_id": 7}],
            "$.member_id": [{"member_id": "system-client"}],
            "Body.RoleId": [{"role_id": None}],
            "$.role_id": [{"role_id": "reader"}],
            "$.member_id $.role_id": [{"member_id": "system-client", "role_id": "reader"}],
        },
    ),
    "networks": Request(
        *("PUT", f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config", configuration(networks=[])),
        {
            "$.configuration.$": [{"configuration": None}, {"configuration": []}],
            "$.configuration.networks": [configuration(networks={})],
            "$.configuration.project": [configuration(project="p_dev")],
            "$.configuration.networks[0]": [configuration(networks=[7])],
            "$.configuration.networks[0].colour": [configuration(networks=[{"name": "a", "colour": "red"}])],
        },
    ),
    "a specification": Request(
        *("POST", SPECIFICATIONS, {"project_id": DEFAULT_PROJECT, "configuration": content()}),
        {
            "$.project_id request": [{"project_id": None}],
            "Configuration": [{"configuration": None}],
            "Configuration.ContentType": [{"configuration": content("", "text/plain")}],
            "$.configuration.content request": [{"configuration": content(7)}],
            "$.configuration.content.$": [
                {"configuration": each}
                for each in (content("name: ["), content("- 1"), content("{", "application/json"))
            ],
            "$.configuration.content.name": [{"configuration": content("name: a b")}],
            "$.architectures request": [{"architectures": "x"}],
            "$.architectures[1]": [{"architectures": ["hyperv/amd64", "hyperv/arm64"]}],
            "$.comment request": [{"comment": 7}],
        },
    ),
    "a deployment": Request(
        *("POST", deployment, {"variables": {"size": "10"}}),
        {
            "Body.Variables": [{"variables": None}],
            "$.variables.size Body": [{"variables": {"size": 10}}],
            "$.variables": [
                {"variables": {"size": "10", "colour": "red"}},
                {"variables": {"size": "1", "SIZE": "2"}},
            ],
            "$.architecture": [{"architecture": "x"}, {"architecture": "any"}],
        },
    ),
    "an access key": Request(
        *("POST", access_keys, {"public_key": "k", "ttl": "PT8H"}),
        {"$.ttl Body": [{"ttl": 8}], "$.expires_at Body": [{"expires_at": "soon"}]},
    ),
    "a client": Request(
        *("POST", "/v1/clients", {"name": "", "allowed_scopes": ["compute:read"]}),
        {
            "Name": [{"name": None}, {"name": "n" * 255}],
            "AllowedScopes": [{"allowed_scopes": None}],
            "$.allowed_scopes client": [{"allowed_scopes": "compute:read"}],
            "$.AllowedScopes": [{"allowed_scopes": ["compute:read", "x"]}],
            "$.Roles": [{"roles": ["x"]}],
        },
        service="identity",
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_wrong_member_is_named_by_its_path(raw: Raw, name: str) -> None:
    request = REQUESTS[name]
    url = request.path if isinstance(request.path, str) else request.path(raw)
    with Raw(raw.simulator, service=request.service) as client:
        for keys, changes in request.wrong.items():
            for change in changes:
                status, problem = client.refusal(request.method, url, request.body | change)
                assert (status, sorted(problem["errors"]), change) == (400, sorted(keys.split()), change)
        assert client.ask(request.method, url, request.body).ok


def test_a_body_must_be_a_json_object(raw: Raw) -> None:
    url = f"{raw.endpoint}/v1/catlets"
    headers = {"Authorization": f"Bearer {raw.token}", "Content-Type": "application/json; charset=utf-8"}
    for body in (b"{", b"[]"):
        reply = raw.session.post(url, data=body, headers=headers, timeout=5)
        assert (reply.status_code, list(reply.json()["errors"])) == (400, ["$", "request"])
    headers["Content-Type"] = "text/plain"
    assert raw.session.post(url, data=b"{}", headers=headers, timeout=5).status_code == 415
