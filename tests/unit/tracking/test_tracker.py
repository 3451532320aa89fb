"""``observe``: the events between two snapshots, and their order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rxeryph.events import AnyEvent, LogEntryAdded, ProjectAdded, ResourceAdded, StatusChanged, TaskAdded, TaskUpdated
from rxeryph.model import Operation, OperationResource, OperationStatus, ResourceType
from rxeryph.tracking import NOTHING_KNOWN, Known, observe
from tests.unit.samples import (
    CANCELLED,
    CATLET,
    COMPLETED,
    DISK,
    FAILED,
    PROJECT,
    QUEUED,
    RUNNING,
    entry,
    operation,
    task,
)


def after(*snapshots: Operation) -> tuple[Known, list[AnyEvent]]:
    """What is known after all, and the events of the last."""
    known, events = NOTHING_KNOWN, ()
    for snapshot in snapshots:
        known, events = observe(known, snapshot)  # type: ignore[assignment]
    return known, list(events)


def test_the_first_snapshot_gives_an_event_for_everything_in_order() -> None:
    parent, child = task("t9"), task("t1", "t9")
    first, second = entry("b", 1.0), entry("a", 2.0)
    snapshot = operation(
        RUNNING, tasks=(child, parent), entries=(second, first), resources=(CATLET, DISK), projects=(PROJECT,)
    )
    known, events = after(snapshot)
    assert events == [
        StatusChanged("op", snapshot, RUNNING, None),
        ProjectAdded("op", snapshot, PROJECT),
        ResourceAdded("op", snapshot, CATLET),
        ResourceAdded("op", snapshot, DISK),
        TaskAdded("op", snapshot, parent),
        TaskAdded("op", snapshot, child),
        LogEntryAdded("op", snapshot, first, child),
        LogEntryAdded("op", snapshot, second, child),
    ]
    assert known.operation is snapshot


@pytest.mark.parametrize("status", [COMPLETED, FAILED, CANCELLED])
def test_the_terminal_status_comes_last(status: OperationStatus) -> None:
    before = operation(RUNNING, tasks=(task("t1"),))
    done = operation(status, tasks=(task("t1", status=COMPLETED), task("t2")), entries=(entry(),), resources=(DISK,))
    _, events = after(before, done)
    assert [type(event) for event in events] == [ResourceAdded, TaskAdded, TaskUpdated, LogEntryAdded, StatusChanged]
    assert events[-1] == StatusChanged("op", done, status, RUNNING)


def test_only_a_change_of_the_status_is_an_event() -> None:
    _, events = after(operation(QUEUED), operation(QUEUED, message="other words"))
    assert events == []
    changed = operation(RUNNING)
    _, events = after(operation(QUEUED), changed)
    assert events == [StatusChanged("op", changed, RUNNING, QUEUED)]


def test_a_changed_task_comes_with_the_task_before() -> None:
    old, new = task(progress=10), task(progress=20)
    snapshot = operation(tasks=(new, task("t2")))
    _, events = after(operation(tasks=(old, task("t2"))), snapshot)
    assert events == [TaskUpdated("op", snapshot, new, old)]


def test_new_and_changed_tasks_come_in_the_order_of_the_tree() -> None:
    before = tuple(task(id, parent) for id, parent in (("a", "b"), ("b", "op"), ("c", "op")))
    changed = tuple(replace(each, progress=5) for each in before)
    new = (task("d", "e"), task("e", "a"), task("f", "d"), task("0", "b"))
    _, events = after(operation(tasks=before), operation(tasks=(*new, *changed)))
    assert [event.task.id for event in events if isinstance(event, TaskAdded)] == ["0", "e", "d", "f"]
    assert [event.task.id for event in events if isinstance(event, TaskUpdated)] == ["b", "a", "c"]


def test_entries_come_by_time_then_id_to_the_seventh_digit() -> None:
    lines = (entry("c", 1.0), entry("b", 1.0), entry("a", 1.0000001), entry("d", 0.9999999))
    _, events = after(operation(entries=lines))
    assert [event.entry.id for event in events if isinstance(event, LogEntryAdded)] == ["d", "b", "c", "a"]


def test_an_entry_of_an_unknown_task_has_no_task_and_the_task_is_added_later() -> None:
    line = entry(task_id="t7")
    first = operation(entries=(line,))
    second = operation(entries=(line,), tasks=(task("t7"),))
    _, events = after(first)
    assert events[-1] == LogEntryAdded("op", first, line, None)
    _, events = after(first, second)
    assert events == [TaskAdded("op", second, task("t7"))]


def test_an_entry_has_its_task_as_it_is_in_the_same_snapshot() -> None:
    new = task(progress=50)
    _, events = after(operation(tasks=(task(),)), operation(tasks=(new,), entries=(entry(),)))
    assert [event.task for event in events if isinstance(event, LogEntryAdded)] == [new]


def test_a_late_entry_with_an_early_stamp_is_an_event() -> None:
    late = entry("late", 1.0)
    known, events = after(operation(entries=(entry("l1", 5.0),)), operation(entries=(late,)))
    assert [event.entry for event in events if isinstance(event, LogEntryAdded)] == [late]
    assert known.newest == entry("x", 5.0).ticks


def test_resources_are_identified_by_type_and_resource_id() -> None:
    again = OperationResource("another link", "c1", ResourceType.CATLET)
    disk = OperationResource("r3", "c1", ResourceType.VIRTUAL_DISK)
    _, events = after(operation(resources=(CATLET,)), operation(resources=(CATLET, again, disk)))
    assert [event.resource for event in events if isinstance(event, ResourceAdded)] == [disk]


def test_what_a_later_snapshot_does_not_show_is_still_known() -> None:
    full = operation(tasks=(task(),), entries=(entry(),), resources=(CATLET,), projects=(PROJECT,))
    _, events = after(full, operation(), full)
    assert events == []


def test_the_complete_operation_is_the_last_snapshot_with_every_entry_sorted() -> None:
    known, _ = after(
        operation(entries=(entry("l3", 3.0), entry("l1", 1.0))), operation(COMPLETED, entries=(entry("l2", 2.0),))
    )
    complete = known.complete_operation
    assert complete is not None
    assert complete.status is COMPLETED
    assert [line.id for line in complete.log_entries] == ["l1", "l2", "l3"]
    assert NOTHING_KNOWN.complete_operation is None


def test_known_never_changes() -> None:
    known, _ = after(operation(tasks=(task(),), entries=(entry(),)))
    tasks, entries = dict(known.tasks), [*known.entries]
    observe(known, operation(FAILED, tasks=(task(progress=9), task("t2")), entries=(entry("l9"),), resources=(DISK,)))
    assert (dict(known.tasks), [*known.entries], known.resources) == (tasks, entries, frozenset())
