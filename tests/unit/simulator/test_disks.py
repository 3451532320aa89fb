"""Virtual disks, virtual networks and configurations of the simulator: traces 5 and 8, and every refusal."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import Raw, tree

DEFAULT_PROJECT = "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
UNKNOWN = "00000000-0000-4000-8000-000000000001"
DISK: dict[str, object] = {"project_id": DEFAULT_PROJECT, "name": "Data01", "location": "data", "size": 10}


def refused(raw: Raw, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    reply = raw.ask(method, path, body)
    return reply.status_code, reply.json()


def test_trace_5_create_a_virtual_disk(raw: Raw) -> None:
    begun = raw.submit("POST", "/v1/virtualdisks", DISK)
    assert begun["resources"] == begun["projects"] == []
    seen = None
    while seen is None:  # referred to as soon as the host's task is there, before it can be fetched
        raw.simulator.advance(0.05)
        resources = raw.operation(begun["id"])["resources"]
        seen = resources[0] if resources else None
    assert seen["resource_type"] == "VirtualDisk"
    assert raw.ask("GET", f"/v1/virtualdisks/{seen['resource_id']}").status_code == 404
    done = raw.finish(begun["id"])
    assert tree(done) == ['CreateVirtualDiskCommand "Create disk data01"', "  CreateVirtualDiskVMCommand"]
    assert done["status"] == "Completed"
    assert "result" not in done
    assert done["projects"] == []
    disk = raw.get(f"/v1/virtualdisks/{seen['resource_id']}")
    assert (disk["name"], disk["size_bytes"], disk["status"]) == ("data01", 10 * 1024**3, "Ok")
    assert disk["attached_catlets"] == []


@pytest.mark.parametrize(
    ("member", "text"),
    [
        ("store", "The data store 'fast' is not part of the controller placement configuration."),
        ("environment", "The environment 'fast' is not part of the controller placement configuration."),
    ],
)
def test_a_disk_in_a_place_that_is_not_there_fails_and_stays_listed(raw: Raw, member: str, text: str) -> None:
    begun = raw.submit("POST", "/v1/virtualdisks", DISK | {member: "Fast"})
    done = raw.finish(begun["id"])
    assert tree(done) == [
        'CreateVirtualDiskCommand "Create disk data01" Failed 0',
        "  CreateVirtualDiskVMCommand Failed 0",
    ]
    assert (done["status"], done["status_message"]) == ("Failed", text)
    (resource,) = done["resources"]
    assert raw.ask("GET", f"/v1/virtualdisks/{resource['resource_id']}").status_code == 404


def no_genes(raw: Raw) -> list[Any]:
    """The disks but for those of the gene pool."""
    return [each for each in raw.get("/v1/virtualdisks")["value"] if "gene" not in each]


def test_a_disk_can_be_deleted_unless_a_catlet_has_it(raw: Raw) -> None:
    raw.finish(raw.submit("POST", "/v1/virtualdisks", DISK)["id"])
    (free,) = (each["id"] for each in no_genes(raw))
    deleted = raw.submit("DELETE", f"/v1/virtualdisks/{free}")
    assert [item["resource_id"] for item in deleted["resources"]] == [free]
    assert [item["name"] for item in deleted["projects"]] == ["default"]
    done = raw.finish(deleted["id"])
    assert tree(done) == ['DestroyVirtualDiskCommand "Destroy Virtual Disk"', "  RemoveVirtualDiskCommand"]
    assert no_genes(raw) == []

    catlet = raw.make_catlet("web", parent="dbosoft/ubuntu-22.04/starter")
    (own,) = no_genes(raw)
    assert own["attached_catlets"] == [{"type": "Vhd", "catlet_id": catlet}]
    assert [drive["attached_disk_id"] for drive in raw.get(f"/v1/catlets/{catlet}")["drives"]] == [own["id"]]
    status, problem = refused(raw, "DELETE", f"/v1/virtualdisks/{own['id']}")
    assert status == 400
    assert problem["detail"] == "The disk is attached to a virtual machine and cannot be deleted."
    raw.finish(raw.submit("DELETE", f"/v1/catlets/{catlet}")["id"])
    assert no_genes(raw) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": "a.b"}, "$.name"),
        ({"name": "n" * 51}, "$.name"),
        ({"location": "l" * 21}, "$.location"),
        ({"size": 0}, "$.size"),
        ({"size": 65537}, "$.size"),
        ({"size": "10"}, "$.size"),
        ({"size": None}, "$.size"),
        ({"project_id": "default"}, "$.project_id"),
        ({"environment": "e_1"}, "$.environment"),
        ({"store": "s" * 51}, "$.store"),
    ],
)
def test_a_disk_that_cannot_be_is_told_by_path(raw: Raw, change: dict[str, object], path: str) -> None:
    status, problem = refused(raw, "POST", "/v1/virtualdisks", DISK | change)
    assert (status, list(problem["errors"])) == (400, [path])


def test_a_disk_that_is_there_and_one_in_no_project_are_refused(raw: Raw) -> None:
    raw.finish(raw.submit("POST", "/v1/virtualdisks", DISK)["id"])
    status, problem = refused(raw, "POST", "/v1/virtualdisks", DISK)
    assert status == 409
    assert problem["detail"].startswith("A disk with the name 'Data01' already exists")
    assert refused(raw, "POST", "/v1/virtualdisks", DISK | {"project_id": UNKNOWN})[0] == 403
    assert refused(raw, "DELETE", f"/v1/virtualdisks/{UNKNOWN}")[0] == 404


def test_every_project_has_a_network_which_goes_with_it(raw: Raw) -> None:
    (network,) = raw.get("/v1/virtualnetworks")["value"]
    assert (network["name"], network["project"]["name"]) == ("default", "default")
    assert raw.get(f"/v1/virtualnetworks/{network['id']}") == network
    made = raw.finish(raw.submit("POST", "/v1/projects", {"name": "dev"})["id"])
    (other,) = raw.get(f"/v1/virtualnetworks?project_id={made['id']}")["value"]
    assert other["project"]["name"] == "dev"
    raw.finish(raw.submit("DELETE", f"/v1/projects/{made['id']}")["id"])
    assert refused(raw, "GET", f"/v1/virtualnetworks/{other['id']}")[0] == 404


def test_trace_12_the_disks_of_a_project_go_with_it(raw: Raw) -> None:
    project = raw.finish(raw.submit("POST", "/v1/projects", {"name": "dev"})["id"])["id"]
    raw.finish(raw.submit("POST", "/v1/virtualdisks", DISK | {"project_id": project})["id"])
    raw.make_catlet("web", project="dev", parent="dbosoft/ubuntu-22.04/starter")
    done = raw.finish(raw.submit("DELETE", f"/v1/projects/{project}")["id"])
    assert tree(done) == [
        "DestroyProjectCommand",
        '  DestroyResourcesCommand "Destroy Resources"',
        '    DestroyCatletCommand "Destroy Catlet"',
        "      RemoveCatletVMCommand",
        '      DestroyResourcesCommand "Destroy Resources"',
        '        DestroyVirtualDiskCommand "Destroy Virtual Disk"',
        "          RemoveVirtualDiskCommand",
        '    DestroyVirtualDiskCommand "Destroy Virtual Disk"',
        "      RemoveVirtualDiskCommand",
        '    DestroyVirtualNetworksCommand "Destroy Virtual Networks"',
        "      UpdateNetworksCommand",
        "        UpdateProjectNetworkPlanCommand",
        "          - Rebuilding project network settings",
    ]
    kinds = sorted(item["resource_type"] for item in done["resources"])
    assert kinds == ["Catlet", "VirtualDisk", "VirtualDisk", "VirtualNetwork"]
    assert done["projects"] == []
    assert no_genes(raw) == []


def test_roles_and_scopes_hold_for_disks_and_networks(stopped_clock: Simulator, raw: Raw) -> None:
    raw.finish(raw.submit("POST", "/v1/virtualdisks", DISK)["id"])
    disk = raw.get("/v1/virtualdisks")["value"][0]
    assert "path" in disk
    stopped_clock.add_client("stranger", scopes=("compute:write",))
    stopped_clock.add_client("reader", scopes=("compute:write",), roles={"default": "reader"})
    stopped_clock.add_client("narrow", scopes=("compute:genes:read",))
    with closing(Raw(stopped_clock, "stranger")) as stranger:
        assert stranger.get("/v1/virtualdisks")["value"] == stranger.get("/v1/virtualnetworks")["value"] == []
        assert refused(stranger, "GET", f"/v1/virtualdisks/{disk['id']}")[0] == 404
        assert refused(stranger, "POST", "/v1/virtualdisks", DISK)[0] == 403
    with closing(Raw(stopped_clock, "reader")) as reader:
        assert "path" not in reader.get(f"/v1/virtualdisks/{disk['id']}")
        assert refused(reader, "DELETE", f"/v1/virtualdisks/{disk['id']}")[0] == 404
    with closing(Raw(stopped_clock, "narrow")) as narrow:
        assert refused(narrow, "GET", "/v1/virtualdisks")[0] == 403
        assert refused(narrow, "GET", "/v1/virtualnetworks")[0] == 403


@pytest.mark.parametrize(
    ("path", "command", "settled"),
    [
        ("expand", "ExpandNewCatletConfigCommand", {"cpu": {"count": 2}, "memory": {"startup": 1024}}),
        ("populate-variables", "PopulateCatletConfigVariablesCommand", {"cpu": {"count": 2}}),
    ],
)
def test_trace_8_expand_a_configuration_and_populate_its_variables(
    raw: Raw, path: str, command: str, settled: dict[str, object]
) -> None:
    body = {"configuration": {"name": "Web01", "parent": "dbosoft/ubuntu-22.04/starter", "cpu": 2}}
    done = raw.finish(raw.submit("POST", f"/v1/catlets/config/{path}", body)["id"])
    assert tree(done) == [
        command,
        "  BuildCatletSpecificationCommand",
        '    BuildCatletSpecificationGenePoolCommand "Build catlet specification"',
    ]
    assert done["resources"] == done["projects"] == done["log_entries"] == []
    assert next(iter(done["result"])) == "result_type"
    assert done["result"]["result_type"] == "CatletConfig"
    configuration = done["result"]["configuration"]
    assert (configuration["project"], configuration["name"]) == ("default", "web01")
    assert {member: configuration.get(member) for member in ("cpu", "memory") if member in configuration} == settled


def test_secrets_are_shown_on_request_only(raw: Raw) -> None:
    variable = {"name": "password", "value": "swordfish", "secret": True}
    fodder = {"name": "setup", "content": "open sesame", "secret": True, "variables": [variable]}
    given = {
        "variables": [variable, {"name": "user", "value": "admin"}],
        "fodder": [fodder, {"name": "x", "content": "y"}],
    }

    def expand(**members: object) -> Any:
        begun = raw.submit("POST", "/v1/catlets/config/expand", {"configuration": given, **members})
        return raw.finish(begun["id"])["result"]["configuration"]

    hidden = {"name": "password", "value": "#REDACTED", "secret": True}
    redacted = {
        "variables": [hidden, {"name": "user", "value": "admin"}],
        "fodder": [{**fodder, "content": "#REDACTED", "variables": [hidden]}, {"name": "x", "content": "y"}],
    }
    assert {member: expand()[member] for member in given} == redacted
    assert {member: expand(show_secrets=True)[member] for member in given} == given
    catlet = raw.make_catlet("web", **given)
    configuration = raw.get(f"/v1/catlets/{catlet}/config")["configuration"]
    assert {member: configuration[member] for member in given} == redacted


def test_a_configuration_whose_parent_is_nowhere_fails_all_the_way_up(raw: Raw) -> None:
    body = {"configuration": {"parent": "acme/missing/1.0"}}
    done = raw.finish(raw.submit("POST", "/v1/catlets/config/expand", body)["id"])
    assert [task["status"] for task in done["tasks"]] == ["Failed"] * 3
    assert done["status_message"].startswith("The gene set acme/missing/1.0 is not available")
    assert "result" not in done


def test_validation_is_an_answer_and_no_operation(raw: Raw) -> None:
    path = "/v1/catlets/config/validate"
    assert raw.ask("POST", path, {"configuration": {"name": "web"}}).json() == {"is_valid": True}
    reply = raw.ask("POST", path, {"configuration": {"name": "we_b"}})
    assert reply.status_code == 200
    assert reply.json()["is_valid"] is False
    assert [error["member"] for error in reply.json()["errors"]] == ["$.name"]
    assert raw.get("/v1/operations")["value"] == []


def test_the_configuration_of_a_catlet_is_expanded(raw: Raw) -> None:
    catlet = raw.make_catlet("web", parent="dbosoft/ubuntu-22.04/starter", memory=512)
    configuration = raw.get(f"/v1/catlets/{catlet}/config")["configuration"]
    assert (configuration["cpu"], configuration["memory"]) == ({"count": 1}, {"startup": 512})
    assert [drive["name"] for drive in configuration["drives"]] == ["sda"]
