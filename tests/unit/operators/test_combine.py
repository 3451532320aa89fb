"""Several streams as one: nothing is lost, and one that fails does not take the others along."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex.testing import TestScheduler

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
from rxeryph.operators._scheduled_observable import scheduler_of
from tests.unit.operators.watching import END, Live, Stage, Watch, finished, log, status
from tests.unit.playing import STORY, TYPES, playing
from tests.unit.samples import COMPLETED, ERRORS, FAILED, NO_ROUTE, operation

A1, A2, B1, B2 = log("a1", "a"), log("a2", "a"), log("b1", "b"), log("b2", "b")

ENDS_ALL = (ClosedError, OperationFailedError, OperationCancelledError)


def test_events_come_as_they_come_and_the_end_when_all_have_ended() -> None:
    stage = Stage()
    merged = ops.merge(
        stage.tell((10, A1), (20, A2), (30, END)), stage.tell((10, B1), (25, B2), (40, END)), stage.tell((5, END))
    )
    assert stage.watched(merged) == [(10, A1), (10, B1), (20, A2), (25, B2), (40, END)]
    assert [[(each.subscribe, each.unsubscribe) for each in story.subscriptions] for story in stage.stories] == [
        [(0, 30)],
        [(0, 40)],
        [(0, 5)],
    ]


def test_a_failed_operation_is_an_event_like_any_other() -> None:
    stage = Stage()
    failed = finished(FAILED, "a")
    merged = ops.merge(stage.tell((10, failed), (10, END)), stage.tell((20, B1), (21, END)))
    assert stage.watched(merged) == [(10, failed), (20, B1), (21, END)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_where_tracking_fails_an_event_stands_for_the_end_and_the_others_go_on(error: RxEryphError) -> None:
    stage = Stage()
    merged = ops.merge(stage.tell((10, A1), (20, error)), stage.tell((30, B1), (40, END)))
    seen = stage.watched(merged)
    if isinstance(error, ENDS_ALL):
        assert seen == [(10, A1), (20, error)]
    else:
        lost = seen[1][1]
        assert isinstance(lost, TrackingFailed)
        assert lost.error is error
        assert seen == [(10, A1), (20, lost), (30, B1), (40, END)]
    assert stage.is_quiet


@pytest.mark.parametrize(
    ("error", "fail_fast"), [(NO_ROUTE, True), (ValueError("a user's function"), False), (ValueError("too"), True)]
)
def test_other_errors_and_with_fail_fast_all_errors_end_it_and_leave_every_member(
    error: Exception, fail_fast: bool
) -> None:
    stage = Stage()
    told = stage.tell((10, A1), (20, error)), stage.tell((30, B1), (40, END))
    seen = stage.watched(ops.merge(*told, fail_fast=fail_fast))
    assert seen == [(10, A1), (20, error)]
    assert [each.unsubscribe for story in stage.stories for each in story.subscriptions] == [20, 20]


def test_a_member_that_fails_last_is_told_before_the_end() -> None:
    stage = Stage()
    merged = ops.merge(stage.tell((10, END)), stage.tell((20, B1), (30, NO_ROUTE)))
    assert stage.watched(merged) == [(20, B1), (30, TrackingFailed("b", B1.operation, NO_ROUTE)), (30, END)]


def lost_by(stream: Observable[Any]) -> TrackingFailed:
    watch = Watch()
    ops.merge(stream, reactivex.never()).subscribe(watch)
    lost = watch.seen[-1]
    assert isinstance(lost, TrackingFailed)
    return lost


def test_who_failed_is_what_the_stream_says() -> None:
    seen = operation(id="op")
    with playing(seen, OperationVanishedError("gone", operation_id="other")) as (stream, _):
        with pytest.raises(OperationVanishedError):
            stream.wait(10)
        lost = lost_by(stream)
    assert (lost.operation_id, lost.operation) == ("op", stream.operation)


def test_who_failed_is_else_what_the_error_says() -> None:
    snapshot = operation(id="other")
    error = OperationError("gone", operation_id="other", operation=snapshot)
    assert lost_by(reactivex.concat(reactivex.of(A1), reactivex.throw(error))) == TrackingFailed(
        "other", snapshot, error
    )


def test_who_failed_is_else_what_the_last_event_says() -> None:
    assert lost_by(reactivex.concat(reactivex.of(B1, A1), reactivex.throw(NO_ROUTE))) == TrackingFailed(
        "a", A1.operation, NO_ROUTE
    )


def test_the_snapshot_is_one_of_the_operation_that_failed() -> None:
    error = OperationError("gone", operation_id="other")
    assert lost_by(reactivex.concat(reactivex.of(A1), reactivex.throw(error))) == TrackingFailed("other", None, error)


@pytest.mark.parametrize("before", [(), (("tagged", A1),)])
def test_nobody_is_named_where_nobody_is_known(before: tuple[Any, ...]) -> None:
    stream = reactivex.concat(reactivex.from_iterable(before), reactivex.throw(NO_ROUTE))
    assert lost_by(stream) == TrackingFailed("", None, NO_ROUTE)


def test_merged_streams_that_are_merged_again_keep_who_failed() -> None:
    inner: Observable[Any] = ops.merge(reactivex.concat(reactivex.of(A1), reactivex.throw(NO_ROUTE)))
    watch = Watch()
    ops.merge(inner, reactivex.of(B1)).subscribe(watch)
    assert TrackingFailed("a", A1.operation, NO_ROUTE) in watch.seen
    assert watch.seen[-1] is END


def test_merging_nothing_completes() -> None:
    watch = Watch()
    nothing: Observable[AnyEvent] = ops.merge()
    nothing.subscribe(watch)
    assert watch.seen == [END]


def test_nobody_is_subscribed_to_before_somebody_asks_and_all_are_left_at_once() -> None:
    members = [Subject[Any]() for _ in range(5)]
    merged = ops.merge(*members)
    assert not any(member.observers for member in members)
    watch = Watch()
    subscription = merged.subscribe(watch)
    assert [len(member.observers) for member in members] == [1] * 5
    subscription.dispose()
    assert not any(member.observers for member in members)
    members[0].on_next(A1)
    assert watch.seen == []


def test_the_same_stream_twice_is_there_twice() -> None:
    stage = Stage()
    told = stage.tell((10, A1), (20, END))
    assert stage.watched(ops.merge(told, told)) == [(10, A1), (10, A1), (20, END)]


def test_it_carries_the_scheduler_of_the_first_member_that_has_one() -> None:
    first, second = Live(), Live()
    second.scheduler = TestScheduler()
    foreign: Observable[Any] = reactivex.never()
    assert scheduler_of(ops.merge(foreign, first, second)) is second.scheduler
    assert scheduler_of(ops.merge(foreign)) is None


def test_the_scheduler_of_the_subscriber_goes_on_to_every_member() -> None:
    given: list[object] = []

    def subscribe(observer: Any, scheduler: Any) -> Any:
        given.append(scheduler)

    scheduler = TestScheduler()
    member: Observable[Any] = Observable(subscribe)
    ops.merge(member, member).pipe(ops.tag(1)).subscribe(Watch(), scheduler=scheduler)
    assert given == [scheduler, scheduler]


def test_members_on_several_threads_are_delivered_one_at_a_time() -> None:
    members = [Subject[Any]() for _ in range(4)]
    busy, overlaps, seen = threading.Lock(), [], []

    def note(event: Any) -> None:
        if not busy.acquire(False):
            overlaps.append(event)
            return
        time.sleep(0.0001)
        seen.append(event)
        busy.release()

    done = threading.Event()
    ops.merge(*members).subscribe(note, on_completed=done.set)

    def push(member: Subject[Any], name: str) -> None:
        for number in range(50):
            member.on_next((name, number))
        member.on_completed()

    threads = [threading.Thread(target=push, args=(member, str(index))) for index, member in enumerate(members)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert done.is_set()
    assert not overlaps
    assert sorted(seen) == [(str(index), number) for index in range(4) for number in range(50)]


def test_a_thousand_members_end_in_any_order_in_no_time() -> None:
    members = [Subject[Any]() for _ in range(3000)]
    watch = Watch()
    ops.merge(*members).subscribe(watch)
    before = time.process_time()
    for member in reversed(members):
        member.on_completed()
    assert watch.seen == [END]
    assert time.process_time() - before < 1.0


def test_operations_on_a_connection_merge_with_their_histories() -> None:
    with playing(*STORY) as (first, _), playing(*STORY) as (second, _):
        first.wait(10)
        second.wait(10)
        watch = Watch()
        ops.merge(first, second).subscribe(watch)
        types = [event.type for event in watch.seen[:-1]]
        assert sorted(types) == sorted(TYPES * 2)
        assert watch.seen[-1] is END


def test_after_an_end_nobody_else_is_subscribed_to() -> None:
    later: list[object] = []

    def subscribe(observer: object, scheduler: Any) -> Any:
        later.append(observer)

    member: Observable[Any] = Observable(subscribe)
    watch = Watch()
    ops.merge(reactivex.throw(NO_ROUTE), member, fail_fast=True).subscribe(watch)
    assert (watch.seen, later) == ([NO_ROUTE], [])


def test_nothing_is_kept_of_a_member_that_has_ended() -> None:
    class Thing:
        pass

    member = Subject[Any]()
    subscription = ops.merge(member, reactivex.never()).subscribe()
    thing = Thing()
    kept = weakref.ref(thing)
    member.on_next(thing)
    member.on_completed()
    del thing
    gc.collect()
    assert kept() is None
    subscription.dispose()


# tag


def test_every_event_is_paired_with_the_value() -> None:
    stage = Stage()
    value = object()
    told = stage.tell((10, A1), (20, status(COMPLETED)), (30, NO_ROUTE))
    assert stage.watched(told.pipe(ops.tag(value))) == [
        (10, (value, A1)),
        (20, (value, status(COMPLETED))),
        (30, NO_ROUTE),
    ]


def test_merged_streams_are_told_apart_by_their_tags() -> None:
    stage = Stage()
    merged = ops.merge(
        stage.tell((10, A1), (30, END)).pipe(ops.tag("web")), stage.tell((20, A1), (30, END)).pipe(ops.tag("db"))
    )
    assert stage.watched(merged) == [(10, ("web", A1)), (20, ("db", A1)), (30, END)]
