"""A scheduler on one thread and the monotonic clock, which changes of the wall clock do not affect."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from abc import abstractmethod
from datetime import datetime
from typing import TypeVar

from reactivex import typing
from reactivex.abc import DisposableBase
from reactivex.disposable import Disposable
from reactivex.scheduler.periodicscheduler import PeriodicScheduler
from reactivex.scheduler.scheduleditem import ScheduledItem

from .observers import USER_CODE_ERRORS

logger = logging.getLogger("rxeryph")

StateT = TypeVar("StateT")

IDLE_SECONDS = 10.0
"""How long the thread waits for another action before it ends; the next action starts a new one."""

LONGEST_WAIT = 3600.0
"""Longest single wait in seconds; Python refuses to wait for centuries."""


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
        return self._add(self.seconds() + max(0.0, self.to_seconds(duetime)), action, state)

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
    ``now`` counts from when the machine started, not from 1970.
    """

    def __init__(self, name: str = "rxeryph-timer") -> None:
        super().__init__()
        self._name = name
        self._changed = threading.Condition()
        self._heap: list[tuple[float, int, ScheduledItem]] = []
        self._count = 0
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def seconds(self) -> float:
        return time.monotonic()

    def _add(self, due: float, action: typing.ScheduledAction[StateT], state: StateT | None) -> DisposableBase:
        item = ScheduledItem(self, state, action, self.to_datetime(0.0))
        with self._changed:
            if self._is_closed:
                return Disposable()
            self._count += 1
            heapq.heappush(self._heap, (due, self._count, item))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            elif self._heap[0][2] is item:
                self._changed.notify()
        return Disposable(item.cancel)

    def _run(self) -> None:
        while (item := self._next_due()) is not None:
            if item.is_cancelled():
                continue
            try:
                item.invoke()
            except USER_CODE_ERRORS:  # the timer survives a broken action
                logger.exception("A scheduled action raised")

    def _next_due(self) -> ScheduledItem | None:
        with self._changed:
            idle_since = time.monotonic()
            while not self._is_closed:
                now = time.monotonic()
                while self._heap and self._heap[0][2].is_cancelled():
                    heapq.heappop(self._heap)
                if self._heap:
                    wait = self._heap[0][0] - now
                    if wait <= 0:
                        return heapq.heappop(self._heap)[2]
                    idle_since = now
                else:
                    wait = idle_since + IDLE_SECONDS - now
                    if wait <= 0:
                        break
                self._changed.wait(min(wait, LONGEST_WAIT))
            self._thread = None
            return None

    def close(self, timeout: float = 2.0) -> None:
        """Drop all actions that are not due yet and end the thread, waiting up to ``timeout`` seconds for it."""
        with self._changed:
            self._is_closed = True
            self._heap.clear()
            thread = self._thread
            self._changed.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)
