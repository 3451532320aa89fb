"""The observer of one subscription that several threads deliver to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from reactivex.abc import ObserverBase

from ..scheduling.observers import USER_CODE_ERRORS, log_raised, pass_raised

A = TypeVar("A")


class SerializedObserver(ObserverBase[A]):
    """Passes events on to ``observer``: one at a time, and nothing after the end. Call it with its ``lock`` held.

    An observer that raises gets its error on ``on_error`` and nothing more. The lock belongs to this subscription
    alone and is reentrant, so an observer may dispose, subscribe or cause the next event inside ``on_next``.
    """

    def __init__(self, observer: ObserverBase[A]) -> None:
        self._observer = observer
        self.lock = threading.RLock()
        self.is_over = False

    def on_next(self, value: A) -> None:
        """Deliver ``value``. Raises what the observer raises, after ending its subscription."""
        if self.is_over:
            return
        try:
            self._observer.on_next(value)
        except USER_CODE_ERRORS as raised:
            pass_raised(raised, self.on_error)
            raise

    def on_error(self, error: Exception) -> None:
        if not self.is_over:
            self.is_over = True
            self._observer.on_error(error)

    def on_completed(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._observer.on_completed()

    def close(self) -> None:
        """Deliver nothing more. Needs no lock, so it never waits for a slow observer."""
        self.is_over = True

    def run(self, action: Callable[[], None]) -> None:
        """Take the lock and call ``action`` on a scheduler's thread: what the observer raises is logged."""
        with self.lock:
            if self.is_over:
                return
            try:
                action()
            except USER_CODE_ERRORS as raised:
                log_raised(raised)
