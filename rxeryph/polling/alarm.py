"""A timer that is set again before it rings, nearly every time."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager

from reactivex.abc import DisposableBase, SchedulerBase

from .engine import Engine


class Alarm:
    """Rings once at the time that was set last.

    Setting it to a later time costs nothing: it wakes at the earlier one, looks, and waits again. It is used with
    ``lock`` held. ``ring`` is called with it held, and returns what to do without it.
    """

    __slots__ = ("_count", "_engine", "_lock", "_ring", "_timer", "_wakes_at", "at")

    def __init__(
        self, engine: Engine, lock: AbstractContextManager[object], ring: Callable[[], Callable[[], None]]
    ) -> None:
        self._engine = engine
        self._lock = lock
        self._ring = ring
        self._timer: DisposableBase | None = None
        self._count = 0  # of timers: one that was disposed while it rang is ignored
        self._wakes_at = 0.0
        self.at = math.inf
        """When it rings, in seconds; infinity while it is not set."""

    def set(self, at: float, now: float) -> None:
        """Ring at ``at`` seconds instead of any other time."""
        self.at = at
        if self._timer is None or self._wakes_at > at:
            self._wait(now)

    def clear(self) -> None:
        """Do not ring."""
        self.at = math.inf
        self._forget()

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.dispose()
            self._timer = None

    def _wait(self, now: float) -> None:
        self._forget()
        self._count += 1
        self._wakes_at = self.at
        self._timer = self._engine.scheduler.schedule_relative(max(0.0, self.at - now), self._wake, self._count)

    def _wake(self, scheduler: SchedulerBase, count: int | None = None) -> None:
        with self._lock:
            if self._timer is None or count != self._count:
                return
            self._timer = None
            if self._wakes_at < self.at:
                self._wait(self._engine.now())
                return
            self.at = math.inf
            act = self._ring()
        act()
