"""What an operation does can be said in a few lines, by the name of its command."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.simulator import Cancellable, Fail, Hang, Log, Pause, Simulator, Task, Together, Usual
from tests.simulation import Raw, tree

CONFIGURATION = {"configuration": {"name": "web", "parent": "dbosoft/ubuntu-22.04/starter"}}


def create(raw: Raw) -> str:
    return str(raw.submit("POST", "/v1/catlets", CONFIGURATION)["id"])


def test_the_next_operation_of_a_command_does_the_script_and_the_one_after_it_the_usual(raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    raw.simulator.when("StartCatletCommand", Log("Thinking"), Fail("The machine is tired."))
    started = [raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"] for _ in range(2)]
    failed, done = (raw.finish(each) for each in started)
    assert tree(failed) == ['StartCatletCommand "Starting Catlet" Failed 0', "  - Thinking"]
    assert failed["status_message"] == "The machine is tired."
    assert failed["resources"][0]["resource_id"] == catlet_id
    assert tree(done)[1:] == ["  StartCatletVMCommand", "  UpdateCatletStateCommand"]


def test_usual_is_what_the_server_would_have_done_before_and_after_other_steps(raw: Raw) -> None:
    usual = tree(raw.finish(create(raw)))
    raw.submit("DELETE", f"/v1/catlets/{raw.get('/v1/catlets')['value'][0]['id']}")
    raw.simulator.advance(600)
    raw.simulator.when("CreateCatletCommand", Log("first"), Usual(), Fail("late failure"))
    failed = raw.finish(create(raw))
    assert failed["status_message"] == "late failure"
    assert tree(failed) == [f"{usual[0]} Failed 0", "  - first", *usual[1:]]
    assert [item["name"] for item in raw.get("/v1/catlets")["value"]] == ["web"]


def test_a_script_without_usual_leaves_nothing_behind(raw: Raw) -> None:
    raw.simulator.when("CreateProjectCommand", Pause(1.0))
    done = raw.finish(raw.submit("POST", "/v1/projects", {"name": "dev"})["id"])
    assert (done["status"], done["projects"]) == ("Completed", [])
    assert [item["name"] for item in raw.get("/v1/projects")["value"]] == ["default"]
    raw.simulator.when("CreateProjectCommand", Pause(1.0), Usual())
    done = raw.finish(raw.submit("POST", "/v1/projects", {"name": "dev"})["id"])
    assert [item["name"] for item in done["projects"]] == ["dev"]


def test_a_path_meets_tasks_below_and_a_bare_name_does_not(raw: Raw) -> None:
    raw.simulator.when("*/StartCatletVMCommand", Fail("no memory"))
    raw.simulator.when("StartCatletVMCommand", Fail("never"))
    raw.simulator.when("CreateCatletCommand/*/PrepareGeneCommand", Log("by script"), Usual())
    lines = tree(raw.finish(create(raw)))
    assert any(line.endswith("- by script") for line in lines)
    assert any("- Processing volume::gene" in line for line in lines)
    catlet_id = raw.get("/v1/catlets")["value"][0]["id"]
    failed = raw.finish(raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"])
    assert failed["status_message"] == "no memory"
    assert list(raw.simulator.scripts.pending) == ["StartCatletVMCommand"]


def test_scripts_happen_in_their_order_and_those_without_end_last(raw: Raw) -> None:
    simulator, catlet_id = raw.simulator, raw.make_catlet()
    simulator.when("StartCatletCommand", Fail("always"), times=None)
    simulator.when("StartCatletCommand", Fail("twice"), times=2)
    simulator.when("StartCatletCommand", Fail("once"))
    simulator.when("StopCatletComand", Hang(), times=None)
    assert len(list(simulator.scripts.pending)) == 4

    def message() -> str:
        return str(raw.finish(raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")["id"])["status_message"])

    assert [message() for _ in range(5)] == ["twice", "twice", "once", "always", "always"]
    assert list(simulator.scripts.pending) == ["StopCatletComand"]
    simulator.scripts.clear()
    assert (message(), list(simulator.scripts.pending)) == ("Completed", [])


def test_cancellable_work_notices_at_its_next_step_and_other_work_does_not(raw: Raw) -> None:
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


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("Creating", "'Creating' is not a step; steps are Cancellable, Fail, Hang, Log, Orphan, Pause, Task"),
        (Hang, r"Hang is a class, not a step; write Hang\(...\)"),
        (None, "None is not a step"),
    ],
)
def test_what_is_no_step_is_refused_where_it_is_given(wrong: Any, text: str) -> None:
    simulator = Simulator()
    for give in (lambda step: simulator.when("X", step), lambda step: Task("X", step), Cancellable):
        with pytest.raises(TypeError, match=text):
            give(wrong)
    assert simulator.scripts.pending == ()


def test_misplaced_steps_are_refused_too() -> None:
    simulator = Simulator()
    with pytest.raises(TypeError, match="only a Task can"):
        Together(Log("x"))  # type: ignore[arg-type]
    for below in (Task("B", Usual()), Together(Task("B", Usual())), Cancellable(Task("B", Cancellable(Usual())))):
        with pytest.raises(ValueError, match="cannot be inside another Task"):
            simulator.when("A", below)
    with pytest.raises(ValueError, match="at least 1"):
        simulator.when("A", times=0)
    assert simulator.scripts.pending == ()


def test_a_function_that_raises_or_gives_no_steps_fails_its_task(raw: Raw) -> None:
    def fails(run: object) -> list[Log]:
        raise LookupError("nothing there")

    failed = raw.finish(raw.simulator.play(Task("A", Task("B", fails))))
    assert (failed["status"], failed["status_message"]) == ("Failed", "LookupError: nothing there")
    failed = raw.finish(raw.simulator.play(Task("A", lambda run: ["x"])))  # type: ignore[list-item]
    assert failed["status_message"].startswith("TypeError: 'x' is not a step")
