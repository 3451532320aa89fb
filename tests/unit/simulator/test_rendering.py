"""Operations as bytes: kept until they change, and always what a fresh rendering gives."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from functools import partial

import pytest

from rxeryph.simulator import Fail, Log, Pause, Simulator, Task, Together
from rxeryph.simulator.clock import BEGINNING, Clock, ticks_at
from rxeryph.simulator.rendering import Rendering
from rxeryph.simulator.rows import ProjectRow
from rxeryph.simulator.tasks.steps import Run, Step
from rxeryph.simulator.world import World
from tests.simulation import Raw

EVERYTHING = ("logs", "tasks", "resources", "projects")


def set_result(run: Run) -> Iterable[Step]:
    run.operation.result = {"result_type": "Catlet", "catlet_id": run.operation.id}
    yield Pause(1.0)
    run.operation.result = None


SCRIPT = Task(
    "A",
    set_result,
    Log("first <b>", progress=10),
    Together(Task("B", Log("late", late=5.0), Log("same", same_stamp=True)), Task("C", Pause(3.0), Fail("no"))),
)
LIST = "/v1/operations?expand=logs,tasks,resources,projects&log_time_stamp=2026-01-01T08:00:10Z"


@pytest.mark.parametrize("is_old", [False, True])
def test_what_is_kept_is_what_a_fresh_rendering_gives_after_each_commit(is_old: bool) -> None:
    world = World(0, Clock(0.0))
    rows = world.database.operations
    for _ in range(3):
        world.play(SCRIPT, None, "client")
    kept = Rendering(rows, is_old=is_old)
    for _ in range(100):
        world.step()
        for expand in (EVERYTHING, ("logs", "unknown"), ("tasks",), ()):
            for after in (None, 0, *(ticks_at(seconds) for seconds in (1.0, 3.0, 7.0, 100.0))):
                fresh = Rendering(rows, is_old=is_old)
                assert kept.all(rows.values(), expand, after) == fresh.all(rows.values(), expand, after)
    assert {row.status for row in rows.values()} == {"Failed"}


def test_what_a_finished_operation_refers_to_may_still_change() -> None:
    world = World(0, Clock(0.0))
    row = world.database.operations[world.play(SCRIPT, None, None)]
    kept = Rendering(world.database.operations, is_old=False)
    project = ProjectRow("p1", "t1", "work")
    changes = (
        partial(world.database.attach_project, row, project),
        partial(world.database.attach_resource, row, "Catlet", "c1"),
        partial(world.database.delete_project, project),
    )
    for change in changes:
        before = kept.one(row, EVERYTHING, None)
        change()
        now = kept.one(row, EVERYTHING, None)
        assert now != before
        assert now == Rendering(world.database.operations, is_old=False).one(row, EVERYTHING, None)


def test_another_operation_of_the_same_id_is_rendered_afresh() -> None:
    world = World(0, Clock(0.0))
    rows = world.database.operations
    row = rows[world.play(SCRIPT, "op", "one")]
    kept = Rendering(rows, is_old=False)
    kept.one(row, (), None)
    rows["op"] = replace(row, requested_by="two")
    assert json.loads(kept.one(rows["op"], (), None))["requested_by"] == "two"


def test_unchanged_operations_are_the_same_bytes_in_the_next_list_and_begin_with_their_id(raw: Raw) -> None:
    for script in (Task("Still", Pause(1e6)), Task("Busy", Pause(15.0), Log("line"), Pause(1e6))):
        raw.simulator.play(script)
    raw.simulator.advance(12.0)
    before = raw.ask("GET", LIST).content
    raw.simulator.advance(10.0)
    after = raw.ask("GET", LIST).content
    old, new = json.loads(before)["value"], json.loads(after)["value"]
    documents = [json.dumps(each, separators=(",", ":")).encode() for each in old]
    assert before == b'{"value":[' + b",".join(documents) + b"]}"
    assert all(document.startswith(b'{"id":"') for document in documents)
    assert [document in after for document in documents] == [
        one == other for one, other in zip(old, new, strict=True)
    ]
    assert sorted(one == other for one, other in zip(old, new, strict=True)) == [False, True]


def test_the_date_of_a_reply_is_that_of_the_simulated_clock() -> None:
    with Simulator(speed=0.0) as simulator, Raw(simulator) as raw:
        for seconds, shown in ((0.0, 0), (90.5, 90), (86400.0, 86490)):
            simulator.advance(seconds)
            reply = raw.ask("GET", "/v1/version")
            assert reply.raw.headers.getlist("date") == [reply.headers["date"]]
            moment = parsedate_to_datetime(reply.headers["date"]) - BEGINNING
            assert moment.total_seconds() == shown
