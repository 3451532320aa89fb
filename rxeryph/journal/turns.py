"""A function that is run again and again on other threads, never twice at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from reactivex.abc import SchedulerBase
from reactivex.disposable import Disposable, SerialDisposable

from ..polling import Engine
from ..scheduling import Submit

TINY = 0.001
"""Seconds that are not worth a wait; clocks and timers round."""


class Turns:
    """Runs ``step`` after each ``wake``. Calls during a run are one more run after it.

    ``submit`` runs it on another thread; None: a worker of ``engine``.
    """

    def __init__(self, step: Callable[[], None], engine: Engine, submit: Submit | None = None) -> None:
        self._step = step
        self._engine = engine
        self._submit = submit or engine.submit
        self._lock = threading.Lock()
        self._is_due = self._is_running = False
        self._alarm = SerialDisposable()

    def wake(self) -> None:
        """Run ``step`` soon. Quick; may be called on any thread."""
        with self._lock:
            self._is_due = True
            if self._is_running:
                return
            self._is_running = True
        self._submit(self._run)

    def wake_in(self, seconds: float) -> None:
        """Wake after ``seconds``, in place of the time that was set before."""
        self._alarm.disposable = self._engine.scheduler.schedule_relative(seconds, self._ring)

    def rest(self) -> None:
        """Forget the time that was set."""
        self._alarm.disposable = Disposable()

    def _ring(self, scheduler: SchedulerBase, state: object = None) -> None:
        self.wake()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._is_due:
                    self._is_running = False
                    return
                self._is_due = False
            self._step()
