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
    before = [begun(), running(), added(), log("l1")]
    assert len(passed(ops.progress(), *before)) == 4
    same = [running(), added(), log("l1"), EVENTS[1], EVENTS[2], EVENTS[6], *OPERATOR_EVENTS[1:]]
    assert passed(ops.progress(), *before, *same) == passed(ops.progress(), *before)
    assert passed(ops.progress(), UNKNOWN, TrackingFailed("op", None, NO_ROUTE), OPERATOR_EVENTS[2]) == []


def test_an_older_entry_that_is_shown_late_changes_nothing() -> None:
    newest = LogEntryAdded("op", operation(), entry("b", 2.0))
    for older in (entry("z", 1.0), entry("a", 2.0)):
        seen = passed(ops.progress(), begun(), newest, LogEntryAdded("op", operation(), older))
        assert [progress.newest_entry for progress in seen] == [None, newest.entry]


def test_of_a_batch_the_newest_entry_counts() -> None:
    batch = LogEntriesAdded("op", operation(), (entry("b", 2.0), entry("a", 1.0)))
    assert passed(ops.progress(), begun(), batch)[-1].newest_entry == entry("b", 2.0)


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
