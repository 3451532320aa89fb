"""Fewer log entries: values, times, and that nothing else is touched."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import Observable, Subject
from reactivex.abc import DisposableBase
from reactivex.disposable import Disposable
from reactivex.testing import TestScheduler

from rxeryph import operators as ops
from rxeryph.events import LogEntriesAdded, LogEntryAdded, LogsSuppressed, TrackingFailed
from rxeryph.model import LogEntry
from rxeryph.operators._scheduled_observable import scheduler_of
from rxeryph.polling import threaded_engine
from tests.unit.operators.watching import END, Live, Stage, Watch, finished, log, status, updated
from tests.unit.samples import COMPLETED, NO_ROUTE, RUNNING, operation

L1, L2, L3, L4, L5 = (log(f"l{number}") for number in range(1, 6))
LOST = TrackingFailed("op", operation(), NO_ROUTE)


def batch(*events: Any, of: str = "op") -> LogEntriesAdded:
    return LogEntriesAdded(of, events[-1].operation, tuple(event.entry for event in events))


def suppressed(count: int, is_final: bool = False, seen: Any = None) -> LogsSuppressed:
    return LogsSuppressed("op", seen or operation(), count, is_final)


# throttle_logs


def test_the_first_entry_comes_at_once_and_the_latest_of_each_window_at_its_end() -> None:
    stage = Stage()
    told = stage.tell((10, L1), (12, L2), (14, L3), (21, L4), (70, L5))
    assert stage.watched(told.pipe(ops.throttle_logs(10.0))) == [(10, L1), (20, L3), (30, L4), (70, L5)]


def test_a_window_in_which_nothing_came_is_the_last() -> None:
    stage = Stage()
    told = stage.tell((10, L1), (21, L2), (22, L3), (45, L4))
    assert stage.watched(told.pipe(ops.throttle_logs(10.0))) == [(10, L1), (21, L2), (31, L3), (45, L4)]


@pytest.mark.parametrize("end", [status(COMPLETED), finished(), LOST], ids=lambda event: type(event).__name__)
def test_the_latest_entry_comes_before_the_end_of_its_operation(end: Any) -> None:
    stage = Stage()
    told = stage.tell((10, L1), (11, L2), (12, L3), (13, end))
    assert stage.watched(told.pipe(ops.throttle_logs(10.0))) == [(10, L1), (13, L3), (13, end)]


@pytest.mark.parametrize("end", [END, NO_ROUTE], ids=["completed", "error"])
def test_the_latest_entry_comes_before_the_end_of_the_stream(end: Any) -> None:
    stage = Stage()
    other = log("m1", "other"), log("m2", "other")
    told = stage.tell((10, L1), (11, other[0]), (12, L2), (13, other[1]), (14, end))
    assert stage.watched(told.pipe(ops.throttle_logs(10.0))) == [
        (10, L1),
        (11, other[0]),
        (14, L2),
        (14, other[1]),
        (14, end),
    ]
    assert stage.is_quiet


def test_entries_after_the_terminal_status_begin_a_window_and_come_before_the_result() -> None:
    stage = Stage()
    terminal, result = status(COMPLETED), finished()
    told = stage.tell((10, L1), (11, L2), (12, terminal), (13, L3), (14, L4), (23, L5), (24, result), (24, END))
    assert stage.watched(told.pipe(ops.throttle_logs(10.0))) == [
        (10, L1),
        (12, L2),
        (12, terminal),
        (22, L4),
        (24, L5),
        (24, result),
        (24, END),
    ]


def test_a_terminal_status_with_nothing_held_back_leaves_the_window_as_it_is() -> None:
    stage = Stage()
    told = stage.tell((10, L1), (12, status(COMPLETED)), (13, L2))
    assert stage.watched(told.pipe(ops.throttle_logs(10.0)))[-1] == (20, L2)


@pytest.mark.parametrize("operator", [ops.throttle_logs(10.0), ops.batch_logs(10.0), ops.limit_logs(1)])
def test_all_other_events_pass_at_once_and_flush_nothing(operator: Any) -> None:
    stage = Stage()
    others = [status(RUNNING), updated(1), ("any", "thing"), status(COMPLETED, "other"), finished(of="other")]
    told = stage.tell((10, L1), (11, L2), *((12 + at, event) for at, event in enumerate(others)))
    passed = [step for step in stage.watched(told.pipe(operator), until=17.0) if step[0] >= 12]
    assert passed == [(12 + at, event) for at, event in enumerate(others)]


def test_each_operation_has_windows_of_its_own() -> None:
    stage = Stage()
    mine, yours = stage.tell((10, L1), (11, L2)), stage.tell((15, log("m1", "other")), (16, log("m2", "other")))
    merged = ops.merge(mine, yours).pipe(ops.throttle_logs(10.0))
    seen = [(at, event.entry.id) for at, event in stage.watched(merged)]
    assert seen == [(10, "l1"), (15, "m1"), (20, "l2"), (25, "m2")]


def test_an_operation_that_ended_is_forgotten() -> None:
    stage = Stage()
    told = stage.tell((10, L1), (11, finished()), (12, L2))
    assert stage.watched(told.pipe(ops.throttle_logs(10.0)))[-1] == (12, L2)


def test_an_entry_the_observer_brings_about_itself_waits_for_the_end_of_the_window() -> None:
    stage, source = Stage(), Subject[Any]()

    def react(event: Any) -> None:
        if event is L1:
            source.on_next(L2)

    watch, subscription = stage.watch(source.pipe(ops.throttle_logs(10.0)), react)
    stage.scheduler.advance_to(5)
    source.on_next(L1)
    stage.scheduler.advance_to(100)
    assert watch.timed == [(5, L1), (15, L2)]
    subscription.dispose()


class DeafScheduler(TestScheduler):
    """Does what it was told even where that was taken back: a thread that was about to do it anyway."""

    def schedule_relative(self, duetime: Any, action: Any, state: Any = None) -> DisposableBase:
        super().schedule_relative(duetime, action, state)
        return Disposable()


def test_the_end_of_a_window_that_is_gone_does_nothing() -> None:
    stage = Stage(DeafScheduler())
    terminal = status(COMPLETED)
    told = stage.tell((10, L1), (11, L2), (12, terminal), (13, L3))
    assert stage.watched(told.pipe(ops.throttle_logs(10.0))) == [(10, L1), (12, L2), (12, terminal), (22, L3)]


def test_the_end_of_a_window_whose_observer_has_left_begins_no_other() -> None:
    stage = Stage(DeafScheduler())
    watch, subscription = stage.watch(stage.tell((10, L1), (11, L2)).pipe(ops.throttle_logs(10.0)))
    stage.scheduler.advance_to(15)
    subscription.dispose()
    stage.scheduler.advance_to(20)
    assert watch.timed == [(10, L1)]
    assert stage.is_quiet


def test_the_end_of_a_batch_that_is_gone_does_nothing() -> None:
    stage = Stage(DeafScheduler())
    told = stage.tell((10, L1), (11, L2), (12, L3))
    assert stage.watched(told.pipe(ops.batch_logs(10.0, 2))) == [(11, batch(L1, L2)), (22, batch(L3))]


def test_nothing_stays_due_for_a_window_that_was_flushed() -> None:
    stage = Stage()
    told = stage.tell((10, L1), (11, L2), (12, status(COMPLETED)))
    stage.watched(told.pipe(ops.throttle_logs(10.0)), until=12)
    assert stage.due == 1


# batch_logs


def test_the_snapshot_of_a_batch_is_the_newest() -> None:
    stage = Stage()
    newer = LogEntryAdded("op", operation(message="newer"), L2.entry)
    told = stage.tell((10, L1), (11, newer), (12, END))
    assert stage.watched(told.pipe(ops.batch_logs(10.0)))[0] == (
        12,
        LogEntriesAdded("op", newer.operation, (L1.entry, L2.entry)),
    )


def test_a_batch_comes_when_its_time_is_over_or_when_it_is_full() -> None:
    stage = Stage()
    told = stage.tell((10, L1), (15, L2), (30, L3), (31, L4), (32, L5), (33, L1))
    assert stage.watched(told.pipe(ops.batch_logs(10.0, 3))) == [
        (20, batch(L1, L2)),
        (32, batch(L3, L4, L5)),
        (43, batch(L1)),
    ]


def test_batches_of_one_come_at_once() -> None:
    stage = Stage()
    assert stage.watched(stage.tell((10, L1), (11, L2)).pipe(ops.batch_logs(10.0, 1))) == [
        (10, batch(L1)),
        (11, batch(L2)),
    ]
    assert not stage.due


@pytest.mark.parametrize(
    "end", [status(COMPLETED), finished(), LOST, END, NO_ROUTE], ids=["status", "finished", "lost", "end", "error"]
)
def test_an_open_batch_comes_before_any_end(end: Any) -> None:
    stage = Stage()
    told = stage.tell((10, L1), (11, L2), (12, end))
    assert stage.watched(told.pipe(ops.batch_logs(10.0))) == [(12, batch(L1, L2)), (12, end)]
    assert not stage.due


def test_a_batch_has_entries_of_one_operation() -> None:
    stage = Stage()
    other = log("m1", "other")
    told = stage.tell((10, L1), (11, other), (12, L2), (13, END))
    assert stage.watched(told.pipe(ops.batch_logs())) == [
        (11, batch(L1)),
        (12, batch(other, of="other")),
        (13, batch(L2)),
        (13, END),
    ]


# limit_logs


def test_entries_beyond_the_limit_are_told_at_the_first_one_and_counted_at_the_end() -> None:
    stage = Stage()
    end = finished()
    told = stage.tell(
        (1, L1), (2, L2), (3, L3), (4, L4), (5, L5), (6, status(COMPLETED)), (7, L1), (8, end), (9, END)
    )
    assert stage.watched(told.pipe(ops.limit_logs(2))) == [
        (1, L1),
        (2, L2),
        (3, suppressed(1)),
        (6, status(COMPLETED)),
        (8, suppressed(4, True, end.operation)),
        (8, end),
        (9, END),
    ]


@pytest.mark.parametrize("end", [LOST, END, NO_ROUTE], ids=["lost", "end", "error"])
def test_the_total_is_told_before_any_end(end: Any) -> None:
    stage = Stage()
    told = stage.tell((1, L1), (2, L2), (3, end))
    assert stage.watched(told.pipe(ops.limit_logs(0))) == [(1, suppressed(1)), (3, suppressed(2, True)), (3, end)]


def test_nothing_is_told_where_nothing_was_left_out() -> None:
    stage = Stage()
    steps = [(1, L1), (2, L2), (3, finished()), (4, END)]
    assert stage.watched(stage.tell(*steps).pipe(ops.limit_logs(2))) == steps


def test_each_operation_has_a_limit_of_its_own() -> None:
    stage = Stage()
    told = stage.tell((1, L1), (2, log("m1", "other")), (3, L2), (4, log("m2", "other")), (5, finished()))
    seen = [(type(event).__name__, event.operation_id) for _, event in stage.watched(told.pipe(ops.limit_logs(1)))]
    assert seen == [
        ("LogEntryAdded", "op"),
        ("LogEntryAdded", "other"),
        ("LogsSuppressed", "op"),
        ("LogsSuppressed", "other"),
        ("LogsSuppressed", "op"),
        ("OperationFinished", "op"),
    ]


# All three


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: ops.throttle_logs(0.0), "throttle_logs needs more than 0 seconds, not 0.0"),
        (lambda: ops.throttle_logs(-1.0), "not -1.0"),
        (lambda: ops.throttle_logs(float("nan")), "not nan"),
        (lambda: ops.throttle_logs(float("inf")), "not inf"),
        (lambda: ops.batch_logs(0.0), "batch_logs needs more than 0 seconds"),
        (lambda: ops.batch_logs(1.0, 0), "batch_logs needs a count of 1 or more, not 0"),
        (lambda: ops.limit_logs(-1), "limit_logs needs a count of 0 or more, not -1"),
    ],
)
def test_arguments_out_of_range_are_refused_when_the_operator_is_made(build: Callable[[], object], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        build()


@pytest.mark.parametrize("operator", [ops.throttle_logs(10.0), ops.batch_logs(10.0), ops.limit_logs(1)])
def test_disposing_leaves_the_source_and_the_clock_at_once(operator: Any) -> None:
    stage = Stage()
    watch, subscription = stage.watch(stage.tell((10, L1), (11, L2)).pipe(operator))
    stage.scheduler.advance_to(15)
    before = list(watch.timed)
    subscription.dispose()
    assert stage.is_quiet
    stage.scheduler.advance_to(1000)
    assert watch.timed == before


@pytest.mark.parametrize("operator", [ops.throttle_logs, ops.batch_logs])
def test_the_clock_is_the_operators_own_argument_before_the_subscribers(operator: Any) -> None:
    stage, other = Stage(), TestScheduler()
    watch, _ = stage.watch(stage.tell((10, L1), (11, L2)).pipe(operator(10.0, scheduler=other)))
    stage.scheduler.advance_to(100)
    before = len(watch.seen)
    other.advance_to(11)
    assert len(watch.seen) == before + 1


@pytest.mark.parametrize("operator", [ops.throttle_logs, ops.batch_logs])
def test_the_clock_is_the_connections_where_nobody_says_another(operator: Any) -> None:
    live, clock = Live(), TestScheduler()
    live.scheduler = clock
    chain: Observable[Any] = live.pipe(ops.of_type(type(L1)), operator(10.0), ops.throttle_logs(10.0), ops.tag(1))
    assert scheduler_of(chain) is clock
    watch = Watch()
    chain.subscribe(watch)
    live.feed(L1, L2)
    before = len(watch.seen)
    clock.advance_to(10)
    assert len(watch.seen) == before + 1
    live.end()


@pytest.mark.parametrize("operator", [ops.throttle_logs(0.01), ops.batch_logs(0.01)])
def test_without_any_clock_one_thread_of_its_own_lives_as_long_as_the_subscription(operator: Any) -> None:
    source = Subject[Any]()
    came, threads = threading.Event(), set()

    def note(event: object) -> None:
        threads.add(threading.current_thread().name)
        if "rxeryph-operator" in threads:
            came.set()

    source.pipe(operator).subscribe(note)
    source.on_next(L1)
    source.on_next(L2)
    assert came.wait(10)
    source.on_completed()
    assert threads <= {"rxeryph-operator", threading.current_thread().name}


@pytest.mark.parametrize("operator", [ops.throttle_logs(0.001), ops.batch_logs(0.001, 7)], ids=["throttle", "batch"])
def test_on_real_threads_events_come_in_order_and_never_two_at_a_time(operator: Any) -> None:
    engine = threaded_engine()
    source = Subject[Any]()
    busy = threading.Lock()
    overlaps: list[object] = []
    entries: list[LogEntry] = []

    def note(event: Any) -> None:
        if not busy.acquire(False):
            overlaps.append(event)
            return
        entries.extend([event.entry] if hasattr(event, "entry") else event.entries)
        busy.release()

    done = threading.Event()
    made: Observable[Any] = source.pipe(operator)
    made.subscribe(note, on_completed=done.set, scheduler=engine.delivery)
    pause = threading.Event()
    for number in range(300):
        source.on_next(log(f"l{number:03}"))
        if not number % 10:
            pause.wait(0.001)
    source.on_completed()
    assert done.wait(10)
    engine.close()
    assert not overlaps
    ids = [each.id for each in entries]
    assert ids == sorted(ids)
    assert ids[-1] == "l299"
    assert len(ids) > 1
