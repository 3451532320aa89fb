"""The operations of the simulator are those of the server: tasks, display names, lines, resources, outcome."""

from __future__ import annotations

from typing import Any

from tests.simulation import Raw, tree

GENE = "volume::gene:dbosoft/ubuntu-24.04/20250101:sda[hyperv/amd64]"
PARENT = "dbosoft/ubuntu-24.04/20250101"

DEPLOY = [
    '  DeployCatletCommand "Deploy new catlet"',
    "    CreateCatletVMCommand",
    "    UpdateCatletNetworksCommand",
    "      - Updating catlet network settings",
    "    UpdateCatletVMCommand",
    "      - Configuring secure boot settings (Secure Boot: Off)",
    "      - Configure Catlet CPU count: 2",
    "      - Creating HD Drive: sda",
    "      - Attaching HD Drive sda to controller: 0, Location: 0",
    "      - Add Network Adapter: eth0",
    "    UpdateCatletConfigDriveCommand",
    "      - Updating cloud-init config drive.",
    "    UpdateNetworksCommand",
    "      UpdateProjectNetworkPlanCommand",
    "        - Rebuilding project network settings",
    "    SyncVmNetworkPortsCommand",
]


def create(raw: Raw, **configuration: object) -> Any:
    return raw.submit("POST", "/v1/catlets", {"configuration": {"name": "web01", **configuration}})


def test_trace_1_create_a_catlet_whose_gene_is_downloaded(raw: Raw) -> None:
    begun = create(raw, parent=PARENT, cpu={"count": 2})
    assert (begun["status"], begun["status_message"]) == ("Queued", "Queued")
    assert begun["tasks"] == begun["resources"] == begun["projects"] == begun["log_entries"] == []
    done = raw.finish(begun["id"])
    lines = tree(done)
    download = [line for line in lines if "Downloading" in line or "Extracting" in line]
    assert [line for line in lines if line not in download] == [
        'CreateCatletCommand "Create catlet web01"',
        "  BuildCatletSpecificationCommand",
        '    BuildCatletSpecificationGenePoolCommand "Build catlet specification"',
        '  ValidateCatletDeploymentCommand "Validate catlet deployment"',
        f'    PrepareGeneCommand "Preparing gene {GENE}"',
        "      - Waiting for 1 other task(s)...",
        next(line for line in lines if f"- Processing {GENE} (sha256:" in line),
        *DEPLOY,
    ]
    assert len(download) >= 6
    assert download[-1].endswith("=> 100.0% completed")
    assert (done["status"], done["status_message"]) == ("Completed", "Completed")
    assert "result" not in done
    assert [item["resource_type"] for item in done["resources"]] == ["Catlet"]
    assert [item["name"] for item in done["projects"]] == ["default"]
    catlet = raw.get(f"/v1/catlets/{done['resources'][0]['resource_id']}")
    assert (catlet["name"], catlet["status"]) == ("web01", "Stopped")


def test_a_gene_that_is_there_is_not_downloaded_again(raw: Raw) -> None:
    raw.finish(create(raw, parent=PARENT)["id"])
    again = tree(raw.finish(raw.submit("POST", "/v1/catlets", {"configuration": {"parent": PARENT}})["id"]))
    assert not any("Downloading" in line for line in again)
    assert any("Processing" in line for line in again)


def test_resources_and_project_appear_with_the_networks_task(raw: Raw) -> None:
    begun = create(raw)
    seen: list[tuple[bool, bool]] = []
    for _ in range(300):
        raw.simulator.advance(0.1)
        now = raw.operation(begun["id"])
        has_task = any(task["name"] == "UpdateCatletNetworksCommand" for task in now["tasks"])
        seen.append((has_task, bool(now["resources"] and now["projects"])))
        if now["resources"]:
            raw.get(f"/v1/catlets/{now['resources'][0]['resource_id']}")
    assert set(seen) == {(False, False), (True, True)}


def test_every_state_between_two_messages_can_be_seen(raw: Raw) -> None:
    begun = create(raw)
    statuses: list[tuple[str, ...]] = []
    for _ in range(2000):
        raw.simulator.advance(0.02)
        now = raw.operation(begun["id"])
        root = [task["status"] for task in now["tasks"] if task["parent_task_id"] == begun["id"]]
        state = (now["status"], *root)
        if not statuses or statuses[-1] != state:
            statuses.append(state)
        if now["status"] == "Completed":
            break
    assert statuses == [("Queued",), ("Queued", "Queued"), ("Running", "Running"), ("Completed", "Completed")]


