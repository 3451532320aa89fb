"""Laws of recording: a replay is what was recorded, at the same times."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from reactivex import Observable
from reactivex.testing import ReactiveTest, TestScheduler

from rxeryph.bridges.recording import record
from rxeryph.bridges.replaying import replay
from rxeryph.errors import ApiError, OperationVanishedError, RxEryphError, TransportError
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
    TrackingFailed,
)
from rxeryph.model import Operation, UnknownResult
from rxeryph.outcome import OperationResult
from rxeryph.tracking import NOTHING_KNOWN, observe
from tests.observing import Spy
from tests.property.histories import History, histories, operations

some_examples = settings(max_examples=60, deadline=None)
moments: st.SearchStrategy[Any] = st.integers(0, 600_000_000).map(lambda micros: micros / 1_000_000)
"""Seconds; reactivex takes them too, but says ``int``."""
text = st.text(max_size=20)
known = operations.map(lambda each: replace(each, result=None) if isinstance(each.result, UnknownResult) else each)
"""Operations without a result that a recording leaves out."""


def errors(operation: Operation) -> st.SearchStrategy[RxEryphError]:
    optional = st.none() | text
    return st.one_of(
        st.builds(RxEryphError, text),
        st.builds(
            TransportError, text, method=text, url=text, attempts=st.integers(0, 9), is_permanent=st.booleans()
        ),
        st.builds(
            ApiError,
            text,
            status=st.integers(0, 599),
            method=text,
            url=text,
            title=optional,
            detail=optional,
            errors=st.none() | st.dictionaries(text, st.lists(text, max_size=2), max_size=2),
            retry_after=st.none() | st.floats(0, 1e6),
        ),
        st.builds(OperationVanishedError, text, operation_id=text, operation=st.sampled_from((None, operation))),
    )


@st.composite
def polls(draw: st.DrawFn) -> list[AnyEvent]:
    """The events of one poll: they share the snapshot."""
    seen = draw(known)
    id = seen.id
    events: list[AnyEvent] = [StatusChanged(id, seen, seen.status)]
    events += [ProjectAdded(id, seen, each) for each in seen.projects]
    events += [ResourceAdded(id, seen, each) for each in seen.resources]
    for each in seen.tasks:
        events += [TaskAdded(id, seen, each), TaskUpdated(id, seen, each, replace(each, progress=1))]
    events += [LogEntryAdded(id, seen, each, next(iter(seen.tasks), None)) for each in seen.log_entries]
    last = draw(st.sampled_from((None, seen)))
    events.append(PollFailed(id, last, draw(errors(seen)), draw(st.integers(1, 9)), draw(st.floats(0, 99))))
    events.append(PollRecovered(id, seen, draw(st.integers(1, 9)), draw(st.floats(0, 99))))
    events.append(TrackingFailed(id, last, draw(errors(seen))))
    events.append(OperationFinished(id, seen, OperationResult(seen)))
    return draw(st.lists(st.sampled_from(events), max_size=8))


@contextmanager
def recording(script: list[Any]) -> Iterator[tuple[Path, list[Any]]]:
    """The file of a recording of ``script`` in virtual time, and what passed through."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.ndjson")
        scheduler = TestScheduler()
        source = scheduler.create_cold_observable(*script)
        yield path, messages(source.pipe(record(path)), scheduler)


def messages(observable: Observable[Any], scheduler: TestScheduler | None = None) -> list[Any]:
    found: list[Any] = (scheduler or TestScheduler()).start(lambda: observable, disposed=10_000).messages
    return [
        (round(m.time, 5), m.value.kind, getattr(m.value, "exception", getattr(m.value, "value", None)))
        for m in found
    ]


@st.composite
def scripts(draw: st.DrawFn) -> list[Any]:
    """Polls of any operations at any moments, and then any end or none."""
    times = sorted(draw(st.lists(moments, min_size=1, max_size=5)))
    script = [ReactiveTest.on_next(at, event) for at in times for event in draw(polls())]
    end = draw(st.sampled_from(("completed", "error")))
    if end == "completed":
        return [*script, ReactiveTest.on_completed(times[-1])]
    return [*script, ReactiveTest.on_error(times[-1], draw(errors(draw(known))))]


@some_examples
@given(scripts())
def test_a_replay_is_what_was_recorded_at_the_same_times(script: list[Any]) -> None:
    with recording(script) as (path, passed):
        assert len(passed) == len(script)
        assert messages(replay(path)) == passed
        again = path.with_name("again.ndjson")
        scheduler = TestScheduler()
        assert messages(replay(path).pipe(record(again)), scheduler) == passed
        assert messages(replay(again)) == passed


@some_examples
@given(scripts(), st.integers(0, 10_000))
def test_a_recording_cut_anywhere_gives_its_whole_events_and_then_an_error(script: list[Any], cut: int) -> None:
    with recording(script) as (path, passed):
        whole = path.read_bytes()
        path.write_bytes(whole[: cut % len(whole)])
        spy = Spy()
        replay(path, speed=float("inf")).subscribe(spy)
        events = [message[2] for message in passed if message[1] == "N"]
        lines = whole[: cut % len(whole)].split(b"\n")[:-1]
        assert spy.events == events[: sum(b'"event"' in line[:40] for line in lines)]
        assert "cut off" in str(spy.error)


@some_examples
@given(histories())
def test_the_events_of_a_history_survive_and_still_share_their_snapshots(history: History) -> None:
    known, events = NOTHING_KNOWN, list[AnyEvent]()
    for _, state in history.commits:
        known, news = observe(known, state)
        events += news
    with recording([ReactiveTest.on_next(1, event) for event in events]) as (path, _):
        spy = Spy()
        replay(path, speed=float("inf")).subscribe(spy)
        assert spy.events == events
        before = [event.operation for event in events]
        after = [event.operation for event in spy.events]
        pairs = zip(before, before[1:], after, after[1:], strict=False)
        assert all((a is b) == (c is d) for a, b, c, d in pairs)
