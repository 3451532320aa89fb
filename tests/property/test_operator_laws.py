"""Laws of the operators about time, combination, flow and back-pressure, in virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, get_args

import pytest
import reactivex
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reactivex import Observable

from rxeryph import operators as ops
from rxeryph.events import (
    Dropped,
    LogEntriesAdded,
    LogEntryAdded,
    LogsSuppressed,
    OperationFinished,
    StatusChanged,
    TrackingFailed,
)
from rxeryph.operators._bounded_queue import Strategy
from tests.observing import END, Spy
from tests.unit.operators.stage import Clock, Live, Stage, finished, log, status, updated
from tests.unit.samples import COMPLETED, NO_ROUTE

Given = list[tuple[int, Any]]
Steps = Sequence[tuple[float, Any]]

in_virtual_time = settings(max_examples=100, deadline=None)

SECONDS = st.integers(1, 6).map(float)


@st.composite
def scripts(draw: st.DrawFn, *, may_fail: bool = True) -> Given:
    """Events of two operations, each at its second; every entry has another id, in order."""
    steps: Given = []
    now = 1
    for number in range(draw(st.integers(0, 25))):
        now += draw(st.integers(0, 4))
        of = draw(st.sampled_from("ab"))
        kinds = [*[log(f"{number:03}", of)] * 6, status(of=of), updated(number, of=of)]
        ends = [status(COMPLETED, of), finished(of=of), TrackingFailed(of, None, NO_ROUTE)]
        steps.append((now, draw(st.sampled_from([*kinds, *ends]))))
    how = draw(st.sampled_from([END, NO_ROUTE, None] if may_fail else [END, None]))
    return steps if how is None else [*steps, (now + draw(st.integers(0, 4)), how)]


def seen(steps: Given, operator: Any) -> Steps:
    stage = Stage()
    return stage.played(stage.script(*steps).pipe(operator))


def others(steps: Steps) -> Steps:
    mine = (LogEntryAdded, LogEntriesAdded, LogsSuppressed)
    return [step for step in steps if not isinstance(step[1], mine)]


def ends(event: Any, of: str) -> bool:
    """True when ``event`` is an end of the operation, or of all."""
    if event is END or isinstance(event, Exception):
        return True
    is_terminal = isinstance(event, StatusChanged) and event.status.is_terminal
    return (is_terminal or isinstance(event, OperationFinished | TrackingFailed)) and event.operation_id == of


def forgets(event: Any, of: str) -> bool:
    return ends(event, of) and not isinstance(event, StatusChanged)


def segments(steps: Steps, of: str, is_cut: Callable[[Any, str], bool] = ends) -> list[list[Any]]:
    """The events of an operation between its ends."""
    found: list[list[Any]] = [[]]
    for _, event in steps:
        if is_cut(event, of):
            found.append([])
        elif event.operation_id == of:
            found[-1].append(event)
    return found


def ids(events: Sequence[Any]) -> list[str]:
    """The ids of all entries, also of those in batches."""
    batches = [event.entries for event in events if isinstance(event, LogEntriesAdded)]
    return [event.entry.id for event in events if isinstance(event, LogEntryAdded)] + [
        entry.id for batch in batches for entry in batch
    ]


def times(steps: Steps) -> dict[str, float]:
    """When each entry came."""
    return {event.entry.id: at for at, event in steps if isinstance(event, LogEntryAdded)}


@in_virtual_time
@given(scripts(), SECONDS)
def test_throttle_logs_delays_no_other_event_and_an_entry_by_a_window_at_most(steps: Given, seconds: float) -> None:
    out = seen(steps, ops.throttle_logs(seconds))
    assert others(out) == others(steps)
    came = times(steps)
    assert all(0 <= at - came[id] <= seconds for id, at in times(out).items())


@in_virtual_time
@given(scripts(), SECONDS)
def test_throttle_logs_never_reorders_and_always_delivers_the_last_entry_before_an_end(
    steps: Given, seconds: float
) -> None:
    out = seen(steps, ops.throttle_logs(seconds))
    for of in "ab":
        for before, after in zip(segments(steps, of), segments(out, of), strict=True):
            assert ids(after) == sorted(set(ids(after)))
            assert ids(after)[-1:] == ids(before)[-1:]


@in_virtual_time
@given(scripts(), SECONDS)
def test_throttle_logs_leaves_time_between_two_entries_of_an_operation_but_before_an_end(
    steps: Given, seconds: float
) -> None:
    out = seen(steps, ops.throttle_logs(seconds))
    for of in "ab":
        before: float | None = None
        for place, (at, event) in enumerate(out):
            if forgets(event, of):
                before = None
            if not isinstance(event, LogEntryAdded) or event.operation_id != of:
                continue
            following = next((step for step in out[place + 1 :] if not isinstance(step[1], LogEntryAdded)), None)
            is_flush = following is not None and following[0] == at and ends(following[1], of)
            assert before is None or at - before >= seconds or is_flush
            before = at


@in_virtual_time
@given(scripts(), SECONDS, st.integers(1, 5))
def test_batch_logs_loses_reorders_and_holds_back_nothing_over_an_end(
    steps: Given, seconds: float, count: int
) -> None:
    out = seen(steps, ops.batch_logs(seconds, count))
    assert others(out) == others(steps)
    came = times(steps)
    for at, batch in out:
        if isinstance(batch, LogEntriesAdded):
            assert 1 <= len(batch.entries) <= count
            assert 0 <= at - came[batch.entries[0].id] <= seconds
    for of in "ab":
        assert [ids(events) for events in segments(out, of)] == [ids(events) for events in segments(steps, of)]


@in_virtual_time
@given(scripts(), st.integers(0, 4))
def test_the_totals_of_limit_logs_add_up(steps: Given, count: int) -> None:
    out = seen(steps, ops.limit_logs(count))
    assert others(out) == others(steps)
    for of in "ab":
        given_events = segments(steps, of, forgets)
        for before, after in zip(given_events, segments(out, of, forgets), strict=True):
            assert ids(after) == ids(before)[:count]
            left_out = len(ids(before)[count:])
            notices = [(event.count, event.is_final) for event in after if isinstance(event, LogsSuppressed)]
            expected = [(1, False), (left_out, True)] if left_out else []
            assert notices == (expected[:1] if before is given_events[-1] else expected)


@in_virtual_time
@given(st.lists(scripts(may_fail=False), max_size=4))
def test_merge_equals_the_merge_of_reactivex_for_members_that_do_not_fail(members: list[Given]) -> None:
    def merged(merge: Any) -> Steps:
        stage = Stage()
        return stage.played(merge(*(stage.script(*member) for member in members)))

    assert merged(ops.merge) == merged(reactivex.merge)


@in_virtual_time
@given(st.lists(st.lists(st.integers(), max_size=5), max_size=4))
def test_merge_equals_the_merge_of_reactivex_for_members_that_emit_at_once(members: list[list[int]]) -> None:
    ours, theirs = Spy(), Spy()
    ops.merge(*map(reactivex.from_iterable, members)).subscribe(ours)
    reactivex.merge(*map(reactivex.from_iterable, members)).subscribe(theirs)
    assert ours.seen == theirs.seen


@in_virtual_time
@given(st.lists(scripts(), max_size=4))
def test_merge_is_the_union_and_keeps_the_order_of_each_member(members: list[Given]) -> None:
    stage = Stage()
    tagged = [stage.script(*member).pipe(ops.tag(index)) for index, member in enumerate(members)]
    out = [event for _, event in stage.played(ops.merge(*tagged))]
    events = [event for event in out if isinstance(event, tuple)]
    for index, member in enumerate(members):
        mine = [event for at, event in member if event is not END and not isinstance(event, Exception)]
        assert [event for of, event in events if of == index] == mine
    lost = sum(isinstance(event, TrackingFailed) for event in out)
    assert lost == sum(bool(member) and isinstance(member[-1][1], Exception) for member in members)


@in_virtual_time
@given(
    scripts(),
    st.integers(1, 4),
    st.sampled_from([each for each in get_args(Strategy) if each != "error"]),
    st.integers(0, 6).map(float),
)
def test_observe_bounded_counts_each_missing_event_at_its_place_and_no_end_is_missing(
    steps: Given, maxsize: int, strategy: Strategy, turn: float
) -> None:
    stage = Stage(Clock(turn))
    out = [e for _, e in stage.played(stage.script(*steps).pipe(ops.observe_bounded(maxsize, strategy=strategy)))]
    rest = iter([event for _, event in steps])
    missing: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for event in out:
        if isinstance(event, Dropped):
            counted[event.operation_id] += event.count
            continue
        for skipped in rest:
            if skipped is event:
                break
            missing[skipped.operation_id] += 1
            assert not ends(skipped, skipped.operation_id)
        else:
            pytest.fail(f"{event} was not in the script, or came out of order")
        assert counted == missing
    has_ended = bool(steps) and (steps[-1][1] is END or isinstance(steps[-1][1], Exception))
    assert not has_ended or list(rest) == []  # what is missing last in an open script is counted later


@in_virtual_time
@given(scripts(may_fail=False), st.integers(1, 4), st.integers(0, 6).map(float))
def test_observe_bounded_with_error_delivers_all_events_before_the_overflow(
    steps: Given, maxsize: int, turn: float
) -> None:
    stage = Stage(Clock(turn))
    out = [e for _, e in stage.played(stage.script(*steps).pipe(ops.observe_bounded(maxsize, strategy="error")))]
    given_events = [event for _, event in steps]
    if out and isinstance(out[-1], OverflowError):
        out.pop()
    else:
        assert len(out) == len(given_events)
    assert out == given_events[: len(out)]


@in_virtual_time
@given(st.lists(st.sampled_from(("subscribe", "leave", "feed", "end", "follow")), max_size=20))
@example(["subscribe", "leave", "feed", "end", "subscribe", "subscribe"])
def test_then_submits_once_if_a_subscriber_sees_the_success_and_all_see_the_same(actions: list[str]) -> None:
    source, following = Live(), Live()
    calls: list[object] = []

    def submit(result: object) -> Observable[Any]:
        calls.append(result)
        return following

    chain = source.pipe(ops.then(submit))
    watching: list[Spy] = []
    left: list[Spy] = []
    is_due = False
    for action in actions:
        match action:
            case "subscribe":
                spy = Spy()
                spy.subscription = chain.subscribe(spy)
                watching.append(spy)
            case "leave" if watching:
                left.append(watching.pop())
                left[-1].leave()
            case "feed" if not source.history.has_ended:
                source.feed(finished(of="a"))
            case "end":
                source.end()
            case "follow":
                following.feed(finished(of="b"))
        is_due = is_due or bool(watching and source.history.has_ended and source.history.events)
        assert len(calls) == is_due
        whole = [*source.history.events]
        if calls and source.history.has_ended:
            whole += following.history.events
        assert all(spy.events == whole for spy in watching)
        assert all(spy.events == whole[: len(spy.events)] for spy in left)
