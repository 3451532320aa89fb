"""Older servers know less."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.simulator import Hang, Simulator, Task
from tests.simulation import STARTER, Raw, tree


@pytest.mark.parametrize("version", [(1, 0), (1, 1)])
def test_older_servers_have_no_times_no_cancellation_and_no_housekeeping(version: tuple[int, int]) -> None:
    with Simulator(speed=0.0, api_version=version) as simulator, Raw(simulator) as raw:
        assert raw.ask("GET", "/v1/version").status_code == (404 if version == (1, 0) else 200)
        done = raw.change("POST", "/v1/catlets", {"configuration": {"name": "web"}})
        assert not {"created", "started_at", "ended_at", "requested_by"} & (set(done) | set(done["tasks"][0]))
        assert done["log_entries"] == []
        since = "?expand=logs&log_time_stamp=2018-01-01T00:00:00Z"
        assert raw.get(f"/v1/operations/{done['id']}{since}")["log_entries"]
        assert raw.ask("POST", f"/v1/operations/{done['id']}/cancel").status_code == 404
        hanging = simulator.play(Task("A", Hang()))
        simulator.advance(60 * 24 * 3600.0)
        assert [raw.operation(each)["status"] for each in (done["id"], hanging)] == ["Completed", "Running"]


def test_the_last_of_the_older_servers_sends_log_entries_without_a_time() -> None:
    with Simulator(speed=0.0, api_version=(1, 1), log_bug=False) as simulator, Raw(simulator) as raw:
        assert raw.change("POST", "/v1/catlets", {"configuration": {"name": "web"}})["log_entries"]


DEPLOYED = """    UpdateCatletNetworksCommand
      - Updating catlet network settings
    UpdateCatletVMCommand
      - Configuring secure boot settings (Secure Boot: Off)
      - Configure Catlet CPU count: 1
      - Creating HD Drive: sda
      - Attaching HD Drive sda to controller: 0, Location: 0
      - Add Network Adapter: eth0
    UpdateCatletConfigDriveCommand
      - Updating cloud-init config drive.
    UpdateNetworksCommand
      UpdateProjectNetworkPlanCommand
        - Rebuilding project network settings
