"""Virtual disks: when they appear, which cannot be made, and which cannot be deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation import DEFAULT_PROJECT, STARTER, Raw, tree

DISK: dict[str, object] = {"project_id": DEFAULT_PROJECT, "name": "Data01", "location": "data", "size": 10}


def without_genes(raw: Raw) -> list[Any]:
    """The disks but for those of the gene pool."""
    return [each for each in raw.get("/v1/virtualdisks")["value"] if "gene" not in each]


def test_a_disk_is_referred_to_before_it_exists(raw: Raw) -> None:
    begun = raw.submit("POST", "/v1/virtualdisks", DISK)
    while not (resources := raw.operation(begun["id"])["resources"]):
        raw.simulator.step()
    path = f"/v1/virtualdisks/{resources[0]['resource_id']}"
    assert raw.refusal("GET", path)[0] == 404
    done = raw.finish(begun["id"])
    assert ("result" in done, done["projects"]) == (False, [])
    disk = raw.get(path)
    assert (disk["name"], disk["size_bytes"], disk["status"]) == ("data01", 10 * 1024**3, "Ok")
    assert disk["attached_catlets"] == []


@pytest.mark.parametrize(("member", "name"), [("store", "data store"), ("environment", "environment")])
def test_a_disk_in_an_unknown_place_fails_and_stays_listed(raw: Raw, member: str, name: str) -> None:
    done = raw.change("POST", "/v1/virtualdisks", DISK | {member: "Fast"})
    assert tree(done) == [
        'CreateVirtualDiskCommand "Create disk data01" Failed 0',
        "  CreateVirtualDiskVMCommand Failed 0",
    ]
    assert done["status_message"] == (
        f"The {name} 'fast' is not part of the placement configuration of the controller."
    )
    (resource,) = done["resources"]
    assert raw.refusal("GET", f"/v1/virtualdisks/{resource['resource_id']}")[0] == 404


def test_a_disk_can_be_deleted_unless_it_is_attached_or_has_children(raw: Raw) -> None:
    raw.change("POST", "/v1/virtualdisks", DISK)
    (free,) = (each["id"] for each in without_genes(raw))
    deleted = raw.submit("DELETE", f"/v1/virtualdisks/{free}")
    assert [item["resource_id"] for item in deleted["resources"]] == [free]
    assert [item["name"] for item in deleted["projects"]] == ["default"]
    assert tree(raw.finish(deleted["id"])) == [
        'DestroyVirtualDiskCommand "Destroy Virtual Disk"',
        "  RemoveVirtualDiskCommand",
    ]
    assert without_genes(raw) == []

    catlet = raw.make_catlet("web", parent=STARTER)
    (own,) = without_genes(raw)
    assert own["attached_catlets"] == [{"type": "Vhd", "catlet_id": catlet}]
    assert [drive["attached_disk_id"] for drive in raw.get(f"/v1/catlets/{catlet}")["drives"]] == [own["id"]]
    status, problem = raw.refusal("DELETE", f"/v1/virtualdisks/{own['id']}")
    assert (status, problem["detail"]) == (400, "The disk is attached to a virtual machine and cannot be deleted.")
    parent = raw.get(f"/v1/virtualdisks/{own['parent_id']}")
    assert parent["gene"] == {"gene_set": STARTER, "name": "sda", "architecture": "hyperv/amd64"}
    assert parent["path"] == own["parent_path"]
    _, problem = raw.refusal("DELETE", f"/v1/virtualdisks/{parent['id']}")
    assert problem["detail"] == "The disk belongs to the gene pool and cannot be deleted."
    raw.change("DELETE", f"/v1/catlets/{catlet}")
    assert without_genes(raw) == []


def test_two_disks_cannot_share_a_place(raw: Raw) -> None:
    raw.change("POST", "/v1/virtualdisks", DISK)
    status, problem = raw.refusal("POST", "/v1/virtualdisks", DISK)
    assert status == 409
    assert problem["detail"].startswith("A disk with the name 'Data01' already exists")


def test_a_frozen_disk_is_left_alone(raw: Raw) -> None:
    path = f"/v1/catlets/{raw.make_catlet(drives=[{'name': 'data', 'size': 5}])}"
    (disk,) = without_genes(raw)
    raw.simulator.freeze_disk(disk["id"])

    def lines(drives: list[dict[str, object]]) -> list[str]:
        done = raw.change("PUT", path, {"configuration": raw.current(path) | {"drives": drives}})
        assert done["status"] == "Completed", done["status_message"]
        return [each["message"] for each in done["log_entries"] if "kipping" in each["message"]]

    skipped = "Skipping HD Drive 'data': storage management is disabled for this disk."
    assert lines([{"name": "data", "size": 9}]) == [skipped]
    assert lines([]) == ["Skipping detach of frozen disk data"]
    assert without_genes(raw) == [disk]
    raw.change("DELETE", path)
    (left,) = without_genes(raw)
    status, problem = raw.refusal("DELETE", f"/v1/virtualdisks/{left['id']}")
    assert (status, "frozen" in problem["detail"]) == (400, True)
    with pytest.raises(ValueError, match="there is no disk 'x'; disks are "):
        raw.simulator.freeze_disk("x")
