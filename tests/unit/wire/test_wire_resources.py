"""JSON to disks, networks and verdicts: tolerant of what is new or missing, exact about what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rxeryph.errors import WireError
from rxeryph.model import (
    AttachedCatlet,
    DiskGene,
    DiskStatus,
    Project,
    ValidationIssue,
    ValidationResult,
    VirtualDisk,
    VirtualNetwork,
)
from rxeryph.wire import (
    load_validation_result,
    load_virtual_disk,
    load_virtual_disks,
    load_virtual_network,
    load_virtual_networks,
)

PROJECT = {"id": "p1", "name": "default", "tenant_id": "t"}
DISK: dict[str, Any] = {
    "id": "d1",
    "name": "sda",
    "location": "abc",
    "data_store": "default",
    "project": PROJECT,
    "environment": "default",
    "status": "Ok",
    "gene": {"gene_set": "dbosoft/ubuntu-22.04/starter", "name": "sda", "architecture": "hyperv/amd64"},
    "path": "C:\\disks\\sda.vhdx",
    "parent_path": "C:\\genes\\sda.vhdx",
    "size_bytes": 2**40,
    "parent_id": "d0",
    "attached_catlets": [{"type": "Vhd", "catlet_id": "c1"}],
}
NETWORK: dict[str, Any] = {
    "id": "n1",
    "name": "default",
    "project": PROJECT,
    "environment": "default",
    "provider_name": "default",
    "ip_network": "10.0.0.0/20",
}


def test_every_member_of_a_disk_and_a_network_is_read() -> None:
    project = Project("p1", "default", "t")
    assert load_virtual_disk(DISK) == VirtualDisk(
        id="d1",
        name="sda",
        location="abc",
        data_store="default",
        project=project,
        environment="default",
        status=DiskStatus.OK,
        gene=DiskGene("dbosoft/ubuntu-22.04/starter", "sda", "hyperv/amd64"),
        path=DISK["path"],
        parent_path=DISK["parent_path"],
        size_bytes=2**40,
        parent_id="d0",
        attached_catlets=(AttachedCatlet("c1", "Vhd"),),
    )
    assert load_virtual_network(NETWORK) == VirtualNetwork(
        "n1", "default", project, "default", "default", "10.0.0.0/20"
    )


def test_unknown_members_and_a_new_status_survive_and_null_is_absent() -> None:
    optional = ("gene", "path", "parent_path", "size_bytes", "parent_id", "attached_catlets")
    short = {name: value for name, value in DISK.items() if name not in optional}
    assert load_virtual_disk(DISK | dict.fromkeys(optional)) == load_virtual_disk(short)
    assert load_virtual_disk(short).attached_catlets == ()
    novel = load_virtual_disk(DISK | {"status": "Melting", "novel": {"deep": [1]}})
    assert novel.status == "Melting"
    assert novel.status is not None
    assert not novel.status.is_known
    assert load_virtual_network(NETWORK | {"ip_network": None, "novel": 1}).ip_network is None


def test_lists_are_read_in_their_order() -> None:
    other = {**DISK, "id": "d2"}
    assert [disk.id for disk in load_virtual_disks({"value": [other, DISK]})] == ["d2", "d1"]
    assert load_virtual_networks({"value": []}) == ()


def test_a_verdict_is_read_with_and_without_issues() -> None:
    assert load_validation_result({"is_valid": True}) == ValidationResult(True)
    issues = [{"member": "$.name", "message": "too long"}, {"message": "odd", "novel": 1}]
    assert load_validation_result({"is_valid": False, "errors": issues}) == ValidationResult(
        False, (ValidationIssue("too long", "$.name"), ValidationIssue("odd"))
    )


@pytest.mark.parametrize(
    ("load", "data", "path"),
    [
        (load_virtual_disk, {**DISK, "id": None}, "$.id"),
        (load_virtual_disk, {**DISK, "status": 3}, "$.status"),
        (load_virtual_disk, {**DISK, "size_bytes": "much"}, "$.size_bytes"),
        (load_virtual_disk, {**DISK, "gene": {"name": "sda"}}, "$.gene.gene_set"),
        (load_virtual_disk, {**DISK, "attached_catlets": [{"type": "Vhd"}]}, "$.attached_catlets[0].catlet_id"),
        (load_virtual_disks, {"value": [DISK, {**DISK, "name": 1}]}, "$.value[1].name"),
        (load_virtual_disks, {"value": {}}, "$.value"),
        (load_virtual_networks, {"value": [{**NETWORK, "project": []}]}, "$.value[0].project"),
        (load_virtual_network, None, "$"),
        (load_validation_result, {"errors": []}, "$.is_valid"),
        (load_validation_result, {"is_valid": False, "errors": [{"message": 7}]}, "$.errors[0].message"),
    ],
)
def test_a_reply_that_does_not_fit_names_the_place(
    load: Callable[[object, str], object], data: object, path: str
) -> None:
    with pytest.raises(WireError) as caught:
        load(data, "http://x/y")
    assert (caught.value.path, caught.value.url) == (path, "http://x/y")
    assert f"from http://x/y does not fit at {path}:" in str(caught.value)
