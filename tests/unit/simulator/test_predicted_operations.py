"""Operations and documents that were not recorded, as the rules behind the recordings predict them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import DEFAULT_PROJECT, READER, STARTER, Raw

OWNER = "918d2c23-8e9a-41ae-8f0e-adaca3becbc4"
SDA = f"gene:{STARTER}:sda"


@pytest.fixture(scope="module")
def raw() -> Iterator[Raw]:
    with Simulator(speed=0.0) as simulator, Raw(simulator) as raw:
        yield raw


@pytest.fixture(scope="module")
def bred(raw: Raw) -> str:
    """A catlet with a drive from a gene."""
    return f"/v1/catlets/{raw.make_catlet('bred', parent=STARTER)}"


def failed(operation: Any) -> list[str]:
    """Where the configuration is refused, as often as it is; the first line is a headline."""
    assert operation["status"] == "Failed"
    return [line.partition(":")[0] for line in operation["status_message"].splitlines()[1:]]


def drive(**members: object) -> dict[str, Any]:
    return {"name": "sda", "store": "default", "source": SDA, **members}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"hostname": None}, ["$.hostname"]),
        ({"hostname": "BRED"}, ["$.hostname"]),  # compared as typed
        ({"project": "DEFAULT"}, []),  # names are not
        ({"store": "", "environment": None}, ["$.environment", "$.store"]),
        ({"location": "elsewhere", "parent": None}, ["$.location", "$.parent"]),
        ({"config_type": "specification"}, ["$.config_type"]),
        ({"variables": [], "fodder": []}, ["$.fodder", "$.variables"]),
        ({"drives": []}, ["$.drives"]),
        (
            {"drives": [drive(location="elsewhere"), drive(name="sdb")]},
            ["$.drives[0].location", "$.drives[1].source"],
        ),
        ({"drives": [drive(store=None, type="dvd", source=None)]}, None),
    ],
)
def test_an_update_must_repeat_what_cannot_change(
    raw: Raw, bred: str, change: dict[str, Any], refused: list[str] | None
) -> None:
    configuration = raw.current(bred) | change
    if refused is None:
        refused = [f"$.drives[0].{member}" for member in ("type", "store", "location", "source")]
    done = raw.change("PUT", bred, {"configuration": configuration})
    if not refused:
        assert done["status"] == "Completed", done["status_message"]
        return
    assert failed(done) == refused
    assert [task["name"] for task in done["tasks"]] == ["UpdateCatletCommand"]


def test_what_an_update_leaves_out_is_removed(raw: Raw) -> None:
    catlet = f"/v1/catlets/{raw.make_catlet('full', cpu={'count': 4}, drives=[{'name': 'data', 'size': 1}])}"
    kept = ("config_type", "project", "environment", "store", "location", "hostname", "name")
    configuration = {member: value for member, value in raw.current(catlet).items() if member in kept}
    assert raw.change("PUT", catlet, {"configuration": configuration})["status"] == "Completed"
    shown = raw.get(f"{catlet}/config")["configuration"]
    assert (shown["cpu"], {"drives", "networks", "network_adapters"} & set(shown)) == ({"count": 1}, set())
    assert [disk["attached_catlets"] for disk in raw.get("/v1/virtualdisks")["value"] if disk["name"] == "data"] == [
        []
    ]


def test_a_running_catlet_keeps_its_cpus(raw: Raw) -> None:
    catlet = f"/v1/catlets/{raw.make_catlet('busy')}"
    raw.change("PUT", f"{catlet}/start")
    done = raw.change("PUT", catlet, {"configuration": raw.current(catlet) | {"cpu": {"count": 2}}})
    assert [task["name"] for task in done["tasks"] if task["status"] == "Failed"].count("UpdateCatletVMCommand") == 1


def test_a_member_may_have_two_roles_but_none_twice(raw: Raw) -> None:
    project = raw.change("POST", "/v1/projects", {"name": "twice"})["id"]
    path = f"/v1/projects/{project}/members"
    assert raw.get(path)["value"] == []  # a super admin made it
    roles = [(READER, "Completed"), (OWNER, "Completed"), (READER, "Failed")]
    for role, status in roles:
        assert raw.change("POST", path, {"member_id": "ci", "role_id": role})["status"] == status
    listed = raw.get(path)["value"]
    assert listed == sorted(listed, key=lambda each: each["id"])
    assert sorted(each["role_name"] for each in listed) == ["owner", "reader"]


def test_projects_are_listed_as_made_and_operations_by_id(raw: Raw) -> None:
    for name in ("z", "a", "m"):
        raw.change("POST", "/v1/projects", {"name": f"order-{name}"})
    names = [project["name"] for project in raw.get("/v1/projects")["value"]]
    assert [name for name in names if name.startswith("order-")] == ["order-z", "order-a", "order-m"]
    ids = [operation["id"] for operation in raw.get("/v1/operations")["value"]]
    assert ids == sorted(ids)


def test_the_pool_of_the_default_network_says_which_address_is_next() -> None:
    with Simulator(speed=0.0) as simulator, Raw(simulator) as raw:
        catlets = [raw.make_catlet(name) for name in ("a", "b", "c")]
        raw.change("DELETE", f"/v1/catlets/{catlets[0]}")
        path = f"/v1/projects/{DEFAULT_PROJECT}/virtualnetworks/config"
        (network,) = raw.get(path)["configuration"]["networks"]
        (subnet,) = network["subnets"]
        pool = {"name": "default", "first_ip": "10.0.0.100", "last_ip": "10.0.0.240", "next_ip": "10.0.0.103"}
        assert subnet["ip_pools"] == [pool]  # the address of the deleted catlet comes last
        assert (subnet["dns_servers"], subnet["mtu"]) == (["9.9.9.9", "8.8.8.8"], 1400)


def test_a_catlet_that_is_renamed_frees_its_old_name(raw: Raw) -> None:
    catlet = f"/v1/catlets/{raw.make_catlet('before')}"
    raw.change("PUT", catlet, {"configuration": raw.current(catlet) | {"name": "After"}})
    assert raw.get(catlet)["name"] == "after"
    raw.make_catlet("before")
    assert raw.refusal("POST", "/v1/catlets", {"configuration": {"name": "AFTER"}})[0] == 409


def test_blank_names_count_as_absent(raw: Raw) -> None:
    blank = dict.fromkeys(("project", "environment", "store", "location", "hostname", "parent"), " ")
    drives = [{"name": "data", "store": " ", "location": "", "source": " "}]
    networks = [{"name": "default", "adapter_name": " ", "subnet_v4": {"name": "default", "ip_pool": ""}}]
    adapters = [{"name": "eth0", "mac_address": " "}]
    catlet = raw.make_catlet("blank", **blank, drives=drives, networks=networks, network_adapters=adapters)
    shown = raw.get(f"/v1/catlets/{catlet}/config")["configuration"]
    assert (shown["hostname"], shown["environment"], shown["store"]) == ("blank", "default", "default")
    assert shown["location"].strip() == shown["drives"][0]["location"]
    assert shown["networks"][0]["adapter_name"] == "eth0"
    done = raw.change(
        "PUT", f"/v1/catlets/{catlet}", {"configuration": raw.current(f"/v1/catlets/{catlet}") | {"name": " "}}
    )
    assert (done["status"], raw.get(f"/v1/catlets/{catlet}")["name"]) == ("Completed", "blank")


@pytest.mark.parametrize("name", ["", " "])
def test_a_catlet_without_a_name_is_refused_when_it_is_built(raw: Raw, name: str) -> None:
    done = raw.change("POST", "/v1/catlets", {"configuration": {"name": name}})
    assert failed(done) == ["$.name"]
    assert "Create catlet catlet" in [task.get("display_name") for task in done["tasks"]]


def test_a_subnet_of_a_catlet_needs_a_name(raw: Raw, bred: str) -> None:
    networks = [{"name": "default", "subnet_v4": {"ip_pool": "default"}}]
    for method, path, body in (
        ("POST", "/v1/catlets", {"name": "unnamed", "networks": networks}),
        ("PUT", bred, raw.current(bred) | {"networks": networks}),
    ):
        done = raw.change(method, path, {"configuration": body})
        assert (done["status"], done["resources"][:1] == []) == ("Failed", method == "POST")
