"""Blocking until a stream has ended, again and again with the same observer."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from reactivex.abc import ObserverBase, SchedulerBase

from ..arguments import check_number, check_observer
from ..bridges import wait_for
from ..events import AnyEvent, is_change
from ..polling.history import History, PushReader
from ..scheduling.observers import USER_CODE_ERRORS

FORGOTTEN = (
    "A server that was restarted leaves its operations Running for ever: look there whether it still works, and call"
    " wait() again if it does, or make the request again if not."
)
"""What may be behind a wait that has stalled, and what to do."""

_TINY = 1e-6
"""Seconds by which a clock may seem to be early."""


def check_wait(timeout: object, observer: object, stalled: object) -> None:
    """Raise TypeError or ValueError for what ``wait`` cannot use."""
    if timeout is not None:
        check_number(timeout, "wait() needs 0 or more seconds, or None for no limit", least=0, is_finite=False)
    if stalled is not None:
        check_number(
            stalled, "wait(stalled=...) needs a number of seconds above 0, or None", above=0, is_finite=False
        )
    if observer is not None:
        check_observer(observer, "wait() needs an observer such as EventHandlers()")


class Waited(NamedTuple):
    """How a wait ended."""

    is_done: bool
    """True if the stream has ended."""
    quiet_for: float
    """Seconds without a change, over all waits of this observer since the last one."""

    def has_stalled(self, stalled: float | None) -> bool:
        """True if the stream has not ended, and nothing changed for ``stalled`` seconds."""
        return not self.is_done and stalled is not None and self.quiet_for >= stalled - _TINY


class Waits:
    """The waits for the end of one history. An observer that waits again continues where it stopped."""

    __slots__ = ("_clock", "_history", "_paused", "_scheduler")

    def __init__(self, history: History, scheduler: SchedulerBase | None) -> None:
        self._history = history
        self._scheduler = scheduler
        self._clock = time.monotonic if scheduler is None else lambda: scheduler.to_seconds(scheduler.now)
        self._paused: dict[int, _Wait] = {}

    def wait(
        self, timeout: float | None, observer: ObserverBase[AnyEvent] | None, stalled: float | None = None
    ) -> Waited:
        """Block until the end, for ``timeout`` seconds, or until nothing changed for ``stalled`` (None: no limit).

        Raises the error that ended the stream, anything that ``observer`` raised, and RuntimeError where the wait
        would never end: in a handler of this stream, and in a handler of another one if no other worker is left.
        """
        history = self._history
        history.check_wait()
        # Taken out while in use, so that two threads never share one.
        wait = self._paused.pop(id(observer), None) or _Wait(history, observer, self._clock)
        wait.begin()
        history.join(wait.reader)
        try:
            waited = Waited(self._wait(wait, timeout, stalled), wait.quiet_for)
        finally:
            wait.pause(stalled)
            self._paused[id(observer)] = wait
        if waited.is_done and wait.raised is not None:
            raise wait.raised
        return waited

    def _wait(self, wait: _Wait, timeout: float | None, stalled: float | None) -> bool:
        if stalled is None:
            return wait_for(wait.is_done, timeout, self._scheduler)
        until = math.inf if timeout is None else self._clock() + timeout
        while True:
            # Not longer than ``stalled``, because a change while we wait begins the silence again.
            left = min(until - self._clock(), stalled - wait.quiet_for)
            if wait_for(wait.is_done, max(0.0, left), self._scheduler):
                return True
            if self._clock() >= until or Waited(False, wait.quiet_for).has_stalled(stalled):
                return False


class _Wait(ObserverBase[AnyEvent]):
    """Passes everything to ``observer`` and notes the end, and how long nothing has changed."""

    def __init__(self, history: History, observer: ObserverBase[AnyEvent] | None, clock: Callable[[], float]) -> None:
        self._observer = observer
        self._clock = clock
        self._quiet_since = self._paused_at = clock()
        self._watches = history.watches
        self.raised: BaseException | None = None
        """What the observer raised, or the error that ended the stream."""
        self.reader = PushReader(history, 0, self)
        self.is_done = threading.Event()

    @property
    def quiet_for(self) -> float:
        """Seconds without a change; 0.0 while the observer handles one."""
        return max(0.0, self._clock() - self._quiet_since)

    def begin(self) -> None:
        """Wait again, from where the last wait stopped. Time in which no one watched the stream does not count."""
        history = self.reader.history
        self.is_done.clear()
        self.raised = None
        if not history.is_watched or self._watches != history.watches:
            self._quiet_since += self._clock() - self._paused_at

    def pause(self, stalled: float | None) -> None:
        """The wait is over. If it has stalled, its caller knows, and another silence begins."""
        self._paused_at = self._clock()
        self._watches = self.reader.history.watches
        if Waited(self.is_done.is_set(), self.quiet_for).has_stalled(stalled):
            self._quiet_since = self._paused_at
        self.reader.close()

    def on_next(self, value: AnyEvent) -> None:
        if is_change(value):
            self._quiet_since = math.inf
        if self._observer is not None:
            try:
                self._observer.on_next(value)
            except USER_CODE_ERRORS as raised:
                self.raised = raised
                raise
        if is_change(value):
            self._quiet_since = self._clock()

    def on_error(self, error: Exception) -> None:
        self.raised = self.raised or error
        self.is_done.set()

    def on_completed(self) -> None:
        try:
            if self._observer is not None:
                self._observer.on_completed()
        except USER_CODE_ERRORS as raised:
            self.raised = raised
            raise
        finally:
            self.is_done.set()
