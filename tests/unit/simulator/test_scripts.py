"""A few lines decide what an operation does, by the name of its command."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.simulator import Cancellable, Fail, Hang, Log, Orphan, Pause, Simulator, Task, Together, Usual
from tests.simulation import STARTER, Raw, tree


def create(raw: Raw) -> Any:
    return raw.change("POST", "/v1/catlets", {"configuration": {"name": "web", "parent": STARTER}})


def test_the_next_operation_does_the_script_and_the_one_after_it_does_not(raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    raw.simulator.when("StartCatletCommand", Log("Thinking"), Fail("The machine is tired."))
    started = [raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"] for _ in range(2)]
    failed, done = (raw.finish(each) for each in started)
    assert tree(failed) == ['StartCatletCommand "Starting Catlet" Failed 0', "  - Thinking"]
    assert failed["status_message"] == "The machine is tired."
    assert failed["resources"][0]["resource_id"] == catlet_id
    assert tree(done)[1:] == ["  StartCatletVMCommand", "  UpdateCatletStateCommand"]


def test_usual_means_the_steps_of_the_task_itself(raw: Raw) -> None:
    usual = tree(create(raw))
    raw.change("DELETE", f"/v1/catlets/{raw.get('/v1/catlets')['value'][0]['id']}")
    raw.simulator.when("CreateCatletCommand", Log("first"), Usual(), Fail("late failure"))
    failed = create(raw)
    assert failed["status_message"] == "late failure"
    assert tree(failed) == [f"{usual[0]} Failed 0", "  - first", *usual[1:]]
    assert [item["name"] for item in raw.get("/v1/catlets")["value"]] == ["web"]


def test_a_script_without_usual_has_no_effect(raw: Raw) -> None:
    raw.simulator.when("CreateProjectCommand", Pause(1.0))
    done = raw.change("POST", "/v1/projects", {"name": "dev"})
    assert (done["status"], done["projects"]) == ("Completed", [])
    assert [item["name"] for item in raw.get("/v1/projects")["value"]] == ["default"]
    raw.simulator.when("CreateProjectCommand", Pause(1.0), Usual())
    done = raw.change("POST", "/v1/projects", {"name": "dev"})
    assert [item["name"] for item in done["projects"]] == ["dev"]


def test_a_path_matches_tasks_below_others_and_a_bare_name_does_not(raw: Raw) -> None:
    raw.simulator.when("*/StartCatletVMCommand", Fail("no memory"))
    raw.simulator.when("StartCatletVMCommand", Fail("never"))
    raw.simulator.when("CreateCatletCommand/*/PrepareGeneCommand", Log("by script"), Usual())
    lines = tree(create(raw))
    assert any(line.endswith("- by script") for line in lines)
    assert any("- Processing volume::gene" in line for line in lines)
    catlet_id = raw.get("/v1/catlets")["value"][0]["id"]
    assert raw.change("PUT", f"/v1/catlets/{catlet_id}/start")["status_message"] == "no memory"
    assert raw.simulator.scripts.pending == ("StartCatletVMCommand",)


def test_scripts_are_used_in_their_order_and_those_without_a_limit_last(raw: Raw) -> None:
    simulator, catlet_id = raw.simulator, raw.make_catlet()
    simulator.when("StartCatletCommand", Fail("always"), times=None)
    simulator.when("StartCatletCommand", Fail("twice"), times=2)
    simulator.when("StartCatletCommand", Fail("once"))
    simulator.when("StopCatletComand", Hang(), times=None)
    assert list(simulator.scripts.pending) == [*["StartCatletCommand"] * 3, "StopCatletComand"]

    def message() -> str:
        return str(raw.change("PUT", f"/v1/catlets/{catlet_id}/start")["status_message"])

    assert [message() for _ in range(5)] == ["twice", "twice", "once", "always", "always"]
    assert list(simulator.scripts.pending) == ["StopCatletComand"]
    simulator.scripts.clear()
    assert (message(), list(simulator.scripts.pending)) == ("Completed", [])


def test_cancellable_work_stops_after_its_step_and_other_work_does_not(raw: Raw) -> None:
    simulator = raw.simulator
    script = Task("A", Cancellable(Log("one"), Pause(10.0), Log("two")), Pause(10.0), Log("three"))
    early, late = simulator.play(script), simulator.play(script)
    simulator.advance(3.0)
    raw.ask("POST", f"/v1/operations/{early}/cancel")
    simulator.advance(1.0)
    assert raw.operation(early)["status"] == "Running"
    simulator.advance(15.0)
    raw.ask("POST", f"/v1/operations/{late}/cancel")
    cancelled, done = raw.finish(early), raw.finish(late)
    assert (cancelled["status"], tree(cancelled)) == ("Cancelled", ["A Cancelled 0", "  - one"])
    assert (done["status"], len(done["log_entries"])) == ("Completed", 3)


def test_a_task_may_stay_running_in_an_operation_that_completed(raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    raw.simulator.when("*/UpdateCatletStateCommand", Usual(), Orphan())
    done = raw.change("PUT", f"/v1/catlets/{catlet_id}/start")
    assert done["status"] == "Completed"
    assert [task["name"] for task in done["tasks"] if task["status"] == "Running"] == ["UpdateCatletStateCommand"]
    assert raw.get(f"/v1/catlets/{catlet_id}")["status"] == "Running"


@pytest.mark.parametrize("step", [Hang(), Orphan()])
def test_an_operation_may_stay_running_although_its_work_is_done(raw: Raw, step: Hang | Orphan) -> None:
    catlet_id = raw.make_catlet()
    raw.simulator.when("StartCatletCommand", Usual(), step)
    assert raw.change("PUT", f"/v1/catlets/{catlet_id}/start")["status"] == "Running"
    assert raw.get(f"/v1/catlets/{catlet_id}")["status"] == "Running"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("Creating", "'Creating' is not a step; steps are Cancellable, Fail, Hang, Log, Orphan, Pause, Task"),
        (Hang, r"Hang is a class, not a step; write Hang\(...\)"),
        (None, "None is not a step"),
    ],
)
def test_a_value_that_is_not_a_step_is_refused_at_once(wrong: Any, message: str) -> None:
    simulator = Simulator()
    for give in (lambda step: simulator.when("X", step), lambda step: Task("X", step), Cancellable):
        with pytest.raises(TypeError, match=message):
            give(wrong)
    assert simulator.scripts.pending == ()


def test_misplaced_steps_are_refused() -> None:
    simulator = Simulator()
    with pytest.raises(TypeError, match="only a Task can"):
        Together(Log("x"))  # type: ignore[arg-type]
    for below in (Task("B", Usual()), Together(Task("B", Usual())), Cancellable(Task("B", Cancellable(Usual())))):
        with pytest.raises(ValueError, match="cannot be inside another Task"):
            simulator.when("A", below)
    with pytest.raises(ValueError, match="at least 1"):
        simulator.when("A", times=0)
    assert simulator.scripts.pending == ()


def test_a_function_that_raises_or_returns_no_steps_fails_its_task(raw: Raw) -> None:
    def fails(run: object) -> list[Log]:
        raise LookupError("nothing there")

    failed = raw.finish(raw.simulator.play(Task("A", Task("B", fails))))
    assert (failed["status"], failed["status_message"]) == ("Failed", "LookupError: nothing there")
    failed = raw.finish(raw.simulator.play(Task("A", lambda run: ["x"])))  # type: ignore[list-item]
    assert failed["status_message"].startswith("TypeError: 'x' is not a step")
