"""A slow observer never delays its source, and learns how many events it missed, and by a law also where."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from reactivex import Observable, Subject
from reactivex.scheduler import ImmediateScheduler

from rxeryph import operators as ops
from rxeryph.errors import ClosedError
from rxeryph.events import Dropped
from rxeryph.operators._bounded_queue import Strategy
from rxeryph.polling import threaded_engine
from tests.observing import END, Spy
from tests.unit.operators.stage import LOST, Clock, Stage, finished, log, status, updated
from tests.unit.samples import COMPLETED, NO_ROUTE

L = [log(f"l{number}") for number in range(5)]
M = [log(f"m{number}", "other") for number in range(2)]
END_OF_OP = finished()
ENDS = [finished(of="a"), status(COMPLETED, "b"), LOST, finished(of="c")]
STATE, NEWER_STATE, OTHER_TASK = updated(1), updated(2), updated(1, "t2")
ELSEWHERE = updated(1, of="other")
RUNNING = status()


def gap(count: int, of: str = "op") -> Dropped:
    return Dropped(of, count)


def slowly(*events: Any, maxsize: int = 2, strategy: Strategy = "drop_oldest") -> list[Any]:
    """What an observer sees that needs 10 seconds for each of ``events``, which all come in the first second."""
    stage = Stage(Clock(10.0))
    source = stage.script(*((1, event) for event in events))
    return [event for _, event in stage.played(source.pipe(ops.observe_bounded(maxsize, strategy=strategy)))]


@pytest.mark.parametrize(
    ("strategy", "events", "expected"),
    [
        ("drop_oldest", [*L[:2], END], [*L[:2], END]),
        ("drop_oldest", [*L[:2], NO_ROUTE], [*L[:2], NO_ROUTE]),
        ("drop_oldest", [*L, END], [gap(3), *L[3:], END]),
        ("drop_newest", [*L, END], [*L[:2], gap(3), END]),
        ("latest_per_task", [*L, END], [gap(3), *L[3:], END]),
        ("drop_oldest", [M[0], L[0], M[1], *L[1:3], END], [gap(2, "other"), gap(1), *L[1:3], END]),
        ("drop_oldest", ["a", "b", "c", "d"], [Dropped("", 2), "c", "d"]),
        ("drop_oldest", [*ENDS, END], [*ENDS, END]),
        ("drop_newest", [*ENDS, END], [*ENDS, END]),
        ("latest_per_task", [*ENDS, END], [*ENDS, END]),
        ("error", [*ENDS, END], [*ENDS, END]),
        ("drop_oldest", [END_OF_OP, *L[:3], END], [END_OF_OP, gap(2), L[2], END]),
        ("latest_per_task", [*L[:2], END_OF_OP, END], [gap(1), L[1], END_OF_OP, END]),
        ("drop_oldest", [*ENDS, *L[:2]], ENDS),
        ("drop_oldest", [*ENDS, *L[:2], END], [*ENDS, gap(2), END]),
        ("latest_per_task", [STATE, OTHER_TASK, NEWER_STATE], [gap(1), OTHER_TASK, NEWER_STATE]),
        ("latest_per_task", [OTHER_TASK, L[0], NEWER_STATE], [OTHER_TASK, gap(1), NEWER_STATE]),
        ("latest_per_task", [STATE, L[0], L[1]], [STATE, gap(1), L[1]]),
        ("latest_per_task", [RUNNING, ELSEWHERE, STATE], [gap(1), ELSEWHERE, STATE]),
        ("latest_per_task", [L[0], STATE, NEWER_STATE], [L[0], gap(1), NEWER_STATE]),
        ("latest_per_task", [OTHER_TASK, L[0], L[1], updated(2, "t2")], [gap(2), L[1], updated(2, "t2")]),
    ],
)
def test_when_two_wait_the_strategy_decides_which_event_is_missing(
    strategy: Strategy, events: list[Any], expected: list[Any]
) -> None:
    assert slowly(*events, strategy=strategy) == expected


def test_events_that_fit_come_one_at_a_time_when_the_observer_is_ready_and_the_source_is_left_at_its_end() -> None:
    stage = Stage(Clock(10.0))
    source = stage.script((1, L[0]), (2, L[1]), (3, L[2]), (50, L[3]), (51, END))
    assert stage.played(source.pipe(ops.observe_bounded(3))) == [
        (11, L[0]),
        (21, L[1]),
        (31, L[2]),
        (60, L[3]),
        (70, END),
    ]
    assert [(each.subscribe, each.unsubscribe) for each in stage.streams[0].subscriptions] == [(0, 51)]


def test_with_error_the_source_is_left_at_once_and_the_error_comes_after_the_events_in_the_queue() -> None:
    stage = Stage(Clock(10.0))
    source = stage.script(*((1 + at, event) for at, event in enumerate(L)), (8, END))
    *values, (at, error) = stage.played(source.pipe(ops.observe_bounded(2, strategy="error")))
    assert (values, at) == ([(11, L[0]), (21, L[1])], 31)
    assert isinstance(error, OverflowError)
    assert "observe_bounded(2) is full" in str(error)
    assert "larger maxsize" in str(error)
    assert stage.streams[0].subscriptions[0].unsubscribe == 3


def test_with_error_no_event_is_taken_after_the_overflow_though_there_is_room_again() -> None:
    slow, stage = Clock(10.0), Stage()

    def subscribe(observer: Any, scheduler: Any) -> Any:
        for event in L[:3]:
            observer.on_next(event)
        slow.advance_to(10)
        observer.on_next(L[4])  # it cannot be left before ``subscribe`` returns

    spy = stage.watch(Observable(subscribe).pipe(ops.observe_bounded(1, strategy="error", scheduler=slow)))
    slow.advance_to(100)
    assert [type(event) for event in spy.seen] == [type(L[0]), OverflowError]


def test_disposed_while_events_wait_it_delivers_no_more() -> None:
    stage = Stage(Clock(10.0))
    spy = stage.watch(stage.script(*((1, event) for event in L)).pipe(ops.observe_bounded(5)))
    stage.clock.advance_to(15)
    spy.leave()
    stage.clock.advance_to(1000)
    assert spy.timed == [(11, L[0])]
    assert stage.is_quiet


def test_on_a_scheduler_that_runs_at_once_it_delivers_at_once() -> None:
    source, spy = Subject[Any](), Spy()
    source.pipe(ops.observe_bounded(1, scheduler=ImmediateScheduler())).subscribe(spy)
    for event in L:
        source.on_next(event)
    source.on_completed()
    assert spy.seen == [*L, END]


def test_a_source_on_another_thread_never_waits_and_each_event_is_delivered_or_counted() -> None:
    engine = threaded_engine()
    source, proceed = Subject[Any](), threading.Event()
    spy = Spy(act=lambda event: proceed.wait(10))
    source.pipe(ops.observe_bounded(10)).subscribe(spy, scheduler=engine.delivery)
    for number in range(1000):
        source.on_next(log(f"l{number:03}"))  # returns, though the observer has not
    source.on_completed()
    proceed.set()
    assert spy.ended.wait(10)
    engine.close()
    ids = [event.entry.id for event in spy.events if not isinstance(event, Dropped)]
    assert ids == sorted(ids)
    assert ids[-10:] == [f"l{number:03}" for number in range(990, 1000)]
    assert len(ids) + sum(event.count for event in spy.events if isinstance(event, Dropped)) == 1000


@pytest.mark.parametrize("is_busy", [False, True])
def test_closing_the_connection_delivers_the_end_though_nothing_is_scheduled_any_more(is_busy: bool) -> None:
    engine = threaded_engine(1)
    source, began, proceed = Subject[Any](), threading.Event(), threading.Event()

    def slow(event: Any) -> None:
        began.set()
        assert proceed.wait(10)

    spy = Spy(act=slow if is_busy else None)
    closed, end = ClosedError("closed"), finished(of="other")
    if not is_busy:  # the only worker does something else
        engine.submit(lambda: slow(None))
        assert began.wait(10)
    source.pipe(ops.observe_bounded(10)).subscribe(spy, scheduler=engine.delivery)
    source.on_next(L[0])
    assert began.wait(10)
    for event in L[1:3]:
        source.on_next(event)
    if is_busy:
        source.on_next(end)
    source.on_error(closed)
    engine.close(0.1)
    proceed.set()
    assert spy.ended.wait(10)
    assert spy.seen == ([L[0], gap(2), end, closed] if is_busy else [gap(3), closed])