"""
GENES = [
    f'PrepareGeneCommand "Preparing gene {gene}"'
    for gene in (
        "fodder gene:dbosoft/starter-food/latest:linux-starter (any)",
        "volume gene:dbosoft/ubuntu-22.04/starter:sda (hyperv/amd64)",
    )
]
PREPARED = ["ValidateCatletConfigCommand", "PlaceCatletCommand", "ResolveCatletConfigCommand", "ResolveGenesCommand"]
CREATED = {
    (1, 0): [
        'CreateCatletCommand "Create catlet web"',
        *(f"  {name}" for name in (*PREPARED, "CreateCatletVMCommand", "UpdateCatletCommand")),
        *(f"    {line}" for line in GENES),
        *DEPLOYED.splitlines(),
    ],
    (1, 1): [
        'CreateCatletCommand "Create catlet web"',
        "  PrepareNewCatletConfigCommand",
        *(f"    {name}" for name in PREPARED),
        *(f"  {line}" for line in GENES),
        *(f"  {name}" for name in ("ExpandFodderVMCommand", "CreateCatletVMCommand", "UpdateCatletCommand")),
        *DEPLOYED.splitlines(),
        "    SyncVmNetworkPortsCommand",
    ],
}
"""The tasks of a create, by version."""


def in_order(operation: Any) -> list[str]:
    """The tree of an operation without times, in the order in which its tasks were created."""
    ranks = {task["id"]: rank for rank, task in enumerate(operation["order"])}
    tasks = [{**task, "created": f"{ranks[task['id']]:04}"} for task in operation["tasks"]]
    return tree({**operation, "tasks": tasks})


@pytest.mark.parametrize("version", CREATED)
def test_an_older_server_has_other_tasks_and_spells_drives_otherwise(version: tuple[int, int]) -> None:
    with Simulator(speed=0.0, api_version=version, log_bug=False) as simulator, Raw(simulator) as raw:
        begun = raw.submit("POST", "/v1/catlets", {"configuration": {"name": "web", "parent": STARTER}})
        order: dict[str, Any] = {}
        for _ in range(200):
            simulator.step()
            tasks = sorted(raw.operation(begun["id"])["tasks"], key=lambda task: str(task.get("display_name")))
            order |= {task["id"]: task for task in tasks if task["id"] not in order}
        done = {**raw.operation(begun["id"]), "order": order.values()}
        lines = in_order(done)
        reports = [line for line in lines if "% completed" in line]
        assert (done["status"], [line for line in lines if line not in reports]) == ("Completed", CREATED[version])
        assert (
            reports[0].lstrip().startswith("- Pulling fodder gene:dbosoft/starter-food/latest:linux-starter (any) (")
        )

        catlet = f"/v1/catlets/{done['resources'][0]['resource_id']}"
        document, disks = raw.get(catlet), raw.get("/v1/virtualdisks")["value"]
        assert ("vm_id" in document, "is_deprecated" in document) == (version == (1, 1), False)
        assert document["drives"][0]["type"] == "VHD"
        (own,) = (disk for disk in disks if disk["attached_catlets"])
        assert own["attached_catlets"][0]["type"] == "VHD"
        assert ("status" in own, "parent_path" in own) == (version == (1, 1), version == (1, 1))
        shown = raw.get(f"{catlet}/config")["configuration"]
        assert list(shown) == ["version", "name", "location", "parent", "cpu"]

        path = "/v1/catlets/config/expand"
        assert raw.ask("POST", path, {"configuration": {"name": "a b"}}).status_code == (
            404 if version == (1, 0) else 400
        )
        killed = raw.ask("PUT", f"{catlet}/stop", {"mode": "Kill"})
        assert killed.status_code == (400 if version == (1, 0) else 202)
        started = raw.change("PUT", f"{catlet}/start")
        states = ["StartCatletCommand", "StartCatletVMCommand", "UpdateCatletStateCommand"]
        assert sorted(task["name"] for task in started["tasks"]) == states[: 2 if version == (1, 0) else 3]
        assert raw.get(catlet)["status"] == "Running"


def test_api_1_1_expands_what_an_update_would_make_of_a_catlet() -> None:
    with Simulator(speed=0.0, api_version=(1, 1), log_bug=False) as simulator, Raw(simulator) as raw:
        catlet = raw.make_catlet(parent=STARTER, fodder=[{"name": "own", "content": "{{ catletId }}"}])
        body = {"configuration": {"cpu": {"count": 3}}}
        done = raw.change("POST", f"/v1/catlets/{catlet}/config/expand", body)
        expected = ["ExpandCatletConfigCommand", "ExpandFodderVMCommand", "PrepareCatletConfigCommand"]
        assert sorted(task["name"] for task in done["tasks"] if "Resolve" not in task["name"])[:3] == expected
        assert [item["resource_type"] for item in done["resources"]] == ["Catlet"]
        found = done["result"]["configuration"]
        assert (found["cpu"], found["fodder"][-1]["content"]) == ({"count": 3}, catlet)
        assert found["drives"][0]["type"] == "VHD"
        # An update needs nothing of the present configuration, and keeps the fodder.
        updated = raw.change("PUT", f"/v1/catlets/{catlet}", body)
        assert updated["status"] == "Completed", updated["status_message"]
        assert raw.get(f"/v1/catlets/{catlet}/config")["configuration"]["cpu"] == {"count": 3}
        populated = raw.change("POST", "/v1/catlets/config/populate-variables", body)
        assert populated["result"]["configuration"]["cpu"] == {"count": 3}
        expanded = raw.change("POST", "/v1/catlets/config/expand", body)["result"]["configuration"]
        assert (expanded["name"], "config_type" in expanded, "project" in expanded) == ("catlet", False, False)


NEWEST = ("config/datastores", "config/environments", "config/sites", "catlets/{}/guest-services/provisioning-log")


def test_what_only_the_newest_server_has_is_missing_on_others(raw: Raw) -> None:
    catlet = raw.make_catlet()
    assert [raw.ask("GET", f"/v1/{path.format(catlet)}").status_code for path in NEWEST] == [404] * len(NEWEST)


def test_the_newest_server_lists_options_and_reads_the_provisioning_log_but_reports_1_2() -> None:
    newest = Simulator(speed=0.0, api_version=(1, 3), environments=("Dev",), data_stores=("fast",))
    with newest as simulator, Raw(simulator) as raw:
        assert raw.get("/v1/version") == {"latest_version": {"major": 1, "minor": 2}}
        default, dev = {"name": "default"}, {"name": "dev"}
        assert raw.get("/v1/config/datastores")["value"] == [default, {"name": "fast"}]
        assert raw.get("/v1/config/sites")["value"] == [default]
        site = {"site": "default"}
        assert raw.get("/v1/config/environments")["value"] == [default | site, dev | site]
        catlet = raw.make_catlet(environment="dev", store="fast")
        assert raw.get(f"/v1/catlets/{catlet}/config")["configuration"]["store"] == "fast"
        raw.change("PUT", f"/v1/catlets/{catlet}/start")
        result = raw.change("GET", f"/v1/catlets/{catlet}/guest-services/provisioning-log")["result"]
        assert result["events"][0]["message"] in result["rendered_log"]


def test_a_catlet_in_an_unknown_place_fails_before_it_exists(raw: Raw) -> None:
    for member in ("environment", "store"):
        done = raw.change("POST", "/v1/catlets", {"configuration": {"name": "web", member: "nosuch"}})
        failed = [task["name"] for task in done["tasks"] if task["status"] == "Failed"]
        assert sorted(failed) == ["CreateCatletCommand", "CreateCatletVMCommand", "DeployCatletCommand"]
    assert raw.get("/v1/catlets")["value"] == []


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match=r"API version \(2, 0\); there are \(1, 0\), .*\(1, 3\)"):
        Simulator(api_version=(2, 0))
