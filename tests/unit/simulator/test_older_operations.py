"""The endpoints, members and tasks of older servers, beyond those of a create."""

from __future__ import annotations

from typing import Any, cast

import pytest

from rxeryph.simulator import Simulator
from rxeryph.simulator.compute import compute_endpoints
from rxeryph.simulator.level import Level
from tests.simulation import STARTER, Raw
from tests.unit.simulator.test_level import in_order

SINCE: dict[str, tuple[int, int]] = {
    "GET /v1/version": (1, 1),
    "POST /v1/operations/{id}/cancel": (1, 2),
    "POST /v1/catlets/config/expand": (1, 1),
    "POST /v1/catlets/config/populate-variables": (1, 1),
    "POST /v1/catlets/config/validate": (1, 1),
    "POST /v1/catlets/{id}/config/expand": (1, 1),
    **{f"GET /v1/config/{noun}": (1, 3) for noun in ("datastores", "environments", "sites")},
    "GET /v1/catlets/{id}/guest-services/provisioning-log": (1, 3),
}
"""The endpoints that not every server has, but for those of specifications and of guest services (1.2)."""


@pytest.mark.parametrize("version", [(1, 0), (1, 1), (1, 2), (1, 3)])
def test_each_level_has_its_endpoints(version: tuple[int, int]) -> None:
    def of(level: tuple[int, int]) -> set[str]:
        nothing = cast(Any, None)
        return {
            f"{each.method} {each.path}" for each in compute_endpoints(nothing, nothing, nothing, Level.of(level))
        }

    newer = ("/v1/catlet_specifications", "/v1/catlets/{id}/guest-services")
    missing = {name for name in of((1, 3)) if name.partition(" ")[2].startswith(newer) and version < (1, 2)}
    missing |= {name for name, since in SINCE.items() if version < since}
    assert of((1, 3)) - of(version) == missing


def converged(*, is_first: bool) -> list[str]:
    lines = [
        "UpdateCatletNetworksCommand",
        "  - Updating catlet network settings",
        "UpdateCatletVMCommand",
        "  - Configure Catlet CPU count: 2",
        "  - Connected Network Adapter eth0 to network default",
        "UpdateCatletConfigDriveCommand",
        "  - Updating cloud-init config drive.",
        "UpdateNetworksCommand",
        "  UpdateProjectNetworkPlanCommand",
        "    - Rebuilding project network settings",
    ]
    return lines if is_first else [*lines, "SyncVmNetworkPortsCommand"]


PREPARED = ["ValidateCatletConfigCommand", "ResolveCatletConfigCommand", "ResolveGenesCommand"]
PLACED = [PREPARED[0], "PlaceCatletCommand", *PREPARED[1:]]
FOOD = 'PrepareGeneCommand "Preparing gene fodder gene:dbosoft/starter-food/latest:linux-starter (any)"'
VOLUME = 'PrepareGeneCommand "Preparing gene volume gene:dbosoft/ubuntu-22.04/starter:sda (hyperv/amd64)"'


def below(*lines: str) -> list[str]:
    return [f"  {line}" for line in lines]


def tasks(raw: Raw, method: str, path: str, body: object = None) -> list[str]:
    """The tasks and lines of an operation, but for reports of progress, in the order in which they began."""
    begun = raw.submit(method, path, body)
    order: dict[str, Any] = {}
    for _ in range(120):
        raw.simulator.step()
        shown = sorted(raw.operation(begun["id"])["tasks"], key=lambda task: str(task.get("display_name")))
        order |= {task["id"]: task for task in shown if task["id"] not in order}
    done = {**raw.operation(begun["id"]), "order": order.values()}
    assert done["status"] == "Completed", done["status_message"]
    return [line for line in in_order(done) if "% completed" not in line]


@pytest.mark.parametrize("version", [(1, 0), (1, 1)])
def test_the_tasks_of_an_older_server(version: tuple[int, int]) -> None:
    is_first = version == (1, 0)
    with Simulator(speed=0.0, api_version=version, log_bug=False) as simulator, Raw(simulator) as raw:
        catlet = f"/v1/catlets/{raw.make_catlet(parent=STARTER)}"
        updated = tasks(raw, "PUT", catlet, {"configuration": {"cpu": {"count": 2}}})
        prepared = PREPARED if is_first else ["PrepareCatletConfigCommand", *below(*PREPARED)]
        fed = [] if is_first else ["ExpandFodderVMCommand"]
        assert updated == [
            "UpdateCatletCommand",
            *below(*prepared, FOOD, VOLUME, *fed, *converged(is_first=is_first)),
        ]
        state = [] if is_first else ["UpdateCatletStateCommand"]
        starting = ['StartCatletCommand "Starting Catlet"', *below("StartCatletVMCommand", *state)]
        assert tasks(raw, "PUT", f"{catlet}/start") == starting
        stopping = ['StopCatletCommand "Stopping Catlet"', *below("ShutdownVMCommand", *state)]
        assert tasks(raw, "PUT", f"{catlet}/stop", {"mode": "Shutdown"}) == stopping
        destroyed = ['DestroyVirtualDiskCommand "Destroy Virtual Disk"', *below("RemoveVirtualDiskCommand")]
        assert tasks(raw, "DELETE", catlet) == [
            'DestroyCatletCommand "Destroy Catlet"',
            *below("RemoveCatletVMCommand", 'DestroyResourcesCommand "Destroy Resources"', *below(*destroyed)),
        ]


