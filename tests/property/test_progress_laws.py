"""Laws of progress: whenever the server is asked, folding the events gives what the snapshot shows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import reactivex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reactivex import operators as rx

from rxeryph import operators as ops
from rxeryph.events import AnyEvent
from rxeryph.model import Operation
from rxeryph.tracking import NOTHING_KNOWN, Progress, observe
from tests.property.histories import History, histories

some_examples = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Poll = tuple[Operation, tuple[AnyEvent, ...]]
"""What is known after a poll, with all entries, and the events it gave."""


def polls(history: History, data: st.DataObject) -> list[Poll]:
    """Ask at some moments, the last one at the end."""
    known = NOTHING_KNOWN
    found: list[Poll] = []
    for moment in [*sorted(data.draw(st.lists(st.floats(0, history.length), max_size=20))), history.length]:
        known, events = observe(known, history.at(moment))
        assert known.complete_operation is not None
        found.append((known.complete_operation, events))
    return found


@some_examples
@given(histories(lateness=4.9), st.data())
def test_folding_the_events_of_any_polls_gives_the_progress_of_the_snapshot(
    history: History, data: st.DataObject
) -> None:
    progress = Progress("op")
    for shown, events in polls(history, data):
        for event in events:
            progress = progress.after(event)
        expected = Progress.of(shown)
        assert progress == expected
        assert progress.phase == expected.phase
        assert progress.title == expected.title
        assert progress.tree == expected.tree
        assert progress.counts == expected.counts
        assert progress.percentages == expected.percentages


@some_examples
@given(histories(lateness=4.9), st.data())
def test_the_last_progress_is_that_of_the_snapshot(history: History, data: st.DataObject) -> None:
    """For any number of polls, by both operators; also where the first events were missed."""
    so_far: list[AnyEvent] = []
    for shown, events in polls(history, data):
        so_far += events
        missed = data.draw(st.integers(0, len(so_far) - 1))
        for seen in (so_far, so_far[missed:]):
            assert reactivex.from_iterable(seen).pipe(ops.progress()).run().looks_like(Progress.of(shown))
        combined = reactivex.from_iterable(so_far).pipe(ops.combine_progress()).run()
        assert combined["op"].looks_like(Progress.of(shown))


@some_examples
@given(histories(lateness=4.9), st.data())
def test_each_progress_looks_different_and_no_phase_outlives_its_task(history: History, data: st.DataObject) -> None:
    events = [event for _, events in polls(history, data) for event in events]
    seen = reactivex.from_iterable(events).pipe(ops.progress(), rx.to_list()).run()
    assert not any(later.looks_like(earlier) for earlier, later in pairwise(seen))
    for progress in seen:
        running = [task.title for task in progress.tasks.values() if not task.status.is_terminal]
        assert progress.phase is None or progress.phase in running


@some_examples
@given(histories(), histories(), st.data())
def test_merged_operations_have_the_progress_each_has_alone(
    one: History, other: History, data: st.DataObject
) -> None:
    stories = {
        name: [named(name, event) for _, events in polls(history, data) for event in events]
        for name, history in (("a", one), ("b", other))
    }
    turns = data.draw(st.permutations([name for name, story in stories.items() for _ in story]))
    waiting = {name: iter(story) for name, story in stories.items()}
    merged = [next(waiting[name]) for name in turns]
    seen = reactivex.from_iterable(merged).pipe(ops.progress(), rx.to_list()).run()
    for name, story in stories.items():
        alone = reactivex.from_iterable(story).pipe(ops.progress(), rx.to_list()).run()
        assert [progress for progress in seen if progress.operation_id == name] == alone


def named(name: str, event: AnyEvent) -> AnyEvent:
    assert event.operation is not None
    return replace(event, operation_id=name, operation=replace(event.operation, id=name))
