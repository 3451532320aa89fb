"""What a poll loop polls, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from .asking import Done

AnswerT = TypeVar("AnswerT")


class Polled(Protocol[AnswerT]):
    """What a loop polls, and for whom."""

    @property
    def is_wanted(self) -> bool:
        """True while there is anyone to poll for. Quick; may be called under the loop's lock."""
        ...

    @property
    def is_calm(self) -> bool:
        """True while it is wanted and everyone who was given the last answer has returned. As ``is_wanted``."""
        ...

    def ask(self, done: Done[AnswerT], /) -> None:
        """Ask once; ``done`` takes the answer later. Must not block."""

    def succeeded(self, answer: AnswerT, now: float, /) -> float | None:
        """Deliver an answer. Returns when the next poll is due, or None at the end."""

    def failed(self, error: Exception, now: float, /) -> float | None:
        """Report a failed poll. Returns when the next one is due, or None at the end."""

    def end(self, error: Exception, /) -> None:
        """End with ``error``, unless it has ended already."""

    def when_ready(self, action: Callable[[], None], /) -> None:
        """Run ``action`` once everyone who was given the last answer has returned."""
