"""When the progress of operations is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rxeryph import operators as ops
from rxeryph.events import LogEntriesAdded, LogEntryAdded, PollFailed, StatusChanged, TaskAdded, TrackingFailed
from rxeryph.tracking import Progress
from tests.unit.operators.piping import Operator, check_a_subscription, passed
from tests.unit.operators.watching import Stage, finished, log, status
from tests.unit.samples import (
    COMPLETED,
    EVENTS,
    NO_ROUTE,
    OPERATOR_EVENTS,
    QUEUED,
    RUNNING,
    entry,
    operation,
    task,
)

FIRST = PollFailed("op", None, NO_ROUTE, 1, 1.0)
"""A poll that failed before anything was known."""


def begun(of: str = "op") -> StatusChanged:
    return StatusChanged(of, operation(QUEUED, id=of), QUEUED)


def running(of: str = "op") -> StatusChanged:
    return StatusChanged(of, operation(RUNNING, id=of), RUNNING, QUEUED)


def added(id: str = "t1", of: str = "op") -> TaskAdded:
    return TaskAdded(of, operation(id=of), task(id, of))


def test_progress_is_told_after_each_event_that_changes_it() -> None:
    stage = Stage()
    story = stage.tell((1, begun()), (2, FIRST), (3, running()), (4, EVENTS[7]), (5, added()), (6, log("l1")))
    queued = Progress("op")
    assert stage.watched(story.pipe(ops.progress())) == [
        (1, queued),
        (3, queued.after(running())),
        (5, queued.after(running()).after(added())),
        (6, queued.after(running()).after(added()).after(log("l1"))),
    ]


def test_events_that_change_nothing_are_silent() -> None:
    before = [begun(), running(), added(), log("l1")]
    told = passed(ops.progress(), *before)
    same = [running(), added(), log("l1"), EVENTS[1], EVENTS[2], EVENTS[6], OPERATOR_EVENTS[1], OPERATOR_EVENTS[2]]
    assert passed(ops.progress(), *before, *same) == told


def test_an_older_entry_that_shows_late_changes_nothing() -> None:
    newest = LogEntryAdded("op", operation(), entry("b", 2.0))
    for older in (entry("z", 1.0), entry("a", 2.0)):
        told = passed(ops.progress(), begun(), newest, LogEntryAdded("op", operation(), older))
        assert [progress.newest_entry for progress in told] == [None, newest.entry]


def test_batched_entries_count_by_their_newest() -> None:
    batch = LogEntriesAdded("op", operation(), (entry("b", 2.0), entry("a", 1.0)))
    assert passed(ops.progress(), begun(), batch)[-1].newest_entry == entry("b", 2.0)


def test_nothing_is_told_before_anything_is_known() -> None:
    assert passed(ops.progress(), FIRST, TrackingFailed("op", None, NO_ROUTE), OPERATOR_EVENTS[2]) == []


def test_a_fold_that_begins_later_starts_from_the_snapshot_it_sees() -> None:
    snapshot = operation(RUNNING, tasks=(task("t1"), task("t2")), entries=(entry("l1"),))
    joined = TaskAdded("op", snapshot, task("t2"))
    assert passed(ops.progress(), joined, LogEntryAdded("op", snapshot, entry("l1"))) == [Progress.of(snapshot)]


def test_progress_of_merged_streams_is_that_of_the_operation_of_the_event() -> None:
    told = passed(ops.progress(), begun("a"), begun("b"), added(of="a"), running("b"))
    assert [(progress.operation_id, progress.status, len(progress.tasks)) for progress in told] == [
        ("a", QUEUED, 0),
        ("b", QUEUED, 0),
        ("a", QUEUED, 1),
        ("b", RUNNING, 0),
    ]


@pytest.mark.parametrize("end", [finished(), TrackingFailed("op", None, NO_ROUTE)], ids=["finished", "failed"])
def test_progress_forgets_an_operation_that_ended(end: Any) -> None:
    again = passed(ops.progress(), begun(), added(), end, begun())[-1]
    assert again == Progress("op")


def test_the_end_is_told_once() -> None:
    ended = StatusChanged("op", operation(COMPLETED), COMPLETED, RUNNING)
    assert [progress.status for progress in passed(ops.progress(), status(), ended, finished())] == [
        RUNNING,
        COMPLETED,
    ]


def test_combined_progress_has_the_latest_of_every_operation() -> None:
    stage = Stage()
    story = stage.tell((1, begun("a")), (2, begun("b")), (3, FIRST), (4, running("a")), (5, running("a")))
    queued = {of: Progress(of) for of in "ab"}
    assert stage.watched(story.pipe(ops.combine_progress())) == [
        (1, {"a": queued["a"]}),
        (2, queued),
        (4, {**queued, "a": queued["a"].after(running("a"))}),
    ]


def test_combined_progress_keeps_finished_operations() -> None:
    told = passed(ops.combine_progress(), begun("a"), finished(COMPLETED, "a"), begun("b"))
    assert {of: progress.status for of, progress in told[-1].items()} == {"a": COMPLETED, "b": QUEUED}


def test_a_combined_progress_never_changes() -> None:
    one, _ = passed(ops.combine_progress(), begun("a"), begun("b"))
    assert [*one] == ["a"]
    with pytest.raises(TypeError):
        one["b"] = Progress("b")
    assert isinstance(one, Mapping)


@pytest.mark.parametrize(
    ("operator", "coming_out"),
    [(ops.progress(), Progress("op")), (ops.combine_progress(), {"op": Progress("op")})],
    ids=["progress", "combine_progress"],
)
def test_a_subscription_begins_and_ends_as_its_subscriber_says(operator: Operator, coming_out: object) -> None:
    check_a_subscription(operator, begun(), coming_out)
