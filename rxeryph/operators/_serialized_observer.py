"""The one observer of a subscription, where several threads have something to deliver."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from reactivex.abc import ObserverBase

from ..scheduling.observers import USER_CODE_ERRORS, log_raised, pass_raised

A = TypeVar("A")


class SerializedObserver(Generic[A]):
    """Hands events to ``observer``: nothing after the end, and an observer that raises is told so and left.

    Call it with its ``lock`` held. The lock is one of this subscription alone, and the same thread may take it
    again, so an observer may dispose, subscribe or bring the next event about inside ``on_next``.
    """

    def __init__(self, observer: ObserverBase[A]) -> None:
        self._observer = observer
        self.lock = threading.RLock()
        self.is_over = False

    def send(self, value: A) -> None:
        """Deliver ``value``. What the observer raises ends its subscription and goes on to the caller."""
        if self.is_over:
            return
        try:
            self._observer.on_next(value)
        except USER_CODE_ERRORS as raised:
            pass_raised(raised, self.fail)
            raise

    def complete(self) -> None:
        """Nothing comes any more."""
        if not self.is_over:
            self.is_over = True
            self._observer.on_completed()

    def fail(self, error: Exception) -> None:
        """The end, by ``error``."""
        if not self.is_over:
            self.is_over = True
            self._observer.on_error(error)

    def close(self) -> None:
        """Deliver nothing any more; needs no lock."""
        self.is_over = True

    def run(self, action: Callable[[], None]) -> None:
        """Do something on a scheduler's thread, one at a time: there is nobody to raise to, so it is logged."""
        with self.lock:
            if self.is_over:
                return
            try:
                action()
            except USER_CODE_ERRORS as raised:
                log_raised(raised)
