"""Projects, their members and their networks: what is left when an operation has ended."""

from __future__ import annotations

from typing import Any

from rxeryph.simulator import Simulator
from tests.simulation import DEFAULT_PROJECT, READER, UNKNOWN_ID, Raw, tree

CONTRIBUTOR = "6c526814-2466-4bc1-92fd-1728c1152f3d"
MEMBERS = f"/v1/projects/{DEFAULT_PROJECT}/members"
NETWORKS = f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config"


def add(raw: Raw, role: str = READER) -> Any:
    return raw.change("POST", MEMBERS, {"member_id": "ci", "role_id": role})


def test_a_project_has_the_id_of_the_operation_that_made_it_and_its_lines_come_later(raw: Raw) -> None:
    done = raw.change("POST", "/v1/projects", {"name": "Dev"})
    assert done["tasks"][0]["reference"] == {"id": done["id"], "type": "Project", "project_name": "dev"}
    assert [item["id"] for item in done["projects"]] == [done["id"]]
    assert min(entry["timestamp"] for entry in done["log_entries"]) > done["ended_at"]
    again = raw.change("POST", "/v1/projects", {"name": "dev"})
    assert (again["status"], again["tasks"][0]["status"]) == ("Failed", "Failed")
    assert again["status_message"] == (
        "Project with name 'dev' already exists in tenant. Project names have to be unique within a tenant."
    )


def test_the_default_project_cannot_be_deleted(raw: Raw) -> None:
    done = raw.change("DELETE", f"/v1/projects/{DEFAULT_PROJECT}")
    assert (done["status"], done["status_message"]) == ("Failed", "Default project cannot be deleted")


def test_a_member_has_the_id_of_the_operation_that_added_it(raw: Raw) -> None:
    done = add(raw)
    reference = {"id": done["id"], "type": "ProjectMember", "project_name": "default"}
    assert (done["status"], done["tasks"][0]["reference"]) == ("Completed", reference)
    member = raw.get(f"{MEMBERS}/{done['id']}")
    assert raw.get(MEMBERS)["value"] == [member]
    assert (member["member_id"], member["role_name"], member["role_id"]) == ("ci", "reader", READER)
    removed = raw.change("DELETE", f"{MEMBERS}/{done['id']}")
    assert tree(removed) == ["RemoveProjectMemberCommand"]
    assert removed["tasks"][0]["reference"] == reference
    assert raw.get(MEMBERS)["value"] == []
    assert raw.refusal("GET", f"{MEMBERS}/{done['id']}")[0] == 404


def test_an_unknown_role_fails_the_operation(raw: Raw) -> None:
    done = add(raw, UNKNOWN_ID)
    assert (done["status"], tree(done)) == ("Failed", ["AddProjectMemberCommand Failed 0"])
    assert raw.get(MEMBERS)["value"] == []


def test_a_super_admin_cannot_become_a_member(raw: Raw) -> None:
    raw.simulator.add_client("admin", scopes=("compute:write",), is_super_admin=True)
    with Raw(raw.simulator, "admin") as admin:
        _, problem = admin.refusal("POST", MEMBERS, {"member_id": "admin", "role_id": READER})
    assert list(problem["errors"]) == ["$.member_id"]


def test_a_new_project_belongs_to_its_maker_and_members_get_their_rights_at_once(
    stopped_clock: Simulator, raw: Raw
) -> None:
    stopped_clock.add_client("maker", scopes=("compute:write",))
    stopped_clock.add_client("guest", scopes=("compute:write",))
    with Raw(stopped_clock, "maker") as maker, Raw(stopped_clock, "guest") as guest:
        project = maker.change("POST", "/v1/projects", {"name": "dev"})["id"]
        members = f"/v1/projects/{project}/members"
        assert [each["role_name"] for each in maker.get(members)["value"]] == ["owner"]
        assert guest.refusal("GET", f"/v1/projects/{project}")[0] == 404
        assert guest.get(members)["value"] == []
        body = {"member_id": "guest", "role_id": READER}
        for hidden in (members, f"/v1/projects/{UNKNOWN_ID}/members"):
            status, problem = guest.refusal("POST", hidden, body)
            assert (status, problem["detail"]) == (403, "You do not have admin access to the given project.")
        assert guest.refusal("GET", "/v1/projects/dev/members")[0] == 404
        assignment = maker.change("POST", members, body)["id"]
        assert guest.get(f"/v1/projects/{project}")["name"] == "dev"
        assert guest.refusal("DELETE", f"{members}/{assignment}")[0] == 403
        (own,) = (each["id"] for each in maker.get(members)["value"] if each["role_name"] == "owner")
        assert maker.change("DELETE", f"{members}/{own}")["status"] == "Failed"
        second = maker.change("POST", members, {"member_id": "guest", "role_id": CONTRIBUTOR})
        assert maker.change("DELETE", f"{members}/{second['id']}")["status"] == "Completed"
        networks = f"/v1/projects/{project}/virtualnetworks/config"
        assert guest.get(networks)["configuration"]["project"] == "dev"
        assert guest.refusal("PUT", networks, {"configuration": {"networks": []}})[0] == 403


def test_every_project_has_a_network(raw: Raw) -> None:
    (network,) = raw.get("/v1/virtualnetworks")["value"]
    assert (network["name"], network["project"]["name"]) == ("default", "default")
    assert raw.get(f"/v1/virtualnetworks/{network['id']}") == network
    project = raw.change("POST", "/v1/projects", {"name": "dev"})["id"]
    (other,) = raw.get(f"/v1/virtualnetworks?project_id={project}")["value"]
    assert other["project"]["name"] == "dev"


def test_networks_are_replaced_and_those_that_keep_their_name_keep_their_id(raw: Raw) -> None:
    (before,) = raw.get("/v1/virtualnetworks")["value"]
    configuration = raw.get(NETWORKS)["configuration"]
    configuration["networks"].append({"name": "Backend", "address": "10.1.0.0/24"})
    done = raw.change("PUT", NETWORKS, {"configuration": configuration})
    assert (done["status"], done["resources"]) == ("Completed", [])
    after = {each["name"]: each for each in raw.get("/v1/virtualnetworks")["value"]}
    assert after["default"] == before
    assert (after["Backend"]["ip_network"], after["Backend"]["provider_name"]) == ("10.1.0.0/24", "default")
    assert [each["name"] for each in raw.get(NETWORKS)["configuration"]["networks"]] == ["Backend", "default"]


def test_unknown_providers_fail_before_any_child(raw: Raw) -> None:
    networks = [{"name": name, "provider": {"name": "x"}} for name in ("n1", "n2")]
    done = raw.change("PUT", NETWORKS, {"configuration": {"networks": networks}})
    assert tree(done) == ["CreateNetworksCommand Failed 0"]
    assert done["status_message"].splitlines() == [
        f"network '{name}': there is no network provider 'x'; there are default" for name in ("n1", "n2")
    ]
    assert [each["name"] for each in raw.get("/v1/virtualnetworks")["value"]] == ["default"]
