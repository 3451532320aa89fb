"""Several streams as one: nothing is lost, and one that fails does not end the others."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject

from rxeryph import operators as ops
from rxeryph.errors import (
    ClosedError,
    OperationCancelledError,
    OperationError,
    OperationFailedError,
    OperationVanishedError,
    RxEryphError,
)
from rxeryph.events import AnyEvent, TrackingFailed
from rxeryph.model import Operation
from tests.marble.drawing import ERROR, Drawing
from tests.observing import END, Spy
from tests.unit.operators.stage import Clock, Live, Overlaps, Stage, log
from tests.unit.playing import playing
from tests.unit.samples import ERRORS, NO_ROUTE, operation

A1, B1 = log("a1", "a"), log("b1", "b")

ENDS_ALL = (ClosedError, OperationFailedError, OperationCancelledError)


@pytest.mark.parametrize(
    ("sources", "call", "outcome"),
    [
        (("ab---|", "--b-----|", "|"), "merge", "abb-----|"),
        (("F-|", "--b|"), "merge", "F-b|"),
        (("F-|", "--b|"), "merge(fail_fast=True)", "F-b|"),
        (("a--#", "-b--b--|"), "merge(fail_fast=True)", "ab-#"),
        (("a--#", "-b--b--|"), "merge", "ab-eb--|"),
        (("|", "-a-#"), "merge", "-a-(e|)"),
    ],
    ids=["three", "a failed operation", "with fail_fast too", "the first error", "isolated", "isolated as the last"],
)
def test_merge(sources: tuple[str, ...], call: str, outcome: str) -> None:
    Drawing(sources, call, outcome, {"e": TrackingFailed("a", None, ERROR)}).check()


@pytest.mark.parametrize(
    ("error", "fail_fast"),
    [*((error, False) for error in ERRORS), (ValueError("of a user's function"), False), (ValueError("mine"), True)],
    ids=lambda value: type(value).__name__,
)
def test_only_errors_about_tracking_are_isolated(error: Exception, fail_fast: bool) -> None:
    stage = Stage()
    streams = stage.script((10, A1), (20, error)), stage.script((30, B1), (40, END))
    seen = stage.played(ops.merge(*streams, fail_fast=fail_fast))
    if isinstance(error, RxEryphError) and not isinstance(error, ENDS_ALL):
        lost = seen[1][1]
        assert isinstance(lost, TrackingFailed)
        assert lost.error is error
        assert seen == [(10, A1), (20, lost), (30, B1), (40, END)]
    else:
        assert seen == [(10, A1), (20, error)]
        assert [each.unsubscribe for stream in stage.streams for each in stream.subscriptions] == [20, 20]


def lost_by(stream: Observable[Any]) -> TrackingFailed:
    spy = Spy()
    ops.merge(stream, reactivex.never()).subscribe(spy)
    lost = spy.seen[-1]
    assert isinstance(lost, TrackingFailed)
    return lost


OTHER = operation(id="other")


@pytest.mark.parametrize(
    ("events", "error", "id", "snapshot"),
    [
        ([A1], OperationError("gone", operation_id="other", operation=OTHER), "other", OTHER),
        ([A1], OperationError("gone", operation_id="other"), "other", None),
        ([B1, A1], NO_ROUTE, "a", A1.operation),
        ([], NO_ROUTE, "", None),
        ([("tagged", A1)], NO_ROUTE, "", None),
    ],
    ids=["the error", "without its snapshot", "the last event", "neither", "not an event"],
)
def test_the_failed_operation_is_the_one_that_the_error_names_or_the_last_event(
    events: list[Any], error: Exception, id: str, snapshot: Operation | None
) -> None:
    stream = reactivex.concat(reactivex.from_iterable(events), reactivex.throw(error))
    assert lost_by(stream) == TrackingFailed(id, snapshot, error)  # type: ignore[arg-type]


def test_the_failed_operation_is_first_of_all_the_one_of_the_stream() -> None:
    with playing(operation(), OperationVanishedError("gone", operation_id="other")) as (stream, _):
        with pytest.raises(OperationVanishedError):
            stream.wait(10)
        lost = lost_by(stream)
    assert (lost.operation_id, lost.operation) == ("op", stream.operation)


def test_streams_that_are_merged_twice_keep_the_failed_operation() -> None:
    inner: Observable[Any] = ops.merge(reactivex.concat(reactivex.of(A1), reactivex.throw(NO_ROUTE)))
    spy = Spy()
    ops.merge(inner, reactivex.of(B1)).subscribe(spy)
    assert TrackingFailed("a", A1.operation, NO_ROUTE) in spy.events
    assert spy.completed == 1


def test_merging_no_stream_completes_at_once() -> None:
    spy = Spy()
    nothing: Observable[AnyEvent] = ops.merge()
    nothing.subscribe(spy)
    assert spy.seen == [END]


def test_the_same_stream_can_be_a_member_twice() -> None:
    stage = Stage()
    source = stage.script((10, A1), (20, END))
    assert stage.played(ops.merge(source, source)) == [(10, A1), (10, A1), (20, END)]


def test_its_scheduler_is_that_of_the_first_member_with_one() -> None:
    first, second = Live(), Live()
    second.scheduler = Clock()
    foreign: Any = reactivex.never()
    merged: Any = ops.merge(foreign, first, second)
    assert merged.scheduler is second.scheduler
    none: Any = ops.merge(foreign)
    assert none.scheduler is None


def test_members_on_several_threads_are_delivered_one_at_a_time() -> None:
    members = [Subject[Any]() for _ in range(4)]
    overlaps = Overlaps()
    spy = Spy(act=overlaps)
    ops.merge(*members).subscribe(spy)

    def push(member: Subject[Any], name: str) -> None:
        for number in range(50):
            member.on_next((name, number))
        member.on_completed()

    threads = [threading.Thread(target=push, args=(member, str(index))) for index, member in enumerate(members)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not overlaps
    assert sorted(spy.events) == [(str(index), number) for index in range(4) for number in range(50)]
    assert spy.completed == 1


def test_three_thousand_members_end_in_any_order_in_no_time() -> None:
    members = [Subject[Any]() for _ in range(3000)]
    spy = Spy()
    ops.merge(*members).subscribe(spy)
    before = time.process_time()
    for member in reversed(members):
        member.on_completed()
    assert spy.seen == [END]
    assert time.process_time() - before < 1.0


def test_no_other_member_is_subscribed_to_after_the_end() -> None:
    subscribed: list[object] = []

    def subscribe(observer: object, scheduler: Any) -> Any:
        subscribed.append(observer)

    member: Observable[Any] = Observable(subscribe)
    spy = Spy()
    ops.merge(reactivex.throw(NO_ROUTE), member, fail_fast=True).subscribe(spy)
    assert (spy.seen, subscribed) == ([NO_ROUTE], [])


def test_the_last_event_of_a_member_that_has_ended_is_not_kept() -> None:
    class Value:
        pass

    member = Subject[Any]()
    subscription = ops.merge(member, reactivex.never()).subscribe()
    value = Value()
    kept = weakref.ref(value)
    member.on_next(value)
    member.on_completed()
    del value
    gc.collect()
    assert kept() is None
    subscription.dispose()
