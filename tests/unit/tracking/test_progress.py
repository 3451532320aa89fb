"""The progress of an operation for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rxeryph.events import (
    LogEntriesAdded,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from rxeryph.model import Task
from rxeryph.outcome import OperationResult
from rxeryph.tracking import Progress
from rxeryph.tracking.progress import TaskNode
from tests.unit.samples import COMPLETED, EVENTS, FAILED, NO_ROUTE, QUEUED, RUNNING, entry, operation, task

SNAPSHOT = operation()
PRIMARY = task("p", display_name="Create catlet web")
HIDDEN = task("h", "p", name="PrepareGenesCommand")
NAMED = task("n", "h", display_name="Downloading gene")
INNER = task("i", "n", name="FetchPartCommand")


def grown(*tasks: Task) -> Progress:
    progress = Progress("op")
    for found in tasks:
        progress = progress.after(TaskAdded("op", SNAPSHOT, found))
    return progress


def logged(progress: Progress, task_id: str) -> Progress:
    return progress.after(LogEntryAdded("op", SNAPSHOT, entry(task_id=task_id)))


def test_nothing_is_known_at_first() -> None:
    progress = Progress("op")
    assert (progress.status, progress.title, progress.phase) == (QUEUED, None, None)
    assert (dict(progress.percentages), dict(progress.counts)) == ({}, {})


def test_the_title_is_that_of_the_primary_task() -> None:
    assert grown(HIDDEN).title is None
    assert grown(HIDDEN, PRIMARY).title == "Create catlet web"
    assert grown(task("p", name="StopCatletCommand")).title == "StopCatlet"


def test_the_phase_is_the_nearest_named_ancestor_of_the_last_writer() -> None:
    progress = grown(PRIMARY, HIDDEN, NAMED, INNER)
    assert logged(progress, "i").phase == "Downloading gene"
    assert logged(progress, "n").phase == "Downloading gene"
    assert logged(progress, "h").phase == "Create catlet web"


def test_a_phase_never_appears_after_its_task_has_ended() -> None:
    progress = logged(grown(PRIMARY, HIDDEN, NAMED, INNER), "i")
    done = replace(NAMED, status=COMPLETED)
    assert progress.after(TaskUpdated("op", SNAPSHOT, done, NAMED)).phase == "Create catlet web"
    ended = grown(PRIMARY, HIDDEN, done, INNER)
    assert logged(ended, "i").phase == "Create catlet web"  # its last entries come late
    assert logged(ended.after(TaskAdded("op", SNAPSHOT, replace(PRIMARY, status=FAILED))), "i").phase is None


def test_before_any_entry_the_phase_is_the_deepest_running_task_with_a_name() -> None:
    assert grown(PRIMARY, HIDDEN, INNER).phase == "Create catlet web"
    assert grown(PRIMARY, HIDDEN, NAMED).phase == "Downloading gene"
    done = task("n", "h", COMPLETED, display_name="Downloading gene")
    assert grown(PRIMARY, HIDDEN, done).phase == "Create catlet web"
    assert logged(grown(PRIMARY), "unknown").phase == "Create catlet web"
    assert grown(HIDDEN).phase is None


def test_only_running_tasks_that_report_one_have_a_percentage() -> None:
    progress = grown(
        task("a", progress=40, display_name="A"),
        task("b", progress=0, display_name="B"),
        task("c", status=COMPLETED, progress=100, display_name="C"),
        task("d", status=QUEUED, progress=7, display_name="D"),
        task("e", progress=9, display_name="A"),
    )
    assert dict(progress.percentages) == {"a": 40, "e": 9}
    assert dict(progress.counts) == {RUNNING: 3, COMPLETED: 1, QUEUED: 1}


def test_an_event_that_changes_nothing_gives_the_same_object() -> None:
    progress = logged(grown(PRIMARY).after(StatusChanged("op", SNAPSHOT, RUNNING)), "p")
    for event in (
        StatusChanged("op", SNAPSHOT, RUNNING),
        TaskAdded("op", SNAPSHOT, task("p", display_name="Create catlet web")),
        LogEntryAdded("op", SNAPSHOT, entry(task_id="p")),
        LogEntriesAdded("op", SNAPSHOT, ()),
        OperationFinished("op", SNAPSHOT, OperationResult(SNAPSHOT)),
        PollFailed("op", None, NO_ROUTE, 1, 1.0),
    ):
        assert progress.after(event) is progress


def test_the_newest_entry_is_the_latest_by_time_then_id() -> None:
    late, early, same = entry("a", 2.0), entry("z", 1.0), entry("b", 2.0)
    for entries in ((late, early, same), (same, late, early), (early, same, late)):
        one_by_one = Progress("op")
        for each in entries:
            one_by_one = one_by_one.after(LogEntryAdded("op", SNAPSHOT, each))
        assert one_by_one.newest_entry == same
        assert Progress("op").after(LogEntriesAdded("op", SNAPSHOT, entries)).newest_entry == same
        assert Progress.of(operation(entries=entries)).newest_entry == same


def test_progress_of_a_snapshot() -> None:
    shown = operation(FAILED, tasks=(NAMED, PRIMARY), entries=(entry("a"),))
    assert Progress.of(shown) == Progress("op", FAILED, {"p": PRIMARY, "n": NAMED}, entry("a"))
    assert Progress.of(operation(QUEUED)) == Progress("op")


NOON = datetime(2026, 5, 28, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_tree_leads_from_the_primary_task_down() -> None:
    progress = grown(INNER, NAMED, HIDDEN, PRIMARY)
    assert progress.tree == (TaskNode(PRIMARY, (TaskNode(HIDDEN, (TaskNode(NAMED, (TaskNode(INNER),)),)),)),)


def test_a_node_has_the_duration_of_its_task() -> None:
    done = task("p", status=COMPLETED, started_at=at(0), ended_at=at(2.5))
    assert grown(done).tree[0].duration == 2.5
    assert grown(task("p", started_at=at(0))).tree[0].duration is None
    assert grown(PRIMARY).tree[0].duration is None


def test_the_title_of_several_first_tasks_is_that_of_the_oldest() -> None:
    older, younger = task("z", name="FirstCommand", created=at(1)), task("a", name="OtherCommand", created=at(2))
    assert grown(younger, older).title == grown(older, younger).title == "First"


def test_every_event_is_understood() -> None:
    progress = Progress("op")
    for event in EVENTS:
        progress = progress.after(event)
    assert progress.newest_entry is not None


def test_the_phase_of_tasks_in_a_circle() -> None:
    progress = grown(task("a", "b"), task("b", "a"))
    assert logged(progress, "a").phase is None
    assert grown(task("a", "b", display_name="A"), task("b", "a")).phase == "A"
