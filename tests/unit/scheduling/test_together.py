"""Several functions at once, on the calling thread and on free workers, without a deadlock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from rxeryph.scheduling import Workers, run_together
from tests.unit.scheduling.threads import held, run


@pytest.fixture
def pool() -> Iterator[Workers]:
    workers = Workers(1)
    yield workers
    workers.close()


def raising(error: BaseException) -> Callable[[], object]:
    def function() -> object:
        raise error

    return function


def test_results_come_in_order_and_the_caller_takes_part() -> None:
    pool, everyone = Workers(7), threading.Barrier(8)

    def function(index: int) -> int:
        everyone.wait(10)
        return index

    try:
        assert run_together([partial(function, index) for index in range(16)], pool.submit) == list(range(16))
    finally:
        pool.close()


def test_never_more_run_at_once_than_allowed() -> None:
    submitted: list[Callable[[], None]] = []
    assert run_together([int] * 9, submitted.append, at_once=3) == [0] * 9
    assert len(submitted) == 2
    for late in submitted:
        late()  # a worker that becomes free when all is done
    assert run_together([], submitted.append) == []
    assert len(submitted) == 2


def test_it_ends_on_the_only_worker_also_inside_itself(pool: Workers) -> None:
    results: list[object] = []

    def inner() -> list[str]:
        return run_together([lambda: threading.current_thread().name] * 3, pool.submit)

    run(pool.submit, lambda: results.extend(run_together([inner] * 2, pool.submit)))
    assert results == [["rxeryph-worker-1"] * 3] * 2


def test_it_ends_when_all_workers_are_busy_or_closed(pool: Workers) -> None:
    functions = [lambda: threading.current_thread().name] * 3
    here = [threading.current_thread().name] * 3
    with held(pool.submit):
        assert run_together(functions, pool.submit) == here
    pool.close()
    assert run_together(functions, pool.submit) == here


def test_it_waits_for_what_a_worker_has_begun(pool: Workers) -> None:
    begun, release = threading.Event(), threading.Event()
    main = threading.current_thread()

    def function() -> bool:
        if threading.current_thread() is main:
            assert begun.wait(10)
            threading.Timer(0.3, release.set).start()  # longer than a single wait
            return False
        begun.set()
        return release.wait(10)

    assert sorted(run_together([function] * 2, pool.submit)) == [False, True]


def test_the_first_error_is_raised_after_all_have_run(pool: Workers) -> None:
    ran: list[int] = []
    functions: list[Callable[[], object]] = [
        partial(ran.append, 0),
        raising(TimeoutError("one")),
        partial(ran.append, 1),
        raising(KeyError()),
    ]
    with pytest.raises(TimeoutError, match="one"):
        run_together(functions, lambda task: None)
    assert ran == [0, 1]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit()])
def test_an_interruption_of_the_caller_stops_it(error: BaseException) -> None:
    ran: list[int] = []
    helpers: list[Callable[[], None]] = []
    functions: list[Callable[[], object]] = [raising(error), partial(ran.append, 1), partial(ran.append, 2)]
    with pytest.raises(type(error)):
        run_together(functions, helpers.append)
    for late in helpers:
        late()
    assert ran == []
