"""A catlet whose machine has disappeared from its host."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import Raw, tree

LEVELS = ((1, 0), (1, 1), (1, 2))


@pytest.fixture(params=LEVELS, ids=lambda level: f"{level[0]}.{level[1]}")
def lost(request: pytest.FixtureRequest) -> Iterator[tuple[Raw, str]]:
    """A server, and the path of a running catlet whose machine has disappeared."""
    with Simulator(speed=0.0, api_version=request.param) as simulator, Raw(simulator) as raw:
        catlet = raw.make_catlet(drives=[{"name": "own", "size": 5}])
        raw.change("PUT", f"/v1/catlets/{catlet}/start")
        simulator.lose_machine(catlet)
        yield raw, f"/v1/catlets/{catlet}"


def test_only_current_servers_notice_it(lost: tuple[Raw, str], request: pytest.FixtureRequest) -> None:
    raw, path = lost
    is_current = request.node.callspec.params["lost"] == LEVELS[-1]
    assert raw.get(path)["status"] == ("Missing" if is_current else "Running")


def test_the_machine_cannot_be_started_stopped_or_updated(lost: tuple[Raw, str]) -> None:
    raw, path = lost
    status, wanted = raw.get(path)["status"], {"configuration": raw.current(path)}
    changes: tuple[tuple[str, object, str], ...] = (
        ("/start", None, "StartCatletVMCommand"),
        ("/stop", {"mode": "Hard"}, "StopVMCommand"),
        ("/stop", {"mode": "Shutdown"}, "ShutdownVMCommand"),
        ("", wanted, "UpdateCatletVMCommand"),
    )
    for place, body, command in changes:
        ended = raw.change("PUT", path + place, body)
        assert ended["status"] == "Failed"
        assert ended["status_message"].startswith("The machine with the id ")
        failed = [task["name"] for task in ended["tasks"] if task["status"] == "Failed"]
        assert command in failed
        assert not {"UpdateCatletStateCommand", "UpdateCatletConfigDriveCommand"}.intersection(
            task["name"] for task in ended["tasks"]
        )
    assert raw.get(path)["status"] == status


def test_it_can_be_deleted_with_its_disks(lost: tuple[Raw, str]) -> None:
    raw, path = lost
    ended = raw.change("DELETE", path)
    assert ended["status"] == "Completed"
    assert "RemoveVirtualDiskCommand" in {task["name"] for task in ended["tasks"]}
    assert raw.refusal("GET", path)[0] == 404
    assert not [disk for disk in raw.get("/v1/virtualdisks")["value"] if disk["name"] == "own"]


def test_a_machine_that_disappears_while_it_starts_fails_the_start(raw: Raw) -> None:
    catlet = raw.make_catlet()
    operation = raw.submit("PUT", f"/v1/catlets/{catlet}/start")
    raw.simulator.advance(3.0)
    raw.simulator.lose_machine(catlet)
    assert tree(raw.finish(operation["id"])) == [
        'StartCatletCommand "Starting Catlet" Failed 0',
        "  StartCatletVMCommand Failed 0",
    ]
    assert raw.get(f"/v1/catlets/{catlet}")["status"] == "Missing"


def test_an_unknown_catlet_is_named() -> None:
    with pytest.raises(ValueError, match="there is no catlet 'x'; catlets are "):
        Simulator().lose_machine("x")
