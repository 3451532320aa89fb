"""When a finished operation has been read to its end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from ..model.value import Value


@dataclass(frozen=True, slots=True)
class Settling(Value):
    """The last reads after the terminal status.

    The server stores log entries independently of the operation's end, so some appear after it, and nothing marks
    the last one. The first read comes ``settle`` seconds (default 1.0) after the terminal status was seen. Each
    read that brings entries is followed by another one, up to ``limit`` seconds (default 5.0) in all.
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

    def next_read(self, elapsed: float, brought_entries: bool) -> float | None:
        """Seconds until the next read, or None if the operation has settled.

        ``elapsed`` is the seconds since the terminal status was seen. ``brought_entries`` is about the last read;
        the one that saw the terminal status counts as if it had brought some.
        """
        if not brought_entries or elapsed >= self.limit:
            return None
        return min(self.settle, self.limit - elapsed)
