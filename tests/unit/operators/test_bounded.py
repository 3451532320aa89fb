"""A slow observer never holds its source back, and what it missed is told where it is missing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from reactivex import Observable, Subject
from reactivex.scheduler import ImmediateScheduler
from reactivex.testing import TestScheduler

from rxeryph import operators as ops
from rxeryph.errors import ClosedError
from rxeryph.events import Dropped, TrackingFailed
from rxeryph.operators._bounded_queue import Strategy
from rxeryph.operators._scheduled_observable import scheduler_of
from rxeryph.polling import threaded_engine
from tests.unit.operators.watching import END, Live, SlowScheduler, Stage, Watch, finished, log, status, updated
from tests.unit.samples import COMPLETED, NO_ROUTE, operation

L = [log(f"l{number}") for number in range(20)]
M = [log(f"m{number}", "other") for number in range(20)]
LOST = TrackingFailed("op", operation(), NO_ROUTE)


def slowly(*events: Any, maxsize: int = 2, strategy: Strategy = "drop_oldest") -> list[Any]:
    """What an observer sees that needs 10 seconds for each of ``events``, which all come in the first second."""
    stage = Stage(SlowScheduler(10.0))
    told = stage.tell(*((1, event) for event in events))
    return [event for _, event in stage.watched(told.pipe(ops.observe_bounded(maxsize, strategy=strategy)))]


def test_what_fits_comes_in_order_one_at_a_time_when_the_observer_has_time() -> None:
    stage = Stage(SlowScheduler(10.0))
    told = stage.tell((1, L[0]), (2, L[1]), (3, L[2]), (50, L[3]), (51, END))
    assert stage.watched(told.pipe(ops.observe_bounded(3))) == [
        (11, L[0]),
        (21, L[1]),
        (31, L[2]),
        (60, L[3]),
        (70, END),
    ]
    assert stage.is_quiet


def test_the_source_is_left_when_it_ends_and_not_later() -> None:
    stage = Stage(SlowScheduler(10.0))
    told = stage.tell((1, L[0]), (2, END))
    stage.watched(told.pipe(ops.observe_bounded(3)))
    assert [(each.subscribe, each.unsubscribe) for each in stage.stories[0].subscriptions] == [(0, 2)]


@pytest.mark.parametrize("end", [END, NO_ROUTE], ids=["completed", "error"])
def test_the_end_comes_after_what_waits(end: Any) -> None:
    assert slowly(L[0], L[1], end) == [L[0], L[1], end]


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("drop_oldest", [Dropped("op", 3), L[3], L[4], END]),
        ("drop_newest", [L[0], L[1], Dropped("op", 3), END]),
        ("latest_per_task", [Dropped("op", 3), L[3], L[4], END]),
    ],
)
def test_when_it_is_full_one_is_left_out_and_told(strategy: Strategy, expected: list[Any]) -> None:
    assert slowly(*L[:5], END, strategy=strategy) == expected


def test_what_is_missing_is_told_where_it_is_missing() -> None:
    stage = Stage(SlowScheduler(10.0))
    told = stage.tell(*((1, event) for event in L[:4]), (15, L[4]), (16, L[5]), (50, L[6]))
    newest = ops.observe_bounded(2, strategy="drop_newest")
    assert [event for _, event in stage.watched(told.pipe(newest))] == [
        L[0],
        L[1],
        Dropped("op", 2),
        L[4],
        Dropped("op", 1),
        L[6],
    ]


def test_what_is_missing_is_told_for_each_operation() -> None:
    assert slowly(M[0], L[0], M[1], L[1], L[2], END) == [Dropped("other", 2), Dropped("op", 1), L[1], L[2], END]


def test_what_has_no_operation_is_counted_too() -> None:
    assert slowly("a", "b", "c", maxsize=1) == [Dropped("", 2), "c"]


@pytest.mark.parametrize("strategy", ["drop_oldest", "drop_newest", "latest_per_task", "error"])
def test_what_tells_an_end_is_never_left_out(strategy: Strategy) -> None:
    ends = [finished(of="a"), status(COMPLETED, "b"), LOST, finished(of="c")]
    assert slowly(*ends, END, strategy=strategy) == [*ends, END]


@pytest.mark.parametrize("strategy", ["drop_oldest", "latest_per_task"])
def test_what_tells_an_end_takes_the_place_of_others(strategy: Strategy) -> None:
    end = finished()
    assert slowly(end, L[0], L[1], L[2], END, strategy=strategy) == [end, Dropped("op", 2), L[2], END]
    assert slowly(L[0], L[1], end, END, strategy=strategy) == [Dropped("op", 1), L[1], end, END]


def test_where_only_ends_wait_a_new_event_is_left_out() -> None:
    ends = [finished(of="a"), finished(of="b"), finished(of="c")]
    assert slowly(*ends, L[0], L[1]) == ends
    assert slowly(*ends, L[0], L[1], END) == [*ends, Dropped("op", 2), END]


def test_a_newer_state_of_a_task_takes_the_place_of_the_older() -> None:
    events = [updated(1), log("l1"), updated(1, "t2"), updated(2)]
    assert slowly(*events, maxsize=3, strategy="latest_per_task") == [Dropped("op", 1), *events[1:]]


def test_a_newer_state_of_a_task_takes_the_place_of_an_older_line_where_there_is_no_state() -> None:
    events = [status(), updated(1, "t2"), log("l1"), log("l2"), updated(2)]
    assert slowly(*events, maxsize=4, strategy="latest_per_task") == [
        events[0],
        events[1],
        Dropped("op", 1),
        events[3],
        events[4],
    ]


def test_a_newer_line_takes_the_place_of_an_older_line_and_never_of_a_state() -> None:
    events = [updated(1), log("l1"), log("l2", task_id="t2"), log("l3")]
    assert slowly(*events, maxsize=3, strategy="latest_per_task") == [
        events[0],
        Dropped("op", 1),
        events[2],
        events[3],
    ]


def test_the_same_task_of_another_operation_is_another_task() -> None:
    events = [status(), updated(1, of="other"), updated(1)]
    assert slowly(*events, strategy="latest_per_task") == [Dropped("op", 1), *events[1:]]


def test_with_error_the_stream_ends_after_what_waits() -> None:
    stage = Stage(SlowScheduler(10.0))
    told = stage.tell(*((1 + at, event) for at, event in enumerate(L[:5])), (8, END))
    *values, (at, error) = stage.watched(told.pipe(ops.observe_bounded(2, strategy="error")))
    assert values == [(11, L[0]), (21, L[1])]
    assert at == 31
    assert isinstance(error, OverflowError)
    assert "observe_bounded(2) is full" in str(error)
    assert "larger maxsize" in str(error)
    assert stage.stories[0].subscriptions[0].unsubscribe == 3


def test_with_error_nothing_is_taken_any_more_though_there_is_room_again() -> None:
    slow, stage = SlowScheduler(10.0), Stage()

    def subscribe(observer: Any, scheduler: Any) -> Any:
        for event in L[:3]:
            observer.on_next(event)
        slow.advance_to(10)
        observer.on_next(L[4])  # it cannot be left before it has been subscribed to

    watch, _ = stage.watch(Observable(subscribe).pipe(ops.observe_bounded(1, strategy="error", scheduler=slow)))
    slow.advance_to(100)
    assert [type(event) for event in watch.seen] == [type(L[0]), OverflowError]


def test_disposing_delivers_nothing_afterwards_and_leaves_the_source() -> None:
    stage = Stage(SlowScheduler(10.0))
    told = stage.tell((1, L[0]), (2, L[1]), (3, L[2]), (4, L[3]), (5, L[4]))
    watch, subscription = stage.watch(told.pipe(ops.observe_bounded(5)))
    stage.scheduler.advance_to(15)
    subscription.dispose()
    stage.scheduler.advance_to(21)
    assert stage.is_quiet
    stage.scheduler.advance_to(1000)
    assert watch.timed == [(11, L[0])]
    assert stage.is_quiet


@pytest.mark.parametrize(
    ("maxsize", "strategy", "text"),
    [
        (0, "drop_oldest", "needs a maxsize of 1 or more, not 0"),
        (-1, "error", "not -1"),
        (1, "block", "no strategy 'block'; use one of drop_oldest, drop_newest, latest_per_task, error"),
    ],
)
def test_arguments_out_of_range_are_refused_when_the_operator_is_made(maxsize: int, strategy: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        ops.observe_bounded(maxsize, strategy=strategy)


def test_it_delivers_on_its_own_argument_before_the_subscribers_and_the_connections_scheduler() -> None:
    own, subscribed, live = TestScheduler(), TestScheduler(), Live()
    live.scheduler = TestScheduler()
    for scheduler, made in [
        (own, live.pipe(ops.observe_bounded(5, scheduler=own))),
        (subscribed, live.pipe(ops.observe_bounded(5))),
    ]:
        assert scheduler_of(made) is live.scheduler
        watch = Watch()
        subscription = made.subscribe(watch, scheduler=subscribed)
        live.feed(L[0])
        assert watch.seen == []
        scheduler.start()
        assert watch.seen[0] == L[0]
        subscription.dispose()
    watch = Watch()
    live.pipe(ops.observe_bounded(5)).subscribe(watch)
    live.scheduler.start()
    assert watch.seen == [L[0], L[0]]


def test_on_a_scheduler_that_runs_at_once_it_delivers_at_once() -> None:
    source, watch = Subject[Any](), Watch()
    source.pipe(ops.observe_bounded(1, scheduler=ImmediateScheduler())).subscribe(watch)
    for event in (*L[:3], finished()):
        source.on_next(event)
    source.on_completed()
    assert watch.seen == [*L[:3], finished(), END]


def test_without_any_scheduler_one_thread_of_its_own_delivers_and_ends() -> None:
    source, done, threads = Subject[Any](), threading.Event(), set()
    source.pipe(ops.observe_bounded(5)).subscribe(
        lambda event: threads.add(threading.current_thread().name), on_completed=done.set
    )
    source.on_next(L[0])
    source.on_completed()
    assert done.wait(10)
    assert threads == {"rxeryph-operator"}


def test_a_source_on_another_thread_is_never_held_back_and_everything_is_accounted_for() -> None:
    engine = threaded_engine()
    source, go_on, done = Subject[Any](), threading.Event(), threading.Event()
    seen: list[Any] = []

    def slow(event: Any) -> None:
        seen.append(event)
        assert go_on.wait(10)

    source.pipe(ops.observe_bounded(10)).subscribe(slow, on_completed=done.set, scheduler=engine.delivery)
    for number in range(1000):
        source.on_next(log(f"l{number:03}"))  # returns, though the observer has not
    source.on_completed()
    go_on.set()
    assert done.wait(10)
    engine.close()
    ids = [event.entry.id for event in seen if not isinstance(event, Dropped)]
    assert ids == sorted(ids)
    assert ids[-10:] == [f"l{number:03}" for number in range(990, 1000)]
    assert len(ids) + sum(event.count for event in seen if isinstance(event, Dropped)) == 1000


@pytest.mark.parametrize("is_busy", [False, True])
def test_closing_the_connection_tells_the_end_though_nothing_is_scheduled_any_more(is_busy: bool) -> None:
    engine = threaded_engine(1)
    source, began, go_on = Subject[Any](), threading.Event(), threading.Event()
    ended = threading.Event()

    def on_error(error: Exception) -> None:
        watch.on_error(error)
        ended.set()

    def slow(event: Any) -> None:
        began.set()
        assert go_on.wait(10)

    watch = Watch(react=slow if is_busy else None)
    closed, end = ClosedError("closed"), finished(of="other")
    if not is_busy:  # the only worker has something else to do
        engine.submit(lambda: slow(None))
        assert began.wait(10)
    chain = source.pipe(ops.observe_bounded(10))
    chain.subscribe(watch.on_next, on_error, scheduler=engine.delivery)
    source.on_next(L[0])
    assert began.wait(10)
    for event in (L[1], L[2]):
        source.on_next(event)
    if is_busy:
        source.on_next(end)
    source.on_error(closed)
    engine.close(0.1)
    go_on.set()
    assert ended.wait(10)
    assert watch.seen == ([L[0], Dropped("op", 2), end, closed] if is_busy else [Dropped("op", 3), closed])
