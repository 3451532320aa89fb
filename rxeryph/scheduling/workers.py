"""A few daemon threads that make requests and deliver events, started on demand."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from ..process import Process
from .log import logger
from .observers import USER_CODE_ERRORS

Submit: TypeAlias = Callable[[Callable[[], None]], None]
"""Runs a function soon, on another thread (a worker)."""

IDLE_SECONDS = 10.0
"""How long a thread waits for work before it ends."""


class Workers:
    """Runs functions on at most ``count`` threads, named ``rxeryph-worker-1`` and so on.

    If the system cannot start a thread, the task waits for one that is there or for the next task, which tries again.
    """

    def __init__(self, count: int = 8, name: str = "rxeryph-worker") -> None:
        if count < 1:
            raise ValueError(f"workers must be at least 1, not {count}")
        self._count = count
        self._name = name
        self._process = Process()
        self._lock = threading.Lock()
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: set[threading.Thread] = set()
        self._blocked: Counter[threading.Thread] = Counter()  # how many waits of it are under way
        self._free = 0
        self._started = 0
        self._is_closed = False

    def submit(self, task: Callable[[], None]) -> None:
        """Run ``task`` on one of the threads; after ``close``, and in a forked process, it is dropped."""
        self._put(task, is_last=False)

    def submit_last(self, task: Callable[[], None]) -> None:
        """The same, as the last act of a task: the worker that runs it will be free for ``task`` at once."""
        self._put(task, is_last=True)

    def _put(self, task: Callable[[], None], *, is_last: bool) -> None:
        if not self._process.is_this:
            return
        with self._lock:
            if self._is_closed:
                return
            self._tasks.put(task)
            if self._free > 0:
                self._free -= 1
            elif len(self._threads) < self._count and not (is_last and threading.current_thread() in self._threads):
                self._start()

    def _start(self) -> None:
        name = f"{self._name}-{self._started + 1}"
        thread = threading.Thread(target=self._run, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            logger.warning("The thread %s could not be started (%s); the next task tries again", name, error)
        else:
            self._started += 1
            self._threads.add(thread)

    def _run(self) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                with self._lock:
                    if self._tasks.empty():
                        self._free = max(0, self._free - 1)
                        self._threads.discard(threading.current_thread())
                        return
                continue
            if task is None or self._is_closed:
                return
            try:
                task()
            except USER_CODE_ERRORS:  # a broken task must not end a thread that others need
                logger.exception("A task raised")
            with self._lock:
                # A task that is still in the queue will be taken without having counted on a free thread.
                if self._tasks.empty():
                    self._free += 1

    @contextmanager
    def blocking(self) -> Iterator[None]:
        """Around a wait for what only the workers can bring about; any other thread may wait as well.

        Raises RuntimeError on a worker, if all the others wait already, so that the wait would never end.
        """
        thread = threading.current_thread()
        with self._lock:  # a thread that was just started is not in the set before the lock is free
            is_worker = thread in self._threads
            if is_worker and thread not in self._blocked and len(self._blocked) + 1 >= self._count:
                raise RuntimeError(self._none_left())
            self._blocked[thread] += is_worker
            if is_worker and not self._free and len(self._threads) < self._count and not self._tasks.empty():
                self._start()  # what ``submit_last`` left to this worker cannot wait for it
        try:
            yield
        finally:
            with self._lock:
                self._blocked[thread] -= is_worker
                if not self._blocked[thread]:
                    del self._blocked[thread]

    def _none_left(self) -> str:
        waits = "its only worker" if self._count == 1 else f"the last of its {self._count} workers"
        return (
            f"This handler runs on {waits}, and would wait for what no worker is left to bring. Do not wait in"
            " handlers: use then(), flat_map or the OperationFinished event, or connect with more workers."
        )

    def close(self, timeout: float = 2.0) -> None:
        """End the threads, waiting up to ``timeout`` seconds in all for those that are busy."""
        if not self._process.is_this:
            return
        with self._lock:
            self._is_closed = True
            threads = tuple(self._threads)
            self._threads.clear()
        for _ in threads:
            self._tasks.put(None)
        deadline = time.monotonic() + timeout
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
