"""When to ask again. A policy is a function from a small context to seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from ..arguments import check_number


class PollContext(NamedTuple):
    """What a policy may use; all times are in seconds."""

    age: float
    """Since the stream first polled."""
    idle: float
    """Since the last event."""
    polls: int
    """Polls made so far."""
    quiet_polls: int
    """Polls in a row that brought nothing new."""
    latency: float
    """From asking to the last answer, including any wait for a free worker."""
    retry_after: float | None = None
    """The wait the server asked for in the failure before this answer (``Retry-After``); it is over already."""


PollingPolicy: TypeAlias = Callable[[PollContext], float]


def _positive(**values: float) -> None:
    for name, value in values.items():
        check_number(value, f"{name} must be more than 0", above=0)


def fixed(seconds: float) -> PollingPolicy:
    """Ask every ``seconds``."""
    _positive(seconds=seconds)
    return lambda context: seconds


def activity(first: float = 1.0, factor: float = 1.5, maximum: float = 5.0) -> PollingPolicy:
    """Ask ``first`` seconds after news, then at intervals that grow by ``factor`` up to ``maximum`` seconds.

    The default. Compared with a fixed 2 s it saves a third of the requests at the same mean log delay. The end of a
    quiet operation is seen later, half of ``maximum`` after it on average.
    """
    _positive(first=first, factor=factor, maximum=maximum)
    return lambda context: float(min(maximum, first * factor ** min(context.quiet_polls, 64)))


def exponential(first: float = 1.0, factor: float = 1.5, maximum: float = 20.0) -> PollingPolicy:
    """Ask less and less often, even after news: every ``first * factor ** polls`` up to ``maximum`` seconds."""
    _positive(first=first, factor=factor, maximum=maximum)
    return lambda context: float(min(maximum, first * factor ** min(max(context.polls - 1, 0), 64)))
