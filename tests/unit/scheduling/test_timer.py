"""The timer: one thread, the monotonic clock, and an action that raises harms no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from reactivex.abc import SchedulerBase
from reactivex.disposable import Disposable

from rxeryph.scheduling import timer
from rxeryph.scheduling.timer import MonotonicScheduler
from tests.unit.scheduling.threads import at_once, held, join_all, no_new_threads, run, threads

NAME = "test-timer"


@contextmanager
def running() -> Iterator[MonotonicScheduler]:
    scheduler = MonotonicScheduler(NAME)
    try:
        yield scheduler
    finally:
        scheduler.close()


def calling(function: Callable[[], object]) -> Callable[..., None]:
    def action(scheduler: SchedulerBase, state: object = None) -> None:
        function()

    return action


def soon(scheduler: MonotonicScheduler) -> Callable[[Callable[[], object]], object]:
    return lambda function: scheduler.schedule(calling(function))


def drain(scheduler: MonotonicScheduler) -> None:
    """Wait until all that was due is done."""
    run(soon(scheduler))


def test_actions_run_when_they_are_due_and_then_in_the_order_they_were_scheduled() -> None:
    order: list[str] = []
    with running() as scheduler:
        now = scheduler.to_seconds(scheduler.now)
        with held(soon(scheduler)):
            for name, ago in (("c", 1.0), ("a", 3.0), ("d", 1.0), ("b", 2.0)):
                scheduler.schedule_absolute(now - ago, calling(partial(order.append, name)))
        drain(scheduler)
    assert order == ["a", "b", "c", "d"]


def test_an_action_never_runs_early() -> None:
    late: list[float] = []
    done = threading.Event()

    def measure(due: float) -> None:
        late.append(scheduler.to_seconds(scheduler.now) - due)
        if len(late) == 3:  # on a busy machine the last one to be due need not be the first one scheduled
            done.set()

    with running() as scheduler:
        for wait in (0.03, 0.01, 0.02):
            due = scheduler.to_seconds(scheduler.now) + wait
            action = partial(measure, due)
            scheduler.schedule_relative(timedelta(seconds=wait), calling(action))
        assert done.wait(30)
    assert len(late) == 3
    assert all(seconds > -0.001 for seconds in late)


def test_something_due_sooner_does_not_wait_for_what_is_due_later() -> None:
    with running() as scheduler:
        scheduler.schedule_relative(3600.0, calling(lambda: pytest.fail("too early")))
        drain(scheduler)


def test_the_action_is_given_the_scheduler_and_the_state() -> None:
    seen: list[object] = []

    def remember(given: SchedulerBase, state: int | None = None) -> None:
        seen.extend((given, state))

    with running() as scheduler:
        scheduler.schedule(remember, 7)
        drain(scheduler)
        assert seen == [scheduler, 7]


def test_a_cancelled_action_does_not_run() -> None:
    ran: list[int] = []
    with running() as scheduler:
        with held(soon(scheduler)):
            cancelled = [scheduler.schedule(calling(partial(ran.append, n))) for n in range(3)]
            cancelled[1].dispose()
            cancelled[1].dispose()
        drain(scheduler)
    assert ran == [0, 2]


@pytest.mark.parametrize("raised", [KeyError("broken"), SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_an_action_that_raises_is_logged_and_harms_no_other(
    raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise raised

    with caplog.at_level(logging.ERROR, "rxeryph"), running() as scheduler:
        scheduler.schedule(calling(broken))
        drain(scheduler)
        assert len(threads(NAME)) == 1
    assert [record.message for record in caplog.records] == ["A scheduled action raised"]


def test_a_thread_that_cannot_be_started_loses_no_action_and_is_started_with_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ran: list[int] = []
    with running() as scheduler, caplog.at_level(logging.WARNING, "rxeryph"):
        with no_new_threads():
            scheduler.schedule(calling(partial(ran.append, 1)))
        assert threads(NAME) == []
        drain(scheduler)
    assert ran == [1]
    assert [record.message for record in caplog.records] == [
        "The thread test-timer could not be started (can't start new thread); the next action tries again"
    ]


def test_disposing_disposes_what_the_action_returned_or_will_return() -> None:
    returned = [Disposable(), Disposable()]
    with running() as scheduler:
        early = scheduler.schedule(lambda scheduler, state: returned[0])
        drain(scheduler)
        assert not returned[0].is_disposed
        early.dispose()
        with held(soon(scheduler)):
            during = scheduler.schedule(lambda scheduler, state: during.dispose() or returned[1])
        drain(scheduler)
    assert [each.is_disposed for each in returned] == [True, True]


def test_there_is_one_daemon_thread_and_none_before_it_is_needed() -> None:
    with running() as scheduler:
        assert threads(NAME) == []
        for _ in range(20):
            scheduler.schedule_relative(3600.0, calling(print))
        drain(scheduler)
        (thread,) = threads(NAME)
        assert thread.daemon
    assert threads(NAME) == []


def test_close_drops_what_is_due_later_and_ends_the_thread() -> None:
    with running() as scheduler:
        scheduler.schedule_relative(3600.0, calling(print))
        drain(scheduler)
        scheduler.close()
        assert threads(NAME) == []
        disposable = scheduler.schedule(calling(lambda: pytest.fail("closed")))
        disposable.dispose()
        assert threads(NAME) == []


def test_close_does_not_wait_for_an_action_that_hangs() -> None:
    scheduler = MonotonicScheduler(NAME)
    with held(soon(scheduler)):
        scheduler.close(timeout=0.01)
        assert len(threads(NAME)) == 1
    join_all(NAME)


def test_close_from_the_timer_thread_itself() -> None:
    scheduler = MonotonicScheduler(NAME)
    run(soon(scheduler), scheduler.close)
    join_all(NAME)


def test_an_idle_thread_ends_and_the_next_action_starts_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timer, "IDLE_SECONDS", 0.0)
    with running() as scheduler:
        for _ in range(300):
            drain(scheduler)
        join_all(NAME)
        drain(scheduler)


def test_a_thread_with_something_to_do_later_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timer, "IDLE_SECONDS", 0.0)
    done = threading.Event()
    with running() as scheduler:
        scheduler.schedule_relative(0.02, calling(done.set))
        assert len(threads(NAME)) == 1
        assert done.wait(30)
        join_all(NAME)


def test_many_threads_may_schedule_at_once() -> None:
    ran: list[int] = []
    with running() as scheduler:

        def schedule(first: int) -> None:
            for number in range(first, first + 100):
                scheduler.schedule(calling(partial(ran.append, number)))

        at_once(*(partial(schedule, first) for first in range(0, 800, 100)))
        drain(scheduler)
    assert sorted(ran) == list(range(800))


def test_the_clock_is_the_monotonic_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as scheduler:
        monkeypatch.setattr("time.monotonic", lambda: 1234.5)
        assert scheduler.to_seconds(scheduler.now) == 1234.5
        monkeypatch.undo()


def test_it_is_a_scheduler_for_everything_periodic() -> None:
    done = threading.Event()

    def tick(state: int | None) -> int:
        if state == 2:
            done.set()
        return (state or 0) + 1

    with running() as scheduler:
        periodic = scheduler.schedule_periodic(0.001, tick, 0)
        assert done.wait(30)
        periodic.dispose()


@pytest.mark.parametrize("seconds", [threading.TIMEOUT_MAX * 10, float("inf")])
def test_a_wait_longer_than_python_can_wait_harms_no_other(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """``Retry-After: 99999999999``, or a policy that says 1e11, must not end the timer of all streams."""
    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)
    done = threading.Event()
    with running() as scheduler:
        scheduler.schedule_relative(seconds, calling(print))
        for thread in threads(NAME):
            thread.join(0.1)
        scheduler.schedule(calling(done.set))
        assert done.wait(0.5)
