"""The values that an observable has emitted and its consumer has not taken yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from reactivex.abc import ObserverBase

A = TypeVar("A")


class Inbox(ObserverBase[A]):
    """An observer that keeps the values. ``notify`` is called after each of them and at the end, on any thread."""

    def __init__(self, notify: Callable[[], None]) -> None:
        self.items: deque[A] = deque()
        self.error: Exception | None = None
        self.has_ended = False
        """Set last: once it is seen, all items are there."""
        self._notify = notify

    def on_next(self, value: A) -> None:
        self.items.append(value)
        self._notify()

    def on_error(self, error: Exception) -> None:
        self.error = error
        self.on_completed()

    def on_completed(self) -> None:
        self.has_ended = True
        self._notify()

    def raise_error(self) -> None:
        """Raise the error that the observable ended with, if any."""
        if self.error is not None:
            raise self.error
