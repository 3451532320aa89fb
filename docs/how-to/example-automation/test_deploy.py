"""Tests of the automation against a simulated eryph, and of its pipeline without a server."""

from __future__ import annotations

import pytest
from deploy import CATLETS, deploy, lines
from reactivex.testing import TestScheduler

import rxeryph
from rxeryph.testing import Fail, Log, Simulator, log, operation, play, task, watch


def names(eryph: rxeryph.Eryph) -> list[str]:
    return sorted(catlet.name for catlet in eryph.catlets.list())


def statuses(simulator: Simulator) -> list[int | None]:
    """The status of each response to a request that creates a catlet."""
    sent = [request for request in simulator.requests if request.path.endswith("/v1/catlets")]
    return [request.status for request in sent if request.method == "POST"]


def test_all_catlets_are_created(eryph: rxeryph.Eryph) -> None:
    shown: list[str] = []
    assert deploy(eryph, CATLETS, show=shown.append) == {}
    assert names(eryph) == ["db", "web"]
    assert {line.partition(":")[0] for line in shown} == {"db", "web"}


def test_a_failed_operation_is_reported_and_the_other_succeeds(
    eryph: rxeryph.Eryph, eryph_simulator: Simulator
) -> None:
    eryph_simulator.when("CreateCatletCommand", Log("Looking for space"), Fail("The disk is full."))
    problems = deploy(eryph, CATLETS)
    assert list(problems) == ["web"]
    assert "The disk is full." in problems["web"]
    assert names(eryph) == ["db"]


def test_a_lost_response_creates_no_second_catlet(eryph: rxeryph.Eryph, eryph_simulator: Simulator) -> None:
    eryph_simulator.faults.reset(processed=True, method="POST", path="/v1/catlets")
    assert deploy(eryph, CATLETS) == {}
    assert names(eryph) == ["db", "web"]
    assert statuses(eryph_simulator) == [None, 202]  # two requests; the response to the first was lost


def test_a_busy_server_gets_the_request_again_after_retry_after(
    eryph: rxeryph.Eryph, eryph_simulator: Simulator
) -> None:
    eryph_simulator.faults.busy(status=429, retry_after=1.0, method="POST", path="/v1/catlets")
    assert deploy(eryph, CATLETS) == {}
    assert statuses(eryph_simulator) == [429, 202, 202]


@pytest.mark.eryph_simulator(speed=0)
def test_a_timeout_is_reported(eryph: rxeryph.Eryph, eryph_simulator: Simulator) -> None:
    problems = deploy(eryph, CATLETS, timeout=0.5)
    assert list(problems) == ["web", "db"]
    assert "after waiting" in problems["web"]
    eryph_simulator.advance(600)
    assert names(eryph) == ["db", "web"]  # the operations continued after the timeout


def test_many_log_entries_become_one_line_per_second() -> None:
    scheduler = TestScheduler()
    chatty = [log("Downloading 10%", 1.0), log("Downloading 20%", 1.1), log("Downloading 30%", 1.2)]
    stream = play(
        {
            0: operation("Queued"),
            2: operation(tasks=[task()], log_entries=chatty),
            4.5: operation("Completed", tasks=[task(status="Completed")], log_entries=[log("Done", 3.9)]),
        },
        scheduler,
    )
    assert watch(lines("web", stream), scheduler).timed == [
        (2.0, "web: Downloading 10%"),
        (3.0, "web: Downloading 30%"),
        (4.5, "web: Done"),
    ]
