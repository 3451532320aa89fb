"""Members of projects and their networks: what is done, who may do it, and what is refused."""

from __future__ import annotations

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import Raw, tree

READER = "47982531-a6d2-41e4-ad6c-d5023deb7710"
DEFAULT = "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
MEMBERS = f"/v1/projects/{DEFAULT}/members"
NETWORKS = f"/v1/projects/{DEFAULT}/virtualnetworks/config"
NOWHERE = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"


def add(raw: Raw, member: str = "ci", role: str = READER) -> dict[str, str]:
    operation: dict[str, str] = raw.submit("POST", MEMBERS, {"member_id": member, "role_id": role})
    return operation


def test_a_member_has_the_id_of_the_operation_that_added_it(raw: Raw) -> None:
    begun = add(raw)
    assert [item["name"] for item in begun["projects"]] == ["default"]  # type: ignore[index]
    done = raw.finish(begun["id"])
    assert tree(done) == ["AddProjectMemberCommand"]
    reference = {"id": begun["id"], "type": "ProjectMember", "project_name": "default"}
    assert (done["status"], done["tasks"][0]["reference"]) == ("Completed", reference)
    member = raw.get(f"{MEMBERS}/{begun['id']}")
    assert raw.get(MEMBERS)["value"] == [member]
    assert (member["member_id"], member["role_name"], member["role_id"]) == ("ci", "reader", READER)
    removed = raw.finish(raw.submit("DELETE", f"{MEMBERS}/{begun['id']}")["id"])
    assert tree(removed) == ["RemoveProjectMemberCommand"]
    assert removed["tasks"][0]["reference"] == reference
    assert raw.get(MEMBERS)["value"] == []
    assert raw.ask("GET", f"{MEMBERS}/{begun['id']}").status_code == 404


def test_a_role_that_does_not_exist_is_found_out_by_the_operation(raw: Raw) -> None:
    done = raw.finish(add(raw, role=NOWHERE)["id"])
    assert (done["status"], tree(done)) == ("Failed", ["AddProjectMemberCommand Failed 0"])
    assert raw.get(MEMBERS)["value"] == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"role_id": READER}, "$.member_id"),
        ({"member_id": 7, "role_id": READER}, "$.member_id"),
        ({"member_id": "ci"}, "$.role_id"),
        ({"member_id": "ci", "role_id": "reader"}, "$.role_id"),
        ({"member_id": "system-client", "role_id": READER}, "$.member_id"),
    ],
)
def test_a_member_that_cannot_be_is_told_by_path(raw: Raw, body: dict[str, object], path: str) -> None:
    reply = raw.ask("POST", MEMBERS, body)
    assert (reply.status_code, list(reply.json()["errors"])) == (400, [path])


def test_a_new_project_belongs_to_who_made_it_and_members_get_their_rights_at_once(
    stopped_clock: Simulator, raw: Raw
) -> None:
    stopped_clock.add_client("maker", scopes=("compute:write",))
    stopped_clock.add_client("guest", scopes=("compute:write",))
    maker, guest = Raw(stopped_clock, "maker"), Raw(stopped_clock, "guest")
    project = maker.submit("POST", "/v1/projects", {"name": "dev"})["id"]
    maker.finish(project)
    members = f"/v1/projects/{project}/members"
    assert [each["role_name"] for each in maker.get(members)["value"]] == ["owner"]
    assert guest.ask("GET", f"/v1/projects/{project}").status_code == 404
    assert guest.get(members)["value"] == []
    body = {"member_id": "guest", "role_id": READER}
    assert guest.ask("POST", members, body).json()["detail"] == "You do not have admin access to the given project."
    assert guest.ask("POST", f"/v1/projects/{NOWHERE}/members", body).status_code == 403
    assert guest.ask("GET", "/v1/projects/dev/members").status_code == 404
    assignment = maker.submit("POST", members, body)["id"]
    maker.finish(assignment)
    assert guest.get(f"/v1/projects/{project}")["name"] == "dev"
    assert guest.ask("DELETE", f"{members}/{assignment}").status_code == 403
    assert guest.get(f"/v1/projects/{project}/virtualnetworks/config")["configuration"]["project"] == "dev"
    networks: dict[str, object] = {"configuration": {"networks": []}}
    assert guest.ask("PUT", f"/v1/projects/{project}/virtualnetworks/config", networks).status_code == 403
    for each in (maker, guest):
        each.close()


def test_trace_7_update_the_networks_of_a_project(raw: Raw) -> None:
    (before,) = raw.get("/v1/virtualnetworks")["value"]
    configuration = raw.get(NETWORKS)["configuration"]
    configuration["networks"].append({"name": "Backend", "address": "10.1.0.0/24"})
    begun = raw.submit("PUT", NETWORKS, {"configuration": configuration})
    assert [item["name"] for item in begun["projects"]] == ["default"]
    done = raw.finish(begun["id"])
    assert tree(done) == [
        "CreateNetworksCommand",
        "  UpdateNetworksCommand",
        "    UpdateProjectNetworkPlanCommand",
        "      - Rebuilding project network settings",
    ]
    assert (done["status"], done["resources"]) == ("Completed", [])
    after = {each["name"]: each for each in raw.get("/v1/virtualnetworks")["value"]}
    assert after["default"] == before
    assert (after["backend"]["ip_network"], after["backend"]["provider_name"]) == ("10.1.0.0/24", "default")
    assert [each["name"] for each in raw.get(NETWORKS)["configuration"]["networks"]] == ["default", "backend"]


def test_trace_7_networks_that_cannot_be_fail_before_any_child(raw: Raw) -> None:
    networks = [{"name": name, "provider": {"name": "x"}} for name in ("n1", "n2")]
    done = raw.finish(raw.submit("PUT", NETWORKS, {"configuration": {"networks": networks}})["id"])
    assert tree(done) == ["CreateNetworksCommand Failed 0"]
    assert done["status_message"].splitlines() == [
        f"environment 'default', network '{name}': could not find network provider 'x'" for name in ("n1", "n2")
    ]
    assert [each["name"] for each in raw.get("/v1/virtualnetworks")["value"]] == ["default"]


@pytest.mark.parametrize(
    ("configuration", "path"),
    [
        (None, "$.configuration"),
        ([], "$.configuration"),
        ({"networks": {}}, "$.configuration"),
        ({"project": "dev"}, "$.configuration.project"),
        ({"networks": [7]}, "$.configuration.networks[0]"),
        ({"networks": [{"name": "a b"}]}, "$.configuration.networks[0].name"),
    ],
)
def test_a_network_configuration_that_cannot_be_is_told_by_path(raw: Raw, configuration: object, path: str) -> None:
    reply = raw.ask("PUT", NETWORKS, {"configuration": configuration})
    assert (reply.status_code, list(reply.json()["errors"])) == (400, [path])
    assert raw.ask("PUT", "/v1/projects/x/virtualnetworks/config", {"configuration": {}}).status_code == 404
    assert raw.ask("GET", f"/v1/projects/{NOWHERE}/virtualnetworks/config").status_code == 404
