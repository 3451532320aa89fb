"""Where the operators with a clock deliver: one event at a time, on the right scheduler."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import Subject

from rxeryph import operators as ops
from rxeryph.events import LogEntriesAdded
from rxeryph.polling import threaded_engine
from tests.observing import Spy
from tests.unit.operators.stage import Clock, Live, Overlaps, log

SECONDS = 0.001
TIMED: dict[str, Callable[..., Any]] = {
    "throttle_logs": lambda **scheduler: ops.throttle_logs(SECONDS, **scheduler),
    "batch_logs": lambda **scheduler: ops.batch_logs(SECONDS, 7, **scheduler),
    "observe_bounded": lambda **scheduler: ops.observe_bounded(1000, **scheduler),
}
each_timed = pytest.mark.parametrize("make", TIMED.values(), ids=TIMED)


@each_timed
def test_the_scheduler_is_the_argument_else_the_subscribers_else_the_connections(make: Callable[..., Any]) -> None:
    live = Live(log("l1"), log("l2"))
    argument, subscribers, connections = clocks = Clock(), Clock(), Clock()
    live.scheduler = connections
    for operator, subscribed, used in [
        (make(scheduler=argument), subscribers, argument),
        (make(), subscribers, subscribers),
        (make(), None, connections),
    ]:
        spy = Spy()
        spy.subscription = live.pipe(ops.of_type(object), operator).subscribe(spy, scheduler=subscribed)
        before = len(spy.seen)
        for clock in clocks:
            clock.advance_by(1.0)
            assert (len(spy.seen) > before) == (clock is used)
            before = len(spy.seen)
        spy.leave()


@each_timed
def test_without_a_scheduler_one_thread_lives_as_long_as_the_subscription(make: Callable[..., Any]) -> None:
    """That it ends is checked after every test."""
    source = Subject[Any]()
    threads: set[str] = set()
    delivered = threading.Event()

    def note(event: object) -> None:
        threads.add(threading.current_thread().name)
        if "rxeryph-operator" in threads:
            delivered.set()

    source.pipe(make()).subscribe(note)
    source.on_next(log("l1"))
    source.on_next(log("l2"))
    assert delivered.wait(10)
    source.on_completed()
    assert threads <= {"rxeryph-operator", threading.current_thread().name}


@each_timed
def test_on_worker_threads_events_come_in_order_and_one_at_a_time(make: Callable[..., Any]) -> None:
    engine = threaded_engine()
    source, overlaps = Subject[Any](), Overlaps()
    spy = Spy(act=overlaps)
    source.pipe(make()).subscribe(spy, scheduler=engine.delivery)
    pause = threading.Event()
    for number in range(300):
        source.on_next(log(f"l{number:03}"))
        if not number % 10:
            pause.wait(0.001)
    source.on_completed()
    assert spy.ended.wait(10)
    engine.close()
    assert not overlaps
    batches = [event.entries if isinstance(event, LogEntriesAdded) else (event.entry,) for event in spy.events]
    ids = [entry.id for batch in batches for entry in batch]
    assert ids == sorted(ids)
    assert ids[-1] == "l299"
    assert len(ids) > 1
