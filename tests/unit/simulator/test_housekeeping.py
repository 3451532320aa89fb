"""The server cancels operations that take more than a day, and deletes those that ended a month ago."""

from __future__ import annotations

from typing import Any

from rxeryph.simulator import Hang, Log, Pause, Simulator, Task, Together
from tests.simulation import Raw

HOUR, DAY = 3600.0, 24 * 3600.0


def statuses(operation: Any) -> dict[str, str]:
    return {"operation": operation["status"]} | {task["name"]: task["status"] for task in operation["tasks"]}


def test_an_operation_that_runs_for_a_day_is_cancelled_with_its_unfinished_tasks(raw: Raw) -> None:
    begun = raw.simulator.play(Task("A", Task("B", Pause(1.0)), Together(Task("C", Hang()), Task("D", Hang()))))
    raw.simulator.advance(DAY - 10.0)
    assert statuses(raw.operation(begun))["operation"] == "Running"
    done = raw.finish(begun, HOUR + 20.0)
    assert statuses(done) == dict.fromkeys(("operation", "A", "C", "D"), "Cancelled") | {"B": "Completed"}
    assert done["status_message"] == "Operation timed out."
    assert done["ended_at"] == next(task["ended_at"] for task in done["tasks"] if task["name"] == "D")


def test_log_entries_do_not_delay_it_and_tasks_that_begin_do(raw: Raw) -> None:
    talking = raw.simulator.play(Task("A", *(Log("still here", HOUR) for _ in range(40))))
    moving = raw.simulator.play(Task("A", *(Task("B", Pause(10 * HOUR)) for _ in range(4))))
    raw.simulator.advance(30 * HOUR)
    talked, moved = raw.operation(talking), raw.operation(moving)
    assert (talked["status"], moved["status"]) == ("Cancelled", "Running")
    assert raw.finish(moving, DAY)["status"] == "Completed"


def test_work_that_ends_later_changes_nothing(raw: Raw) -> None:
    """The work ends within the minute in which the workflow still records ends."""
    begun = [raw.simulator.play(Task("A", Pause(25 * HOUR + late))) for late in (0.5, 2.0, 20.0, 40.0)]
    raw.simulator.advance(25 * HOUR + 0.01)
    cancelled = [raw.operation(each) for each in begun]
    assert {each["status"] for each in cancelled} == {"Cancelled"}
    raw.simulator.advance(3 * HOUR)
    assert [raw.operation(each) for each in begun] == cancelled


def test_a_task_that_was_cancelled_before_it_began_does_not_begin(raw: Raw) -> None:
    begun = [raw.simulator.play(Task("A", Pause(25 * HOUR - early / 10), Task("B"))) for early in range(20)]
    raw.simulator.advance(25 * HOUR + 0.01)
    operations = [raw.operation(each) for each in begun]
    cancelled = [each for each in operations if each["status"] == "Cancelled"]
    waiting = [each for each in cancelled if any("started_at" not in task for task in each["tasks"])]
    assert waiting
    raw.simulator.advance(3 * HOUR)
    assert [raw.operation(each["id"]) for each in waiting] == waiting


def test_an_operation_is_deleted_a_month_after_its_end(raw: Raw) -> None:
    begun, hanging = raw.simulator.play(Task("A")), raw.simulator.play(Task("A", Hang()))
    raw.simulator.advance(30 * DAY - HOUR)
    assert raw.operation(begun)["status"] == "Completed"
    raw.simulator.advance(2 * HOUR)
    assert raw.ask("GET", f"/v1/operations/{begun}").status_code == 404
    assert [item["id"] for item in raw.get("/v1/operations")["value"]] == [hanging]
    raw.simulator.advance(2 * DAY)
    assert raw.get("/v1/operations")["value"] == []


def test_it_is_done_at_the_start_too() -> None:
    simulator = Simulator(speed=0.0)
    with simulator:
        pass
    begun = simulator.play(Task("A", Hang()))
    simulator.advance(DAY + 1.0)
    with simulator, Raw(simulator) as raw:
        assert raw.operation(begun)["status"] == "Cancelled"
