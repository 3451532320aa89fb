"""A scheduler on one thread and the monotonic clock, which changes of the wall clock do not affect."""

from __future__ import annotations

import heapq
import math
import threading
import time
from abc import abstractmethod
from datetime import datetime
from typing import Any, TypeVar

from reactivex import typing
from reactivex.abc import DisposableBase, SchedulerBase
from reactivex.scheduler.periodicscheduler import PeriodicScheduler

from ..process import Process
from .log import logger
from .observers import USER_CODE_ERRORS

StateT = TypeVar("StateT")

IDLE_SECONDS = 10.0
"""How long the thread waits for another action before it ends; the next action starts a new one."""

LONGEST_WAIT = 3600.0
"""Longest single wait in seconds; Python refuses to wait for centuries."""

AWAKE = -math.inf
"""In the place of the time at which the thread wakes up by itself, when it is awake or there is none."""


class ClockScheduler(PeriodicScheduler):
    """A scheduler whose clock counts seconds."""

    @abstractmethod
    def seconds(self) -> float:
        """Seconds on its clock."""

    @abstractmethod
    def _add(self, due: float, action: typing.ScheduledAction[StateT], state: StateT | None) -> DisposableBase:
        """Run ``action`` at ``due`` seconds."""

    @property
    def now(self) -> datetime:
        return self.to_datetime(self.seconds())

    def schedule(self, action: typing.ScheduledAction[StateT], state: StateT | None = None) -> DisposableBase:
        """Run ``action`` as soon as possible."""
        return self._add(self.seconds(), action, state)

    def schedule_relative(
        self,
        duetime: typing.RelativeTime,
        action: typing.ScheduledAction[StateT],
        state: StateT | None = None,
    ) -> DisposableBase:
        """Run ``action`` after ``duetime`` (seconds, or a timedelta)."""
        wait = duetime if isinstance(duetime, float) else self.to_seconds(duetime)
        return self._add(self.seconds() + wait if wait > 0 else self.seconds(), action, state)

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: typing.ScheduledAction[StateT],
        state: StateT | None = None,
    ) -> DisposableBase:
        """Run ``action`` at ``duetime`` on this scheduler's own clock."""
        return self._add(self.to_seconds(duetime), action, state)


class MonotonicScheduler(ClockScheduler):
    """Runs each action when it is due, on a daemon thread that is started on demand.

    Actions must be quick and hand work to other threads. An action that raises is logged and harms no other.
    ``now`` counts from when the machine started, not from 1970. If the system cannot start a thread, the actions wait
    and the next one tries again. In a forked process, which does not have the thread, it raises RuntimeError.
    """

    def __init__(self, name: str = "rxeryph-timer") -> None:
        super().__init__()
        self._name = name
        self._process = Process()
        self._lock = threading.Lock()
        self._heap: list[tuple[float, int, _Scheduled]] = []
        self._count = 0
        self._thread: threading.Thread | None = None
        self._wakes_at = AWAKE
        self._bell = threading.Lock()  # held, except from when the thread is woken until it notices
        self._bell.acquire()
        self._is_closed = False

    def seconds(self) -> float:
        return time.monotonic()

    def _add(self, due: float, action: typing.ScheduledAction[StateT], state: StateT | None) -> DisposableBase:
        self._process.check()
        scheduled = _Scheduled(action, state)
        with self._lock:
            if self._is_closed:
                return scheduled
            self._count += 1
            heapq.heappush(self._heap, (due, self._count, scheduled))
            if self._thread is None:
                self._start()
            elif due < self._wakes_at:
                self._wake()
        return scheduled

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            logger.warning("The thread %s could not be started (%s); the next action tries again", self._name, error)
        else:
            self._thread = thread

    def _wake(self) -> None:
        self._wakes_at = AWAKE
        self._bell.release()

    def _run(self) -> None:
        while (scheduled := self._next_due()) is not None:
            try:
                scheduled.run(self)
            except USER_CODE_ERRORS:  # the timer survives a broken action
                logger.exception("A scheduled action raised")

    def _next_due(self) -> _Scheduled | None:
        heap = self._heap
        with self._lock:
            idle_since = time.monotonic()
            while not self._is_closed:
                now = time.monotonic()
                while heap and heap[0][2].is_disposed:
                    heapq.heappop(heap)
                if heap:
                    wait = heap[0][0] - now
                    if wait <= 0:
                        return heapq.heappop(heap)[2]
                    idle_since = now
                else:
                    wait = idle_since + IDLE_SECONDS - now
                    if wait <= 0:
                        break
                self._sleep(now, min(wait, LONGEST_WAIT))
            self._thread = None
            return None

    def _sleep(self, now: float, seconds: float) -> None:
        """Wait without the lock, which is held before and after."""
        self._wakes_at = now + seconds
        self._lock.release()
        was_woken = self._bell.acquire(timeout=seconds)
        self._lock.acquire()
        if not was_woken and self._wakes_at == AWAKE:  # woken after the wait was over
            self._bell.acquire()
        self._wakes_at = AWAKE

    def close(self, timeout: float = 2.0) -> None:
        """Drop all actions that are not due yet and end the thread, waiting up to ``timeout`` seconds for it."""
        if not self._process.is_this:
            return
        with self._lock:
            self._is_closed = True
            self._heap.clear()
            thread = self._thread
            if self._wakes_at != AWAKE:
                self._wake()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)


class _Scheduled(DisposableBase):
    """An action that will be run once. Disposing drops it, or what it returned.

    It needs no lock: ``run`` stores what the action returned and then looks whether it is disposed, ``dispose`` does
    the same in the other order, so that at least one of them sees the other.
    """

    __slots__ = ("_action", "_returned", "_state")

    def __init__(self, action: typing.ScheduledAction[Any], state: object) -> None:
        self._action: typing.ScheduledAction[Any] | None = action
        self._state = state
        self._returned: DisposableBase | None = None

    @property
    def is_disposed(self) -> bool:
        return self._action is None

    def run(self, scheduler: SchedulerBase) -> None:
        action = self._action
        if action is None:
            return
        returned = action(scheduler, self._state)
        if returned is not None and isinstance(returned, DisposableBase):
            self._returned = returned
            if self.is_disposed:
                returned.dispose()

    def dispose(self) -> None:
        self._action = None
        if self._returned is not None:
            self._returned.dispose()
