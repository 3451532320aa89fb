"""Simulated time passes at a speed, with each request, or on command; and the same calls give the same answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rxeryph
from rxeryph.simulator import Pause, Simulator, Task
from tests.simulation import Raw


def test_with_each_request_some_time_passes_and_an_operation_ends_after_so_many_polls() -> None:
    with Simulator(seconds_per_request=2.0) as simulator, closing(Raw(simulator)) as raw:
        begun = simulator.play(Task("A", Pause(10.0)))
        polls = 1
        while raw.operation(begun)["status"] != "Completed":
            polls += 1
        assert polls in (6, 7)  # and the moments between
        simulator.advance(3600.0)  # the other way still works
        again = simulator.play(Task("A", Pause(10.0)))
        assert raw.operation(again)["created"].startswith("2026-01-01T09:00:1")


def test_tokens_and_requests_that_fail_by_accident_count_as_the_server_sees_them() -> None:
    with Simulator(seconds_per_request=60.0) as simulator, closing(Raw(simulator)) as raw:
        begun = simulator.play(Task("A", Pause(150.0)))
        with closing(Raw(simulator)):  # asks for a token
            pass
        simulator.faults.reply(503, times=2)
        for _ in range(2):
            raw.ask("GET", "/v1/version")
        assert raw.operation(begun)["status"] == "Completed"


def test_the_library_waits_for_an_operation_without_waiting_for_time(
    connect_to: Callable[..., rxeryph.Eryph],
) -> None:
    with Simulator(seconds_per_request=30.0) as simulator:
        eryph = connect_to(simulator)
        result = eryph.catlets.create({"name": "web", "parent": "dbosoft/ubuntu-24.04/20250101"}).wait(60)
        assert result.succeeded
        assert sum("/operations/" in request.path for request in simulator.requests) < 40


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"speed": 5.0, "seconds_per_request": 2.0}, r"a speed (5.0) or with each request (seconds_per_request=2.0)"),
        ({"speed": -1.0}, "speed must be at least 0, not -1.0"),
        ({"seconds_per_request": 0.0}, "seconds_per_request must be more than 0, not 0.0"),
    ],
)
def test_contradictions_are_refused(arguments: dict[str, float], text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        Simulator(**arguments)  # type: ignore[arg-type]


def test_with_each_request_and_a_speed_of_nothing_is_no_contradiction() -> None:
    assert repr(Simulator(speed=0.0, seconds_per_request=2.0)) == "Simulator('not started')"


# -- the same calls, the same answers

PROJECT_ID = "4b4a3fcf-b5ed-4a9a-ab6e-03852752095e"
CALLS: dict[str, tuple[str, str, object]] = {
    "create": ("POST", "/v1/catlets", {"configuration": {"name": "web", "parent": "dbosoft/ubuntu-24.04/1.0"}}),
    "wrong": ("POST", "/v1/catlets", {"configuration": {"name": "no name"}}),
    "project": ("POST", "/v1/projects", {"name": "dev"}),
    "disk": ("POST", "/v1/virtualdisks", {"project_id": PROJECT_ID, "name": "data", "location": "here", "size": 5}),
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
    """What the calls are answered; ids in paths are the latest that were told."""
    answers = []
    known = dict.fromkeys(("catlet", "operation"), PROJECT_ID)
    with Simulator(speed=0.0, seed=seed) as simulator, closing(Raw(simulator)) as raw:
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
def test_the_same_calls_under_the_same_seed_are_answered_with_the_same_bytes(
    seed: int, steps: list[str | float]
) -> None:
    assert played(seed, steps) == played(seed, steps)


def test_another_seed_gives_other_answers() -> None:
    assert played(1, ["create"]) != played(2, ["create"])
