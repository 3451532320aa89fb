"""Threads for tests: many at once, one that is held, and those that are left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch


def at_once(*functions: Callable[[], object]) -> None:
    """Run each function on a thread of its own, all from the same moment, and wait for all."""
    start = threading.Barrier(len(functions))

    def run(function: Callable[[], object]) -> None:
        start.wait(30)
        function()

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@contextmanager
def held(submit: Callable[[Callable[[], None]], object]) -> Iterator[None]:
    """Keep the thread that runs what is given to ``submit`` busy meanwhile."""
    busy, released = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        assert released.wait(30)

    submit(hold)
    assert busy.wait(30)
    try:
        yield
    finally:
        released.set()


@contextmanager
def no_new_threads() -> Iterator[None]:
    """The system refuses to start threads meanwhile."""
    with patch.object(threading.Thread, "start", side_effect=RuntimeError("can't start new thread")):
        yield


def run(submit: Callable[[Callable[[], None]], object], function: Callable[[], object] = bool) -> None:
    """Wait until ``function``, and all that was due before it, is done."""
    done = threading.Event()

    def call() -> None:
        function()
        done.set()

    submit(call)
    assert done.wait(30)


def threads(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(name)]


def join_all(name: str) -> None:
    """Wait until no thread of that name is left."""
    for thread in threads(name):
        thread.join(30)
    assert threads(name) == []
