"""Operations on what another one deletes meanwhile, and on what was deleted before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rxeryph.simulator import Pause, Usual
from tests.simulation import READER, STARTER, UNKNOWN_ID, Raw

NOTHING: dict[str, object] = {}


def commands(operation: Mapping[str, Any]) -> list[str]:
    """The names of its tasks without what they all end in, sorted."""
    return sorted(task["name"].removesuffix("Command") for task in operation["tasks"])


def make_project(raw: Raw, **networks: object) -> str:
    """The path of a new project, without networks."""
    path = f"/v1/projects/{raw.change('POST', '/v1/projects', {'name': 'other'})['id']}"
    assert raw.change("PUT", f"{path}/virtualnetworks/config", {"configuration": networks})["status"] == "Completed"
    return path


def test_the_later_deletion_of_a_catlet_finds_nothing_to_destroy(raw: Raw) -> None:
    path = f"/v1/catlets/{raw.make_catlet(parent=STARTER)}"
    submitted = [raw.submit("DELETE", path)["id"] for _ in range(2)]
    done = sorted((raw.finish(each) for each in submitted), key=lambda each: len(each["tasks"]))
    assert [each["status"] for each in done] == ["Completed", "Completed"]
    assert commands(done[0]) == ["DestroyCatlet", "RemoveCatletVM"]
    assert "DestroyVirtualDisk" in commands(done[1])


@pytest.mark.parametrize(
    ("method", "path", "body", "command", "status"),
    [
        ("PUT", "/start", None, "StartCatlet", "Failed"),
        ("PUT", "/stop", {"mode": "Hard"}, "StopCatlet", "Failed"),
        ("PUT", "", {"configuration": NOTHING}, "UpdateCatlet", "Failed"),
        ("DELETE", "", None, "DestroyCatlet", "Completed"),
        ("GET", "/guest-services", None, "GetGuestServicesStatus", "Failed"),
        ("PUT", "/guest-services/ssh-channel", None, "OpenSshChannel", "Failed"),
        ("PATCH", "/guest-services/settings", {"shell": "sh"}, "SetGuestServicesData", "Failed"),
    ],
)
def test_an_operation_begins_after_its_catlet_is_gone(
    raw: Raw, method: str, path: str, body: object, command: str, status: str
) -> None:
    catlet = f"/v1/catlets/{raw.make_catlet()}"
    deletion = raw.submit("DELETE", catlet)["id"]
    while not is_removed(raw, deletion):
        raw.simulator.step()
    done = raw.finish(raw.submit(method, f"{catlet}{path}", body)["id"])
    assert (done["status"], commands(done)) == (status, [command])


def is_removed(raw: Raw, deletion: str) -> bool:
    """Whether the machine was removed, a moment before the catlet is."""
    tasks = raw.get(f"/v1/operations/{deletion}?expand=tasks")["tasks"]
    return any((task["name"], task["status"]) == ("RemoveCatletVMCommand", "Completed") for task in tasks)


def test_a_project_without_resources_is_deleted_by_one_task(raw: Raw) -> None:
    done = raw.change("DELETE", make_project(raw))
    assert (done["status"], commands(done), done["resources"]) == ("Completed", ["DestroyProject"], [])


def test_a_project_without_networks_destroys_none(raw: Raw) -> None:
    path = make_project(raw)
    disk = {"project_id": path.rpartition("/")[2], "name": "data", "location": "here", "size": 1}
    raw.change("POST", "/v1/virtualdisks", disk)
    done = raw.change("DELETE", path)
    assert commands(done) == ["DestroyProject", "DestroyResources", "DestroyVirtualDisk", "RemoveVirtualDisk"]


@pytest.mark.parametrize(("seconds", "again"), [(60.0, True), (7200.0, False)])
def test_a_disk_that_was_deleted_belongs_to_its_project_for_an_hour(raw: Raw, seconds: float, again: bool) -> None:
    path = make_project(raw)
    disk = {"project_id": path.rpartition("/")[2], "name": "data", "location": "here", "size": 1}
    disk_id = raw.change("POST", "/v1/virtualdisks", disk)["resources"][0]["resource_id"]
    raw.change("DELETE", f"/v1/virtualdisks/{disk_id}")
    assert raw.get(f"/v1/virtualdisks?project_id={disk['project_id']}")["value"] == []
    raw.simulator.advance(seconds)
    done = raw.change("DELETE", path)
    assert ("RemoveVirtualDisk" in commands(done)) is again
    assert [each["resource_id"] for each in done["resources"]] == ([disk_id] if again else [])


def test_the_second_deletion_of_a_project_completes(raw: Raw) -> None:
    path = make_project(raw)
    first, second = (raw.submit("DELETE", path)["id"] for _ in range(2))
    assert [raw.finish(each)["status"] for each in (first, second)] == ["Completed", "Completed"]


def test_what_a_project_gets_after_its_deletion_fails(raw: Raw) -> None:
    path = make_project(raw)
    member = {"member_id": "ci", "role_id": READER}
    for command in ("AddProjectMemberCommand", "CreateNetworksCommand"):
        raw.simulator.when(command, Pause(60.0), Usual())
    submitted = [
        raw.submit("DELETE", path)["id"],
        raw.submit("POST", f"{path}/members", member)["id"],
        raw.submit("PUT", f"{path}/virtualnetworks/config", {"configuration": NOTHING})["id"],
    ]
    done = [raw.finish(each) for each in submitted]
    assert [each["status"] for each in done] == ["Completed", "Failed", "Failed"]
    assert [commands(each) for each in done[1:]] == [["AddProjectMember"], ["CreateNetworks"]]


def test_a_correlation_id_makes_one_member_only(raw: Raw) -> None:
    path = make_project(raw)
    member = {"member_id": "ci", "role_id": READER, "correlation_id": UNKNOWN_ID}
    raw.change("POST", f"{path}/members", member)
    done = raw.change("POST", f"{path}/members", {**member, "member_id": "other"})
    assert sorted(task["status"] for task in done["tasks"]) == ["Completed", "Failed"]
    assert [each["member_id"] for each in raw.get(f"{path}/members")["value"]] == ["ci"]


def test_a_gene_that_is_gone_cannot_be_removed(raw: Raw) -> None:
    gene = next(each["id"] for each in raw.get("/v1/genes")["value"] if each["gene_type"] == "Catlet")
    raw.simulator.when("RemoveGeneCommand", Usual())
    raw.simulator.when("RemoveGeneCommand", Pause(60.0), Usual())
    submitted = [raw.submit("DELETE", f"/v1/genes/{gene}")["id"] for _ in range(2)]
    done = [raw.finish(each) for each in submitted]
    assert [each["status"] for each in done] == ["Completed", "Failed"]
    assert commands(done[1]) == ["RemoveGene"]
