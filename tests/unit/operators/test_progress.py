"""When ``progress`` and ``combine_progress`` deliver; what a progress is, ``test_progress_laws`` proves."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rxeryph import operators as ops
from rxeryph.events import Event, LogEntriesAdded, LogEntryAdded, PollFailed, StatusChanged, TaskAdded, TrackingFailed
from rxeryph.tracking import Progress
from tests.unit.operators.stage import LOST, finished, log, passed, status
from tests.unit.samples import COMPLETED, EVENTS, NO_ROUTE, OPERATOR_EVENTS, QUEUED, RUNNING, entry, operation, task

UNKNOWN = PollFailed("op", None, NO_ROUTE, 1, 1.0)
"""A poll that failed before the first snapshot."""


def begun(of: str = "op") -> StatusChanged:
    return StatusChanged(of, operation(QUEUED, id=of), QUEUED)


def running(of: str = "op") -> StatusChanged:
    return StatusChanged(of, operation(RUNNING, id=of), RUNNING, QUEUED)


def added(id: str = "t1", of: str = "op") -> TaskAdded:
    return TaskAdded(of, operation(id=of), task(id, of))


def test_an_event_that_changes_nothing_is_silent() -> None:
    before = [begun(), running(), added()]
    assert len(passed(ops.progress(), *before)) == 3
    same = [running(), added(), log("l1"), log("l2"), EVENTS[1], EVENTS[2], EVENTS[6], *OPERATOR_EVENTS[1:]]
    assert passed(ops.progress(), *before, *same) == passed(ops.progress(), *before)
    assert passed(ops.progress(), UNKNOWN, TrackingFailed("op", None, NO_ROUTE), OPERATOR_EVENTS[2]) == []


def written(id: str, second: float, task_id: str) -> LogEntryAdded:
    return LogEntryAdded("op", operation(), entry(id, second, task_id=task_id))


def test_a_log_entry_is_a_change_only_when_another_phase_begins() -> None:
    snapshot = operation(tasks=tuple(task(id, display_name=id) for id in ("t1", "t2")))
    batch = LogEntriesAdded("op", snapshot, (entry("g", 5.0, task_id="t2"), entry("f", 4.0, task_id="t1")))
    lines = [
        TaskAdded("op", snapshot, snapshot.tasks[1]),
        *(written(id, second, "t2") for id, second in (("a", 1.0), ("b", 2.0))),
        *(written(id, second, "t1") for id, second in (("c", 3.0), ("d", 3.5), ("late", 2.5))),
        batch,
    ]
    assert [progress.phase for progress in passed(ops.progress(), *lines)] == ["t1", "t2", "t1", "t2"]


def test_a_fold_that_begins_later_starts_from_the_snapshot_of_its_first_event() -> None:
    snapshot = operation(RUNNING, tasks=(task("t1"), task("t2")), entries=(entry("l1"),))
    joined = TaskAdded("op", snapshot, task("t2"))
    assert passed(ops.progress(), joined, LogEntryAdded("op", snapshot, entry("l1"))) == [Progress.of(snapshot)]


@pytest.mark.parametrize("end", [finished(), LOST], ids=["finished", "tracking failed"])
def test_progress_forgets_an_operation_that_has_ended(end: Event) -> None:
    assert passed(ops.progress(), begun(), added(), end, begun())[-1] == Progress("op")


def test_the_end_comes_once() -> None:
    ended = StatusChanged("op", operation(COMPLETED), COMPLETED, RUNNING)
    assert [progress.status for progress in passed(ops.progress(), status(), ended, finished())] == [
        RUNNING,
        COMPLETED,
    ]


def test_combined_progress_has_the_latest_of_every_operation_also_of_finished_ones() -> None:
    one, other = Progress("a"), Progress("b")
    ended = one.after(running("a")).after(finished(of="a"))
    events = [begun("a"), begun("b"), UNKNOWN, running("a"), running("a"), finished(of="a"), running("b")]
    assert passed(ops.combine_progress(), *events) == [
        {"a": one},
        {"a": one, "b": other},
        {"a": one.after(running("a")), "b": other},
        {"a": ended, "b": other},
        {"a": ended, "b": other.after(running("b"))},
    ]


def test_a_combined_progress_never_changes() -> None:
    one, _ = passed(ops.combine_progress(), begun("a"), begun("b"))
    assert isinstance(one, Mapping)
    assert [*one] == ["a"]
    with pytest.raises(TypeError):
        one["b"] = Progress("b")  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