def test_trace_2_start_and_trace_3_stop(raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    begun = raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")
    assert [item["resource_id"] for item in begun["resources"]] == [catlet_id]
    assert [item["name"] for item in begun["projects"]] == ["default"]
    assert tree(raw.finish(begun["id"])) == [
        'StartCatletCommand "Starting Catlet"',
        "  StartCatletVMCommand",
        "  UpdateCatletStateCommand",
    ]
    assert raw.get(f"/v1/catlets/{catlet_id}")["status"] == "Running"
    for mode, command in (("Shutdown", "ShutdownVM"), ("Hard", "StopVM"), ("Kill", "KillVM")):
        begun = raw.submit("PUT", f"/v1/catlets/{catlet_id}/stop", {"mode": mode})
        assert tree(raw.finish(begun["id"])) == [
            'StopCatletCommand "Stopping Catlet"',
            f"  {command}Command",
            "  UpdateCatletStateCommand",
        ]
    assert raw.get(f"/v1/catlets/{catlet_id}")["status"] == "Stopped"


def test_trace_4_delete(raw: Raw) -> None:
    catlet_id = raw.make_catlet(parent="dbosoft/ubuntu-22.04/starter")
    done = raw.finish(raw.submit("DELETE", f"/v1/catlets/{catlet_id}")["id"])
    assert tree(done) == [
        'DestroyCatletCommand "Destroy Catlet"',
        "  RemoveCatletVMCommand",
        '  DestroyResourcesCommand "Destroy Resources"',
        '    DestroyVirtualDiskCommand "Destroy Virtual Disk"',
        "      RemoveVirtualDiskCommand",
    ]
    assert sorted(item["resource_type"] for item in done["resources"]) == ["Catlet", "VirtualDisk"]
    assert raw.ask("GET", f"/v1/catlets/{catlet_id}").status_code == 404


def test_trace_6_create_a_project_whose_lines_come_after_the_end(raw: Raw) -> None:
    begun = raw.submit("POST", "/v1/projects", {"name": "Dev"})
    while (now := raw.operation(begun["id"]))["status"] != "Completed":
        raw.simulator.advance(0.1)
    assert now["log_entries"] == []
    done = raw.finish(begun["id"])
    assert tree(done) == [
        "CreateProjectCommand",
        "  - Creating project 'dev'",
        "  - Creating default network for project 'dev'.",
    ]
    assert min(entry["timestamp"] for entry in done["log_entries"]) > done["ended_at"]
    assert done["tasks"][0]["reference"] == {"id": begun["id"], "type": "Project", "project_name": "dev"}
    assert [item["id"] for item in done["projects"]] == [begun["id"]]
    twice = raw.finish(raw.submit("POST", "/v1/projects", {"name": "dev"})["id"])
    assert (twice["status"], twice["tasks"][0]["status"]) == ("Failed", "Failed")
    assert twice["status_message"] == (
        "Project with name 'dev' already exists in tenant. Project names have to be unique within a tenant."
    )


def test_trace_10_update(raw: Raw) -> None:
    catlet_id = raw.make_catlet(cpu=1)
    change = {"configuration": {"cpu": 2}}
    done = raw.finish(raw.submit("PUT", f"/v1/catlets/{catlet_id}", change)["id"])
    lines = tree(done)
    assert lines[:4] == [
        "UpdateCatletCommand",
        '  ValidateCatletDeploymentCommand "Validate catlet deployment"',
        f'  DeployCatletCommand "Deploy catlet {catlet_id}"',
        "    UpdateCatletNetworksCommand",
    ]
    assert "      - Configure Catlet CPU count: 2" in lines
    assert raw.get(f"/v1/catlets/{catlet_id}/config")["configuration"]["cpu"] == {"count": 2}
    raw.finish(raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"])
    failed = raw.finish(raw.submit("PUT", f"/v1/catlets/{catlet_id}", {"configuration": {"cpu": 4}})["id"])
    assert failed["status"] == "Failed"
    assert failed["status_message"] == (
        "Cannot change CPU count if the catlet is not stopped. Stop the catlet and retry."
    )
    assert raw.get(f"/v1/catlets/{catlet_id}/config")["configuration"]["cpu"] == {"count": 2}


def test_trace_12_delete_a_project(raw: Raw) -> None:
    project_id = raw.submit("POST", "/v1/projects", {"name": "dev"})["id"]
    raw.finish(project_id)
    raw.make_catlet(project="dev")
    done = raw.finish(raw.submit("DELETE", f"/v1/projects/{project_id}")["id"])
    assert tree(done)[:4] == [
        "DestroyProjectCommand",
        '  DestroyResourcesCommand "Destroy Resources"',
        '    DestroyCatletCommand "Destroy Catlet"',
        "      RemoveCatletVMCommand",
    ]
    assert done["projects"] == []
    assert raw.get("/v1/catlets")["value"] == []
    default = next(item for item in raw.get("/v1/projects")["value"])
    refused = raw.finish(raw.submit("DELETE", f"/v1/projects/{default['id']}")["id"])
    assert refused["status_message"] == "Default project cannot be deleted"


def test_trace_14_cancel_is_noticed_at_the_next_report(raw: Raw) -> None:
    begun = create(raw, parent=PARENT)
    raw.ask("POST", f"/v1/operations/{begun['id']}/cancel")  # before anything can be cancelled: lost
    reached = 0
    while not reached:
        raw.simulator.advance(1.0)
        tasks = raw.operation(begun["id"])["tasks"]
        reached = max((task["progress"] for task in tasks if task["name"] == "PrepareGeneCommand"), default=0)
    reply = raw.ask("POST", f"/v1/operations/{begun['id']}/cancel")
    assert (reply.status_code, reply.content, "Location" in reply.headers) == (202, b"", False)
    assert raw.operation(begun["id"])["status"] == "Running"
    done = raw.finish(begun["id"], 30.0)
    assert (done["status"], done["status_message"]) == ("Cancelled", "Cancelled")
    lines = [line for line in tree(done) if " - " not in line]
    assert lines == [
        'CreateCatletCommand "Create catlet web01" Cancelled 0',
        "  BuildCatletSpecificationCommand",
        '    BuildCatletSpecificationGenePoolCommand "Build catlet specification"',
        '  ValidateCatletDeploymentCommand "Validate catlet deployment" Cancelled 0',
        f'    PrepareGeneCommand "Preparing gene {GENE}" Cancelled {reached}',
    ]
    assert raw.ask("POST", f"/v1/operations/{begun['id']}/cancel").status_code == 202


def test_trace_15_a_sibling_goes_on_after_the_failure(raw: Raw) -> None:
    begun = create(raw, parent="dbosoft/broken/1.0")
    while (failed := raw.operation(begun["id"]))["status"] != "Failed":
        raw.simulator.advance(0.5)
    assert failed["status_message"] == (
        "The gene volume::gene:dbosoft/broken/1.0:sda[hyperv/amd64] is not available on any remote gene pool."
    )
    later = raw.finish(begun["id"])
    assert len(later["log_entries"]) > len(failed["log_entries"])
    lines = [line for line in tree(later) if " - " not in line]
    assert lines[0] == 'CreateCatletCommand "Create catlet web01" Failed 0'
    assert lines[3] == '  ValidateCatletDeploymentCommand "Validate catlet deployment" Failed 0'
    assert any(":sda[" in line and line.endswith("Failed 0") for line in lines)
    assert any(":sdb[" in line and " Running " in line for line in lines)


def test_a_gene_set_that_is_nowhere_fails_the_build_and_all_above(raw: Raw) -> None:
    done = raw.finish(create(raw, parent="acme/missing/1.0")["id"])
    assert tree(done) == [
        'CreateCatletCommand "Create catlet web01" Failed 0',
        "  BuildCatletSpecificationCommand Failed 0",
        '    BuildCatletSpecificationGenePoolCommand "Build catlet specification" Failed 0',
    ]
    assert done["status_message"] == "The gene set acme/missing/1.0 is not available in local or remote gene pools."


def test_two_operations_share_a_download_and_one_may_leave(raw: Raw) -> None:
    first, second = (
        create(raw, parent=PARENT),
        raw.submit("POST", "/v1/catlets", {"configuration": {"name": "two", "parent": PARENT}}),
    )
    raw.simulator.advance(25.0)
    raw.ask("POST", f"/v1/operations/{first['id']}/cancel")
    assert raw.finish(first["id"])["status"] == "Cancelled"
    done = raw.operation(second["id"])
    assert done["status"] == "Completed"
    texts = [entry["message"] for entry in done["log_entries"]]
    assert "Waiting for next update..." in texts or "Waiting for 1 other task(s)..." in texts


def test_a_seed_decides_everything(raw: Raw) -> None:
    from rxeryph.simulator import Simulator

    wish = {"correlation_id": "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11", "configuration": {"parent": PARENT}}

    def play(seed: int) -> Any:
        with Simulator(speed=0.0, seed=seed) as simulator:
            client = Raw(simulator)
            try:
                return client.finish(client.submit("POST", "/v1/catlets", wish)["id"])
            finally:
                client.close()

    assert play(7) == play(7)
    assert play(7) != play(8)
