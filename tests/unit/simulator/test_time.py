"""Simulated time passes at a speed, with each request, or on command; and the same calls give the same answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing

import pytest

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
