"""When a finished operation has been read to its end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from ..model.value import Value

LONGEST_QUIET = 30.0
"""Seconds; however far the server is behind, a stream stays quiet no longer than this."""

READS = 5
"""A wait for a server that is behind is cut into so many reads."""

_TINY = 1e-6
"""Seconds by which a clock may seem to be early."""


@dataclass(frozen=True, slots=True)
class Settling(Value):
    """The last reads after the terminal status.

    The server stores log entries independently of the operation's end, so some appear after it, and nothing marks
    the last one. The stream has settled when reads brought no entries for ``settle`` seconds (default 1.0), or for as
    long as the server is behind, whichever is more, up to 30 s. It ends in any case after ``limit`` seconds (default
    5.0) between reads, or five times as long as it must be quiet; the time that answers take does not count. With
    ``settle`` 0 nothing is read after the terminal status, however far the server is behind.
    """

    settle: float = 1.0
    limit: float = 5.0

    def __post_init__(self) -> None:
        if not 0 <= self.settle <= self.limit < math.inf:  # this way round, because of NaN
            raise ValueError("need 0 <= settle <= limit, in finite seconds")

    @classmethod
    def of(cls, settle: float) -> Self:
        """With a limit of five times ``settle``. Raises ValueError unless it is a finite number from 0."""
        return cls(settle, 5.0 * settle)

    def quiet(self, lag: float) -> float:
        """Seconds that the stream must be quiet if the server is ``lag`` seconds behind."""
        return self.settle if self.settle == 0 else max(self.settle, min(lag, LONGEST_QUIET))

    def longest(self, lag: float) -> float:
        """Seconds to wait between the reads after the terminal status, in all and at most."""
        return max(self.limit, 5.0 * self.quiet(lag)) if lag > self.settle > 0 else self.limit

    def next_read(self, elapsed: float, quiet_for: float, lag: float = 0.0) -> float | None:
        """Seconds until the next read, or None if the operation has settled.

        ``elapsed`` is the seconds waited since the terminal status was seen. ``quiet_for`` are those from then, or
        from the last answer that brought entries, to when the last read was asked for. ``lag`` is how far the server
        is behind.
        """
        quiet = self.quiet(lag)
        left = min(quiet - quiet_for, self.longest(lag) - elapsed)
        if left <= _TINY:
            return None
        return min(left, max(self.settle, quiet / READS))