def test_the_tasks_of_configurations_on_api_1_1() -> None:
    with Simulator(speed=0.0, api_version=(1, 1), log_bug=False) as simulator, Raw(simulator) as raw:
        body = {"configuration": {"parent": STARTER}}
        prepared = ["PrepareNewCatletConfigCommand", *below(*PLACED)]
        assert tasks(raw, "POST", "/v1/catlets/config/expand", body) == [
            "ExpandNewCatletConfigCommand",
            *below(*prepared, FOOD, "ExpandFodderVMCommand"),
        ]
        assert tasks(raw, "POST", "/v1/catlets/config/populate-variables", body) == [
            "PopulateCatletConfigVariablesCommand",
            *below(*prepared),
        ]
        catlet = raw.make_catlet(parent=STARTER)
        assert tasks(raw, "POST", f"/v1/catlets/{catlet}/config/expand", body) == [
            "ExpandCatletConfigCommand",
            *below("PrepareCatletConfigCommand", *below(*PREPARED), "ExpandFodderVMCommand"),
        ]
        networks = f"/v1/projects/{raw.get('/v1/projects')['value'][0]['id']}/virtualnetworks/config"
        present = raw.get(networks)["configuration"]
        assert tasks(raw, "PUT", networks, {"configuration": present}) == [
            "CreateNetworksCommand",
            *below("UpdateNetworksCommand", *below("UpdateProjectNetworkPlanCommand")),
            "      - Rebuilding project network settings",
        ]


@pytest.mark.parametrize(("version", "title"), [((1, 0), "Catlet"), ((1, 1), "catlet")])
def test_a_catlet_without_a_name_is_called_catlet(version: tuple[int, int], title: str) -> None:
    with Simulator(speed=0.0, api_version=version) as simulator, Raw(simulator) as raw:
        done = raw.change("POST", "/v1/catlets", {"configuration": {"cpu": {"count": 2}}})
        assert f"Create catlet {title}" in [task.get("display_name") for task in done["tasks"]]
        assert [catlet["name"] for catlet in raw.get("/v1/catlets")["value"]] == ["catlet"]
        assert raw.refusal("POST", "/v1/catlets", {"configuration": {}})[0] == 409


@pytest.mark.parametrize("version", [(1, 0), (1, 1)])
def test_an_older_server_updates_to_what_it_breeds_again(version: tuple[int, int]) -> None:
    with Simulator(speed=0.0, api_version=version) as simulator, Raw(simulator) as raw:
        raw.change("POST", "/v1/projects", {"name": "lab"})
        catlet = f"/v1/catlets/{raw.make_catlet(parent=STARTER)}"
        forbidden_now = {"project": "lab", "hostname": "other", "fodder": [], "drives": [], "store": "default"}
        done = raw.change("PUT", catlet, {"configuration": forbidden_now})
        assert done["status"] == "Completed", done["status_message"]
        found = raw.get(catlet)
        assert (found["project"]["name"], [port["name"] for port in found["networks"]]) == ("default", ["default"])
        assert len(found["drives"]) == 1  # the drive of the parent is inherited again


def test_an_older_server_deletes_the_networks_of_a_project_after_its_disks() -> None:
    with Simulator(speed=0.0, api_version=(1, 1), log_bug=False) as simulator, Raw(simulator) as raw:
        project = raw.change("POST", "/v1/projects", {"name": "lab"})["id"]
        raw.make_catlet(project="lab", drives=[{"name": "data", "size": 1}])
        names = [line.split()[0] for line in tasks(raw, "DELETE", f"/v1/projects/{project}")]
        order = ["RemoveCatletVMCommand", "RemoveVirtualDiskCommand", "DestroyVirtualNetworksCommand"]
        assert sorted(order, key=names.index) == order
        assert names.index(order[2]) > max(index for index, name in enumerate(names) if name == order[1])


@pytest.mark.parametrize("options", [{"api_version": (1, 0)}, {"api_version": (1, 1)}, {}])
def test_every_server_describes_itself_without_a_token(options: dict[str, Any]) -> None:
    with Simulator(speed=0.0, **options) as simulator, Raw(simulator) as raw:
        raw.token = "none"
        assert raw.ask("GET", "/swagger/v1/swagger.json").status_code == 200
