"""When to ask again: a policy is a function from a small context to seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class PollContext:
    """What a policy may look at, all times in seconds."""

    age: float
    """Since the stream first polled."""
    idle: float
    """Since the last event."""
    polls: int
    """Polls made so far."""
    quiet_polls: int
    """Polls in a row that brought nothing."""
    latency: float
    """How long the last request took."""
    retry_after: float | None = None
    """What the server last asked for; it wins over the policy."""


PollingPolicy: TypeAlias = Callable[[PollContext], float]


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be more than 0, not {value}")


def fixed(seconds: float) -> PollingPolicy:
    """Ask every ``seconds``."""
    _positive(seconds=seconds)
    return lambda context: seconds


def activity(first: float = 1.0, factor: float = 1.5, maximum: float = 5.0) -> PollingPolicy:
    """Ask ``first`` seconds after news, then ``factor`` times less often up to every ``maximum`` seconds.

    The default. Compared with a fixed 2 s it saves a third of the requests at the same mean log delay;
    the end of a quiet operation is seen later, after half of ``maximum`` on average.
    """
    _positive(first=first, factor=factor, maximum=maximum)
    return lambda context: float(min(maximum, first * factor ** min(context.quiet_polls, 64)))


def exponential(first: float = 1.0, factor: float = 1.5, maximum: float = 20.0) -> PollingPolicy:
    """Ask less and less often whatever happens: ``first * factor ** polls`` up to ``maximum`` seconds."""
    _positive(first=first, factor=factor, maximum=maximum)
    return lambda context: float(min(maximum, first * factor ** min(max(context.polls - 1, 0), 64)))
