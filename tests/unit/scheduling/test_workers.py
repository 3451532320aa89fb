"""The workers: never more than allowed, never fewer than could work, gone after close."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rxeryph.scheduling import workers
from rxeryph.scheduling.workers import Workers


@contextmanager
def running(count: int) -> Iterator[Workers]:
    pool = Workers(count, "test-worker")
    try:
        yield pool
    finally:
        pool.close()


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("test-worker")]


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
            together = threading.Barrier(count + 1)
            for _ in range(count):
                pool.submit(lambda together=together: together.wait(30))  # type: ignore[misc]
            together.wait(30)
            assert 1 <= len(threads()) <= count


def test_threads_are_daemons_with_names_and_only_started_on_demand() -> None:
    with running(4) as pool:
        assert threads() == []
        done = threading.Event()
        pool.submit(done.set)
        assert done.wait(30)
        (thread,) = threads()
        assert thread.daemon
        assert thread.name == "test-worker-1"


def test_an_idle_thread_is_used_again() -> None:
    names: set[str] = set()
    with running(4) as pool:
        for _ in range(50):
            done = threading.Event()

            def task(done: threading.Event = done) -> None:
                names.add(threading.current_thread().name)
                done.set()

            pool.submit(task)
            assert done.wait(30)
    assert len(names) <= 4


@pytest.mark.parametrize("idle", [10.0, 0.0005])
def test_every_task_of_many_threads_runs(idle: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a tiny idle time, threads end and start all the while."""
    monkeypatch.setattr(workers, "IDLE_SECONDS", idle)
    crowd = Crowd(8 * 250)
    start = threading.Barrier(8)
    most: list[int] = []
    with running(4) as pool:

        def submit() -> None:
            start.wait(30)
            for _ in range(250):
                pool.submit(crowd.task)
                most.append(len(threads()))

        submitters = [threading.Thread(target=submit) for _ in range(8)]
        for thread in submitters:
            thread.start()
        for thread in submitters:
            thread.join(30)
        assert crowd.all_done.wait(30)
    assert crowd.done == 2000
    assert crowd.most <= 4
    assert max(most) <= 4


def test_idle_threads_end_and_the_next_task_starts_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.001)
    with running(2) as pool:
        for _ in range(20):
            together = threading.Barrier(3)
            for _ in range(2):
                pool.submit(lambda together=together: together.wait(30))  # type: ignore[misc]
            together.wait(30)
            for thread in threads():
                thread.join(30)
        assert threads() == []


@pytest.mark.parametrize("raised", [KeyError("broken"), SystemExit(1)])
def test_a_task_that_raises_is_logged_and_costs_no_thread(
    raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise raised

    done = threading.Event()
    with caplog.at_level(logging.ERROR, "rxeryph"), running(1) as pool:
        pool.submit(broken)
        pool.submit(done.set)
        assert done.wait(30)
        assert [thread.name for thread in threads()] == ["test-worker-1"]
    assert [record.message for record in caplog.records] == ["A task raised"]


def test_close_ends_all_threads_and_drops_later_tasks() -> None:
    with running(4) as pool:
        together = threading.Barrier(5)
        for _ in range(4):
            pool.submit(lambda: together.wait(30))  # type: ignore[arg-type]
        together.wait(30)
        assert len(threads()) == 4
        pool.close()
        assert threads() == []
        pool.submit(lambda: pytest.fail("closed"))
        assert threads() == []
        pool.close()


def test_close_does_not_wait_for_a_task_that_hangs() -> None:
    entered, release = threading.Event(), threading.Event()

    def hang() -> None:
        entered.set()
        assert release.wait(30)

    pool = Workers(2, "test-worker")
    pool.submit(hang)
    assert entered.wait(30)
    pool.close(timeout=0.01)
    (left,) = threads()
    assert left.is_alive()
    release.set()
    left.join(30)
    assert threads() == []


def test_close_from_one_of_the_threads() -> None:
    done = threading.Event()
    pool = Workers(2, "test-worker")

    def close() -> None:
        pool.close()
        done.set()

    pool.submit(close)
    assert done.wait(30)
    for thread in threads():
        thread.join(30)


@pytest.mark.parametrize("count", [0, -1])
def test_a_pool_without_threads_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1, not {count}"):
        Workers(count)


def test_close_drops_tasks_that_have_not_begun() -> None:
    entered, release = threading.Event(), threading.Event()
    ran: list[int] = []

    def hang() -> None:
        entered.set()
        assert release.wait(30)

    pool = Workers(1, "test-worker")
    pool.submit(hang)
    assert entered.wait(30)
    for number in range(100):
        pool.submit(lambda number=number: ran.append(number))  # type: ignore[misc]
    (thread,) = threads()
    pool.close(timeout=0.01)
    release.set()
    thread.join(30)
    assert ran == []


def test_a_task_that_submits_another_as_its_last_act_gets_it_on_its_own_thread() -> None:
    """A late poll is made at once, again and again; that must not wake a second thread."""
    crowd = Crowd(50)
    with running(8) as pool:

        def again() -> None:
            crowd.task()
            if crowd.done < 50:
                pool.submit_last(again)

        pool.submit(again)
        assert crowd.all_done.wait(30)
        assert crowd.threads == {"test-worker-1"}


def test_a_task_that_submits_another_in_its_middle_does_not_have_to_end_for_it() -> None:
    done = threading.Event()
    with running(2) as pool:
        pool.submit(lambda: (pool.submit(done.set), done.wait(30)))  # type: ignore[arg-type,func-returns-value]
        assert done.wait(5)
