"""Laws of tracking, whatever the server does and whenever it is polled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rxeryph.events import (
    AnyEvent,
    LogEntryAdded,
    ProjectAdded,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from rxeryph.model import LogEntry, Operation, OperationStatus
from rxeryph.tracking import NOTHING_KNOWN, Known, observe
from rxeryph.tracking.entries import Entries
from tests.property.histories import History, histories

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def play(history: History, moments: Sequence[float]) -> tuple[Known, list[tuple[AnyEvent, ...]]]:
    """Observe the history at some moments."""
    known = NOTHING_KNOWN
    batches = []
    for moment in moments:
        known, events = observe(known, history.at(moment))
        batches.append(events)
    return known, batches


def polled_at(data: st.DataObject, history: History) -> list[float]:
    moments = data.draw(st.lists(st.floats(0, history.length), max_size=20))
    return [*sorted(moments), history.length]


@quick
@given(histories(), st.data())
def test_the_same_snapshot_gives_nothing_in_any_order(history: History, data: st.DataObject) -> None:
    known, _ = play(history, polled_at(data, history))
    last = history.last
    turned: dict[str, Any] = {
        name: tuple(data.draw(st.permutations(getattr(last, name)))) for name in ("tasks", "resources", "log_entries")
    }
    for snapshot in (last, replace(last, **turned)):
        again, events = observe(known, snapshot)
        assert events == ()
        assert again.entries == known.entries


@quick
@given(histories(), st.data())
def test_no_event_comes_twice(history: History, data: st.DataObject) -> None:
    _, batches = play(history, polled_at(data, history))
    flat = [event for batch in batches for event in batch]
    for keys in (
        [event.entry.id for event in flat if isinstance(event, LogEntryAdded)],
        [event.task.id for event in flat if isinstance(event, TaskAdded)],
        [event.project.id for event in flat if isinstance(event, ProjectAdded)],
        [
            (event.resource.resource_type, event.resource.resource_id)
            for event in flat
            if isinstance(event, ResourceAdded)
        ],
    ):
        assert len(keys) == len(set(keys))
    assert all(event.task != event.previous for event in flat if isinstance(event, TaskUpdated))
    assert all(event.status != event.previous for event in flat if isinstance(event, StatusChanged))


lines = st.lists(
    st.builds(lambda number, ticks: LogEntry(f"l{number}", "t", "", ticks), st.integers(0, 30), st.integers(0, 9)),
    max_size=6,
)


@quick
@given(st.lists(st.tuples(st.integers(0), lines), max_size=40))
def test_every_known_stays_right_whatever_is_observed_from_it_later(
    steps: list[tuple[int, list[LogEntry]]],
) -> None:
    """Any known may have any number of successors, older ones too; they share memory and must not show it."""
    found: list[tuple[Known, dict[str, LogEntry]]] = [(NOTHING_KNOWN, {})]
    for choice, entries in steps:
        known, shown = found[choice % len(found)]
        after, events = observe(known, Operation("op", OperationStatus.RUNNING, log_entries=tuple(entries)))
        new = {entry.id: entry for entry in entries if entry.id not in shown}
        added = [event.entry for event in events if isinstance(event, LogEntryAdded)]
        assert added == sorted(new.values(), key=lambda entry: (entry.ticks, entry.id))
        found.append((after, shown | new))
    for known, shown in found:
        in_order = sorted(shown.values(), key=lambda entry: (entry.ticks, entry.id))
        assert [*known.entries] == in_order
        assert known.entries == Entries(shown.values())
        assert len(known.entries) == len(shown)
        assert known.newest == max((entry.ticks for entry in in_order), default=None)
        assert {id for id in (f"l{number}" for number in range(31)) if known.entries.has(id)} == shown.keys()


ORDER = (StatusChanged, ProjectAdded, ResourceAdded, TaskAdded, TaskUpdated, LogEntryAdded, StatusChanged)


@quick
@given(histories(), st.data())
def test_inside_one_snapshot_events_have_an_order(history: History, data: st.DataObject) -> None:
    _, batches = play(history, polled_at(data, history))
    for batch in batches:
        places = [
            6 if isinstance(event, StatusChanged) and event.status.is_terminal else ORDER.index(type(event))
            for event in batch
        ]
        assert places == sorted(places)
        entries = [event.entry for event in batch if isinstance(event, LogEntryAdded)]
        assert entries == sorted(entries, key=lambda entry: (entry.ticks, entry.id))
        added = [event.task for event in batch if isinstance(event, TaskAdded)]
        place = {task.id: index for index, task in enumerate(added)}
        assert all(place.get(task.parent_task_id, -1) < index for index, task in enumerate(added))


@quick
@given(histories(), st.data())
def test_other_moments_give_the_same_entries_tasks_and_resources(history: History, data: st.DataObject) -> None:
    one, _ = play(history, polled_at(data, history))
    other, _ = play(history, polled_at(data, history))
    assert one.complete_operation is not None
    assert other.complete_operation is not None
    assert one.entries == other.entries
    assert dict(one.tasks) == dict(other.tasks)
    assert (one.resources, one.projects) == (other.resources, other.projects)


@quick
@given(histories(), st.data())
def test_folding_the_events_rebuilds_the_last_snapshot(history: History, data: st.DataObject) -> None:
    _, batches = play(history, polled_at(data, history))
    rebuilt = fold([event for batch in batches for event in batch])
    last = history.last
    assert rebuilt["status"] == last.status
    assert rebuilt["tasks"] == {task.id: task for task in last.tasks}
    assert rebuilt["entries"] == {entry.id: entry for entry in last.log_entries}
    assert rebuilt["projects"] == {project.id for project in last.projects}
    assert rebuilt["resources"] == {(item.resource_type, item.resource_id) for item in last.resources}


def fold(events: Sequence[AnyEvent]) -> dict[str, object]:
    status: object = None
    tasks, entries, projects, resources = {}, {}, set(), set()
    for event in events:
        match event:
            case StatusChanged():
                status = event.status
            case TaskAdded() | TaskUpdated():
                tasks[event.task.id] = event.task
            case LogEntryAdded():
                entries[event.entry.id] = event.entry
            case ProjectAdded():
                projects.add(event.project.id)
            case ResourceAdded():
                resources.add((event.resource.resource_type, event.resource.resource_id))
    return {"status": status, "tasks": tasks, "entries": entries, "projects": projects, "resources": resources}
