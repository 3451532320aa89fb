"""The request threads: never more than allowed, never fewer than could work, gone after close."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from rxeryph.scheduling import workers
from rxeryph.scheduling.workers import Workers
from tests.unit.scheduling.threads import at_once, held, join_all, no_new_threads, run, threads

NAME = "test-worker"


@contextmanager
def running(count: int) -> Iterator[Workers]:
    pool = Workers(count, NAME)
    try:
        yield pool
    finally:
        pool.close()


def meet(pool: Workers, count: int) -> None:
    """Return when ``count`` tasks run at once."""
    together = threading.Barrier(count + 1)
    for _ in range(count):
        pool.submit(lambda: together.wait(30))  # type: ignore[arg-type]
    together.wait(30)


class Crowd:
    """Counts how many tasks run at the same time."""

    def __init__(self, expected: int) -> None:
        self.running = self.most = self.done = 0
        self.threads: set[str] = set()
        self.all_done = threading.Event()
        self._expected = expected
        self._lock = threading.Lock()

    def task(self) -> None:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
            self.threads.add(threading.current_thread().name)
        with self._lock:
            self.running -= 1
            self.done += 1
            if self.done == self._expected:
                self.all_done.set()


@pytest.mark.parametrize("count", [1, 3, 8])
def test_as_many_tasks_run_at_once_as_there_may_be_threads_and_no_more(count: int) -> None:
    with running(count) as pool:
        for _ in range(5):  # again and again, so that threads are found idle and busy
            meet(pool, count)
            assert 1 <= len(threads(NAME)) <= count


def test_threads_are_daemons_with_names_and_only_started_on_demand() -> None:
    with running(4) as pool:
        assert threads(NAME) == []
        run(pool.submit)
        (thread,) = threads(NAME)
        assert thread.daemon
        assert thread.name == "test-worker-1"


@pytest.mark.parametrize("idle", [10.0, 0.0005])
def test_every_task_of_many_threads_runs(idle: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a tiny idle time threads leave and come all the while."""
    monkeypatch.setattr(workers, "IDLE_SECONDS", idle)
    crowd = Crowd(8 * 250)
    most: list[int] = []
    with running(4) as pool:

        def submit() -> None:
            for _ in range(250):
                pool.submit(crowd.task)
                most.append(len(threads(NAME)))

        at_once(*[submit] * 8)
        assert crowd.all_done.wait(30)
    assert crowd.done == 2000
    assert crowd.most <= 4
    assert max(most) <= 4


def test_idle_threads_end_and_the_next_task_starts_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.001)
    with running(2) as pool:
        for _ in range(20):
            meet(pool, 2)
            join_all(NAME)


@pytest.mark.parametrize("raised", [KeyError("broken"), SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_a_task_that_raises_is_logged_and_costs_no_thread(
    raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise raised

    with caplog.at_level(logging.ERROR, "rxeryph"), running(1) as pool:
        pool.submit(broken)
        run(pool.submit)
        assert [thread.name for thread in threads(NAME)] == ["test-worker-1"]
    assert [record.message for record in caplog.records] == ["A task raised"]


def test_a_thread_that_cannot_be_started_loses_no_task_and_is_started_with_the_next(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ran: list[int] = []
    with running(2) as pool, caplog.at_level(logging.WARNING, "rxeryph"):
        with no_new_threads():
            for number in range(3):
                pool.submit(partial(ran.append, number))
        assert threads(NAME) == []
        run(pool.submit)
        assert ran == [0, 1, 2]
        meet(pool, 2)
        assert sorted(thread.name for thread in threads(NAME)) == ["test-worker-1", "test-worker-2"]
    assert [record.message for record in caplog.records] == [
        "The thread test-worker-1 could not be started (can't start new thread); the next task tries again"
    ] * 3


def test_a_task_waits_for_a_thread_that_runs_if_no_other_can_be_started() -> None:
    done = threading.Event()
    with running(2) as pool:
        with held(pool.submit), no_new_threads():
            pool.submit(done.set)
        assert done.wait(30)


def test_close_ends_all_threads_and_drops_what_comes_later() -> None:
    with running(4) as pool:
        meet(pool, 4)
        assert len(threads(NAME)) == 4
        pool.close()
        assert threads(NAME) == []
        pool.submit(lambda: pytest.fail("closed"))
        assert threads(NAME) == []
        pool.close()


def test_close_does_not_wait_for_a_task_that_hangs_and_drops_those_that_have_not_begun() -> None:
    pool = Workers(1, NAME)
    with held(pool.submit):
        for _ in range(100):
            pool.submit(lambda: pytest.fail("closed"))
        pool.close(timeout=0.01)
        assert len(threads(NAME)) == 1
    join_all(NAME)


def test_close_from_one_of_the_threads() -> None:
    pool = Workers(2, NAME)
    run(pool.submit, pool.close)
    join_all(NAME)


@pytest.mark.parametrize("count", [0, -1])
def test_a_pool_without_threads_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1, not {count}"):
        Workers(count)


def test_a_task_that_hands_in_more_work_as_its_last_act_does_it_on_its_own_thread() -> None:
    """A late poll is made at once, again and again: no second thread is worth waking for that."""
    crowd = Crowd(50)
    with running(8) as pool:

        def again() -> None:
            crowd.task()
            if crowd.done < 50:
                pool.submit_last(again)

        pool.submit(again)
        assert crowd.all_done.wait(30)
        assert crowd.threads == {"test-worker-1"}


def test_a_task_that_hands_in_work_in_its_middle_does_not_have_to_end_for_it() -> None:
    done = threading.Event()
    with running(2) as pool:
        pool.submit(lambda: (pool.submit(done.set), done.wait(30)))  # type: ignore[arg-type,func-returns-value]
        assert done.wait(5)
