"""Laws of the operators about time, combination, flow and back-pressure, in virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
from tests.unit.operators.watching import END, Live, SlowScheduler, Stage, Watch, finished, log, status, updated
from tests.unit.samples import COMPLETED, NO_ROUTE

Given = list[tuple[int, Any]]
Steps = Sequence[tuple[float, Any]]

quick = settings(max_examples=100, deadline=None)

SECONDS = st.integers(1, 6).map(float)


@st.composite
def stories(draw: st.DrawFn, *, may_fail: bool = True) -> Given:
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
    return stage.watched(stage.tell(*steps).pipe(operator))


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


def entries(steps: Steps, of: str) -> list[tuple[float, str]]:
    return [
        (at, event.entry.id) for at, event in steps if isinstance(event, LogEntryAdded) and event.operation_id == of
    ]


@quick
@given(stories(), SECONDS)
def test_throttle_logs_drops_and_delays_no_other_event(steps: Given, seconds: float) -> None:
    assert others(seen(steps, ops.throttle_logs(seconds))) == others(steps)


@quick
@given(stories(), SECONDS)
def test_throttle_logs_never_reorders_the_entries_of_an_operation_and_delays_none_longer_than_a_window(
    steps: Given, seconds: float
) -> None:
    out = seen(steps, ops.throttle_logs(seconds))
    for of in "ab":
        came = {id: at for at, id in entries(steps, of)}
        went = entries(out, of)
        ids = [id for _, id in went]
        assert ids == sorted(set(ids))
        assert all(0 <= at - came[id] <= seconds for at, id in went)


@quick
@given(stories(), SECONDS)
def test_throttle_logs_always_delivers_the_last_entry_before_an_end(steps: Given, seconds: float) -> None:
    out = [event for _, event in seen(steps, ops.throttle_logs(seconds))]
    for of in "ab":
        last, place = None, 0
        for _, event in steps:
            if isinstance(event, LogEntryAdded):
                last = event if event.operation_id == of else last
            else:
                place = out.index(event, place) + 1  # the others come in their order
                assert last is None or not ends(event, of) or last in out[:place]


@quick
@given(stories(), SECONDS)
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


@quick
@given(stories(), SECONDS, st.integers(1, 5))
def test_batch_logs_loses_nothing_and_reorders_nothing(steps: Given, seconds: float, count: int) -> None:
    out = seen(steps, ops.batch_logs(seconds, count))
    assert others(out) == others(steps)
    for of in "ab":
        batches = [(at, e) for at, e in out if isinstance(e, LogEntriesAdded) and e.operation_id == of]
        assert all(1 <= len(batch.entries) <= count for _, batch in batches)
        came = entries(steps, of)
        assert [each.id for _, batch in batches for each in batch.entries] == [id for _, id in came]
        first = {id: at for at, id in came}
        assert all(0 <= at - first[batch.entries[0].id] <= seconds for at, batch in batches)


@quick
@given(stories(), SECONDS, st.integers(1, 5))
def test_batch_logs_holds_nothing_back_over_an_end(steps: Given, seconds: float, count: int) -> None:
    out = [event for _, event in seen(steps, ops.batch_logs(seconds, count))]
    for of in "ab":
        given_ids: set[str] = set()
        place = 0
        for _, event in steps:
            if isinstance(event, LogEntryAdded):
                given_ids |= {event.entry.id} if event.operation_id == of else set()
                continue
            place = out.index(event, place) + 1
            if ends(event, of):
                told = [each for each in out[:place] if isinstance(each, LogEntriesAdded) and each.operation_id == of]
                assert {each.id for batch in told for each in batch.entries} == given_ids


@quick
@given(stories(), st.integers(0, 4))
def test_the_totals_of_limit_logs_add_up(steps: Given, count: int) -> None:
    out = seen(steps, ops.limit_logs(count))
    assert others(out) == others(steps)
    for of in "ab":
        came, went, notices, totals = 0, 0, 0, 0
        place = 0
        for _, event in steps:
            if isinstance(event, LogEntryAdded):
                came += event.operation_id == of
            elif not forgets(event, of):
                continue
            else:
                while True:
                    _, told = out[place]
                    place += 1
                    if forgets(told, of):
                        break
                    if getattr(told, "operation_id", None) == of:
                        went += isinstance(told, LogEntryAdded)
                        if isinstance(told, LogsSuppressed):
                            notices += not told.is_final
                            totals += told.count if told.is_final else 0
                assert went == min(came, count)
                assert totals == max(0, came - count)
                assert notices == (came > count)
                came = went = notices = totals = 0


@quick
@given(st.lists(stories(may_fail=False), max_size=4))
def test_merge_is_what_reactivex_makes_of_members_that_do_not_fail(members: list[Given]) -> None:
    def merged(merge: Any) -> Steps:
        stage = Stage()
        return stage.watched(merge(*(stage.tell(*member) for member in members)))

    assert merged(ops.merge) == merged(reactivex.merge)


@quick
@given(st.lists(st.lists(st.integers(), max_size=5), max_size=4))
def test_merge_is_what_reactivex_makes_of_members_that_are_there_at_once(members: list[list[int]]) -> None:
    ours, theirs = Watch(), Watch()
    ops.merge(*map(reactivex.from_iterable, members)).subscribe(ours)
    reactivex.merge(*map(reactivex.from_iterable, members)).subscribe(theirs)
    assert ours.seen == theirs.seen


@quick
@given(st.lists(stories(), max_size=4))
def test_merge_is_the_union_and_keeps_the_order_of_each_member(members: list[Given]) -> None:
    stage = Stage()
    tagged = [stage.tell(*member).pipe(ops.tag(index)) for index, member in enumerate(members)]
    out = [event for _, event in stage.watched(ops.merge(*tagged))]
    events = [event for event in out if isinstance(event, tuple)]
    for index, member in enumerate(members):
        mine = [event for at, event in member if event is not END and not isinstance(event, Exception)]
        assert [event for of, event in events if of == index] == mine
    lost = sum(isinstance(event, TrackingFailed) for event in out)
    assert lost == sum(bool(member) and isinstance(member[-1][1], Exception) for member in members)


@quick
@given(
    stories(),
    st.integers(1, 4),
    st.sampled_from([each for each in get_args(Strategy) if each != "error"]),
    st.integers(0, 6).map(float),
)
def test_observe_bounded_tells_everything_that_is_missing_where_it_is_missing(
    steps: Given, maxsize: int, strategy: Strategy, turn: float
) -> None:
    stage = Stage(SlowScheduler(turn))
    out = [e for _, e in stage.watched(stage.tell(*steps).pipe(ops.observe_bounded(maxsize, strategy=strategy)))]
    rest = iter([event for _, event in steps])
    missing: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for event in out:
        if isinstance(event, Dropped):
            told[event.operation_id] += event.count
            continue
        for skipped in rest:
            if skipped is event:
                break
            missing[skipped.operation_id] += 1
            assert not ends(skipped, skipped.operation_id)
        else:
            pytest.fail(f"{event} was not given, or out of order")
        assert told == missing
    has_ended = bool(steps) and (steps[-1][1] is END or isinstance(steps[-1][1], Exception))
    assert not has_ended or list(rest) == []  # what is missing last in an open story is told later


@quick
@given(stories(may_fail=False), st.integers(1, 4), st.integers(0, 6).map(float))
def test_observe_bounded_with_error_delivers_everything_up_to_there(steps: Given, maxsize: int, turn: float) -> None:
    stage = Stage(SlowScheduler(turn))
    out = [e for _, e in stage.watched(stage.tell(*steps).pipe(ops.observe_bounded(maxsize, strategy="error")))]
    given_events = [event for _, event in steps]
    if out and isinstance(out[-1], OverflowError):
        out.pop()
    else:
        assert len(out) == len(given_events)
    assert out == given_events[: len(out)]


@quick
@given(st.lists(st.sampled_from(("subscribe", "leave", "feed", "end", "follow")), max_size=20))
@example(["subscribe", "leave", "feed", "end", "subscribe", "subscribe"])
def test_then_submits_at_most_once_and_shows_everybody_the_same(actions: list[str]) -> None:
    source, following = Live(), Live()
    calls: list[object] = []

    def submit(result: object) -> Observable[Any]:
        calls.append(result)
        return following

    chain = source.pipe(ops.then(submit))
    result = finished(of="a")
    watching: list[tuple[Watch, Any]] = []
    left: list[Watch] = []
    for action in actions:
        match action:
            case "subscribe":
                watch = Watch()
                watching.append((watch, chain.subscribe(watch)))
            case "leave" if watching:
                watch, subscription = watching.pop()
                subscription.dispose()
                left.append(watch)
            case "feed" if not source.history.has_ended:
                source.feed(result)
            case "end":
                source.end()
            case "follow":
                following.feed(finished(of="b"))
        has_succeeded = source.history.has_ended and bool(source.history.events)
        assert len(calls) <= 1
        assert not (watching and has_succeeded) or len(calls) == 1
        whole = [*source.history.events]
        if source.history.has_ended:
            whole += following.history.events if calls else []
        for watch, _ in watching:
            assert [event for event in watch.seen if event is not END] == whole
        for watch in left:
            assert watch.seen == whole[: len(watch.seen)] or watch.seen[-1] is END
