"""The seam to the server: how a poll is asked for, and how its answer comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

from ..model import Operation
from ..scheduling import Submit
from ..scheduling.observers import USER_CODE_ERRORS, as_exception
from .engine import Engine

AnswerT = TypeVar("AnswerT")
AnswerT_contra = TypeVar("AnswerT_contra", contravariant=True)


class Unasked(Exception):
    """The answer of an ask that no one was waiting for any more, so that no request was sent."""


class Done(Protocol[AnswerT_contra]):
    """Takes the answer to one ask, or the error in its place.

    Call it exactly once, on a worker. Further calls are ignored, and so is an answer that comes too late.
    """

    @property
    def is_wanted(self) -> bool:
        """False when no one is waiting for the answer any more; ``Unasked`` is then an answer too."""
        ...

    @property
    def is_first(self) -> bool:
        """True if the loop began, or began again, with this ask: earlier answers may have been dropped."""
        ...

    @property
    def interval(self) -> float:
        """Seconds between polls, as the policy last said."""
        ...

    def offer(self, asked_at: float, has_news: bool) -> Done[AnswerT_contra] | None:
        """Take the ``done`` for an answer that was not asked for; it was requested at ``asked_at`` seconds.

        It counts as the next poll. None if that is not due soon and the answer has no news, if a poll is under way,
        and while the loop waits for something else than its next regular poll.
        """
        ...

    def still(self, asked_at: float, slack: float) -> bool:
        """The last answer holds, as was asked for at ``asked_at`` seconds; this counts as the next poll.

        The next one is then asked for up to ``slack`` seconds late, unless ``hurry`` is called. Returns False, and
        does nothing, where ``offer`` returns None, and where there is more to do than to wait again.
        """
        ...

    def rely(self, slack: float) -> float:
        """Ask for the next regular poll up to ``slack`` seconds late, because a list is to come before.

        Returns when it is due, in seconds; infinity, and nothing changes, while there is none to wait for.
        """
        ...

    def hurry(self) -> None:
        """Ask for the next poll when it is due, whatever ``still`` or ``rely`` have said."""
        ...

    @property
    def due(self) -> float:
        """When the next regular poll is due, in seconds; infinity while there is none to wait for."""
        ...

    def __call__(self, answer: AnswerT_contra | Exception, rested: Callable[[], None] | None = None) -> None:
        """Take the answer. ``rested`` is called once everyone who was given it has returned and the loop waits."""
        ...


Ask: TypeAlias = Callable[[str | None, Done[Operation]], None]
"""Asks for a snapshot, given a ``log_time_stamp`` (None: from the beginning) and the ``done`` that takes the answer.

It must be quick and must not block: it is called on the timer's thread, on a subscriber's, or as the last act of a
worker's task. An error that it raises counts as a failed poll.
"""

Fetch: TypeAlias = Callable[[str | None], Operation]
"""Returns a snapshot, given a ``log_time_stamp`` (None: from the beginning). It may block; see ``asking``."""


def asking(fetch: Fetch, engine: Engine) -> Ask:
    """An ``Ask`` that makes one blocking request on one of the engine's workers."""
    return partial(_ask, fetch, engine)


def _ask(fetch: Fetch, engine: Engine, log_time_stamp: str | None, done: Done[Operation]) -> None:
    ask_on_worker(engine.submit_last, partial(fetch, log_time_stamp), done)


def ask_on_worker(submit: Submit, fetch: Callable[[], AnswerT], done: Done[AnswerT]) -> None:
    """Call ``fetch`` on a worker and pass what it returns or raises to ``done``."""

    def run() -> None:
        if not done.is_wanted:
            done(Unasked())
            return
        try:
            answer = fetch()
        except USER_CODE_ERRORS as raised:
            done(as_exception(raised))
        else:
            done(answer)

    submit(run)
