"""What to do about a submit whose operation the server does not show, by what the journal says of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

from .intents import Story

MINUTE = 60.0
"""Seconds after an intent in which its request may still arrive: a quarter of them is for sending it, and a busy
server may hold it for half of them."""

FORGOTTEN = 29 * 24 * 3600.0
"""Seconds after an intent from which it no longer means anything that the server does not show the operation: it
deletes those that ended 30 days ago."""

TRIES = 2
"""How many requests may be lost before a key is given up. Two in a row are no accident."""


class Step(Enum):
    """What to do about a submit whose operation is not found."""

    SEND = auto()
    WAIT = auto()
    """Another process may be sending it."""
    GIVE_UP = auto()
    """It was sent more than once, and never arrived."""
    ASK = auto()
    """It was sent so long ago that only a person can find out."""


def next_step(story: Story, *, is_alone: bool, now: datetime) -> Step:
    """What to do about an operation that the server does not show, from what the journal said before.

    ``is_alone`` is True in a process that has the lease, which is what keeps processes apart. The age of an intent
    is for a server that is slow. ``now`` may be by another clock than that of the journal.
    """
    if story.is_given_up:
        return Step.GIVE_UP
    if not is_alone or (story.intent is not None and left_of(story, now) > 0.0):
        return Step.WAIT
    if age_of(story, now) >= FORGOTTEN:
        return Step.ASK
    return Step.GIVE_UP if story.tries >= TRIES else Step.SEND


def left_of(story: Story, now: datetime) -> float:
    """Seconds in which the last request may still arrive."""
    return max(0.0, MINUTE - age_of(story, now))


def age_of(story: Story, now: datetime) -> float:
    """Seconds since the last intent, 0.0 if there is none.

    One that seems to be from the future is as old as it is early: one of the clocks is wrong, and waiting for that
    moment could take for ever.
    """
    return 0.0 if story.intent is None else abs((now - story.intent.stored_at) / timedelta(seconds=1))
