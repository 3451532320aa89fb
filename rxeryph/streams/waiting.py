"""Blocking until a stream has ended, again and again with the same observer."""

from __future__ import annotations

import threading

from reactivex.abc import ObserverBase, SchedulerBase

from ..arguments import check_number, check_observer
from ..bridges import wait_for
from ..events import AnyEvent
from ..polling.history import History, PushReader
from ..scheduling.observers import USER_CODE_ERRORS


def check_wait(timeout: object, observer: object) -> None:
    """Raise TypeError or ValueError for what ``wait`` cannot use."""
    if timeout is not None:
        check_number(timeout, "wait() needs 0 or more seconds, or None for no limit", least=0, is_finite=False)
    if observer is not None:
        check_observer(observer, "wait() needs an observer such as EventHandlers()")


class Waits:
    """The waits for the end of one history. An observer that waits again continues where it stopped."""

    __slots__ = ("_history", "_paused", "_scheduler")

    def __init__(self, history: History, scheduler: SchedulerBase | None) -> None:
        self._history = history
        self._scheduler = scheduler
        self._paused: dict[int, _Wait] = {}

    def wait(self, timeout: float | None, observer: ObserverBase[AnyEvent] | None) -> bool:
        """Block until the end; return True if it came within ``timeout`` seconds (None: no limit), else False.

        Raises the error that ended the stream, anything that ``observer`` raised, and RuntimeError where the wait
        would never end: in a handler of this stream, and in a handler of another one if no other worker is left.
        """
        history = self._history
        history.check_wait()
        # Taken out while in use, so that two threads never share one.
        wait = self._paused.pop(id(observer), None) or _Wait(history, observer)
        wait.begin()
        history.join(wait.reader)
        try:
            is_done = wait_for(wait.is_done, timeout, self._scheduler)
        finally:
            wait.reader.close()
            if observer is not None:
                self._paused[id(observer)] = wait
        if is_done and wait.raised is not None:
            raise wait.raised
        return is_done


class _Wait(ObserverBase[AnyEvent]):
    """Passes everything to ``observer`` and notes the end."""

    def __init__(self, history: History, observer: ObserverBase[AnyEvent] | None) -> None:
        self._observer = observer
        self.raised: BaseException | None = None
        """What the observer raised, or the error that ended the stream."""
        self.reader = PushReader(history, 0, self)
        self.is_done = threading.Event()

    def begin(self) -> None:
        """Wait again, from where the last wait stopped."""
        self.is_done.clear()
        self.raised = None

    def on_next(self, value: AnyEvent) -> None:
        if self._observer is not None:
            try:
                self._observer.on_next(value)
            except USER_CODE_ERRORS as raised:
                self.raised = raised
                raise

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
