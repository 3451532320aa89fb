"""Laws of tracking, whatever the server does and whenever it is polled."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reactivex import Observer
from reactivex.notification import OnNext
from reactivex.testing import Recorded, TestScheduler

from rxeryph import operators as ops
from rxeryph.errors import TransportError
from rxeryph.events import (
    AnyEvent,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    PollRecovered,
    ProjectAdded,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from rxeryph.model import Operation
from rxeryph.polling import Engine, ErrorBudget, PollingSettings, PollingSource, asking, fixed
from rxeryph.polling.history import PushReader
from rxeryph.tracking import NOTHING_KNOWN, Known, observe
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


@quick
@given(histories(lateness=4.9), st.floats(0.2, 3.0), st.floats(0.0, 0.3), st.integers(0, 99))
def test_a_stream_loses_and_doubles_nothing(history: History, interval: float, broken: float, seed: int) -> None:
    """Entries may show up to the overlap late; some polls fail on the way."""
    scheduler = TestScheduler()
    chance = random.Random(seed)

    def fetch(stamp: str | None) -> Operation:
        if chance.random() < broken:
            raise TransportError("lost", method="GET", url="x")
        return history.at(float(scheduler.clock), stamp)

    engine = Engine(scheduler, lambda task: task(), random=chance.random)
    budget = ErrorBudget(attempts=10_000, seconds=1e9, first=0.1, maximum=0.3)
    settings = PollingSettings(policy=fixed(interval), error_budget=budget)
    source = PollingSource("op", asking(fetch, engine), engine, settings)
    seen: list[AnyEvent] = []
    ends: list[str] = []
    observer = Observer(seen.append, lambda error: ends.append(repr(error)), lambda: ends.append("completed"))
    source.history.join(PushReader(source.history, 0, observer))
    scheduler.advance_to(10_000.0)
    assert ends == ["completed"]
    assert [type(event) for event in seen].count(OperationFinished) == 1
    assert isinstance(seen[-1], OperationFinished)
    result = seen[-1].result
    assert result.status == history.last.status
    entries = [event.entry for event in seen if isinstance(event, LogEntryAdded)]
    assert len(entries) == len({entry.id for entry in entries})
    assert result.log_entries == tuple(sorted(entries, key=lambda entry: (entry.ticks, entry.id)))
    # Everything that the server showed until the end is there; after the end it is only read for a while.
    by_the_end = next(since for since, state in history.commits if state.status.is_terminal)
    shown = {entry.id for entry in history.at(by_the_end).log_entries}
    assert shown <= {entry.id for entry in entries}
    silent = 0
    for event in seen:
        if isinstance(event, PollFailed):
            silent += 1
            assert event.attempt == silent
        elif isinstance(event, PollRecovered):
            assert event.failures == silent
            silent = 0


@quick
@given(st.lists(histories(), min_size=1, max_size=4), st.data())
def test_merge_is_the_union_and_keeps_the_order_of_each(members: list[History], data: st.DataObject) -> None:
    stories = []
    for history in members:
        _, batches = play(history, polled_at(data, history))
        stories.append([event for batch in batches for event in batch])
    scheduler = TestScheduler()
    streams = []
    for story in stories:
        moments = sorted(data.draw(st.lists(st.integers(201, 900), min_size=len(story), max_size=len(story))))
        messages: list[Recorded[AnyEvent]] = [
            Recorded(moment, OnNext(event)) for moment, event in zip(moments, story, strict=True)
        ]
        streams.append(scheduler.create_hot_observable(*messages))
    merged: list[AnyEvent] = []
    ops.merge(*streams).subscribe(merged.append)
    scheduler.advance_to(1000.0)
    by_identity = [id(event) for event in merged]
    assert sorted(by_identity) == sorted(id(event) for story in stories for event in story)
    for story in stories:
        own = {id(event) for event in story}
        assert [one for one in by_identity if one in own] == [id(event) for event in story]
