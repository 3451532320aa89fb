"""Simulated time passes at a speed, with each request, or on request; and the same calls give the same answers."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rxeryph.simulator import Pause, Simulator, Task
from tests.simulation import DEFAULT_PROJECT, Raw


def test_an_operation_ends_after_so_many_polls_when_time_passes_with_each_request() -> None:
    with Simulator(seconds_per_request=2.0) as simulator, Raw(simulator) as raw:
        begun = simulator.play(Task("A", Pause(10.0)))
        polls = 1
        while raw.operation(begun)["status"] != "Completed":
            polls += 1
        assert polls in (6, 7)  # and the moments between
        simulator.advance(3600.0)  # this still works
        again = simulator.play(Task("A", Pause(10.0)))
        assert raw.operation(again)["created"].startswith("2026-01-01T09:00:1")


def test_requests_for_tokens_take_no_time_and_failed_requests_do() -> None:
    with Simulator(seconds_per_request=60.0) as simulator, Raw(simulator) as raw:
        begun = simulator.play(Task("A", Pause(150.0)))
        with Raw(simulator):  # asks for a token
            pass
        simulator.faults.reply(503, times=2)
        for _ in range(2):
            raw.ask("GET", "/v1/version")
        assert raw.operation(begun)["status"] == "Completed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"speed": 5.0, "seconds_per_request": 2.0}, r"a speed (5.0) or with each request (seconds_per_request=2.0)"),
        ({"speed": -1.0}, "speed must be at least 0, not -1.0"),
        ({"seconds_per_request": 0.0}, "seconds_per_request must be more than 0, not 0.0"),
    ],
)
def test_contradictions_are_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Simulator(**arguments)  # type: ignore[arg-type]


def test_a_speed_of_0_allows_time_to_pass_with_each_request() -> None:
    simulator = Simulator(speed=0.0, seconds_per_request=2.0)
    assert repr(simulator) == "Simulator('not started')"
    with pytest.raises(ValueError, match="time cannot run backwards"):
        simulator.advance(-1.0)


# -- the same calls, the same answers

DISK = {"project_id": DEFAULT_PROJECT, "name": "data", "location": "here", "size": 5}
CALLS: dict[str, tuple[str, str, object]] = {
    "create": ("POST", "/v1/catlets", {"configuration": {"name": "web", "parent": "dbosoft/ubuntu-24.04/1.0"}}),
    "wrong": ("POST", "/v1/catlets", {"configuration": {"name": "no name"}}),
    "project": ("POST", "/v1/projects", {"name": "dev"}),
    "disk": ("POST", "/v1/virtualdisks", DISK),
    "start": ("PUT", "/v1/catlets/{catlet}/start", None),
    "stop": ("PUT", "/v1/catlets/{catlet}/stop", {"mode": "Hard"}),
    "delete": ("DELETE", "/v1/catlets/{catlet}", None),
    "cancel": ("POST", "/v1/operations/{operation}/cancel", None),
    "operations": ("GET", "/v1/operations?expand=logs,tasks,resources,projects", None),
    "catlets": ("GET", "/v1/catlets", None),
    "disks": ("GET", "/v1/virtualdisks", None),
    "projects": ("GET", "/v1/projects", None),
}
STEPS = st.one_of(st.sampled_from(sorted(CALLS)), st.floats(0.0, 120.0).map(lambda seconds: round(seconds, 1)))


def played(seed: int, steps: list[str | float]) -> list[bytes]:
    """The answers to the calls; ids in paths are the latest that an answer contained."""
    answers = []
    known = dict.fromkeys(("catlet", "operation"), DEFAULT_PROJECT)
    with Simulator(speed=0.0, seed=seed) as simulator, Raw(simulator) as raw:
        simulator.defer_logs()
        for number, step in enumerate([*steps, 600.0, "operations", "catlets", "disks", "projects"]):
            if not isinstance(step, str):
                simulator.advance(step)
                continue
            method, path, body = CALLS[step]
            reply = raw.ask(method, path.format(**known), body, {"x-ms-client-request-id": str(number)})
            answers.append(reply.content)
            if reply.status_code == 202 and reply.content:
                known["operation"] = reply.json()["id"]
            if step == "catlets" and reply.json()["value"]:
                known["catlet"] = reply.json()["value"][0]["id"]
    return answers


@given(st.integers(0, 5), st.lists(STEPS, max_size=12))
@settings(max_examples=8, deadline=None)
@example(1, ["create", 200.0, "catlets", "start", 3.0, "disk", "operations", 20.0, "delete", 1.0, "operations"])
def test_the_same_calls_with_the_same_seed_are_answered_with_the_same_bytes(
    seed: int, steps: list[str | float]
) -> None:
    answers = played(seed, ["create", *steps])
    assert answers == played(seed, ["create", *steps]) != played(seed + 1, ["create", *steps])
