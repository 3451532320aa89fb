"""The simulator's clock: real time at some speed, or time that only moves when told to."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Seconds of simulated time since it was made.

    ``speed`` is how many of them pass in one real second; with 0 they only pass by ``advance``.
    """

    def __init__(self, speed: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        if speed < 0:
            raise ValueError(f"speed must be at least 0, not {speed}")
        self._speed = speed
        self._monotonic = monotonic
        self._began = monotonic()
        self._added = 0.0

    def now(self) -> float:
        """Seconds of simulated time so far."""
        return (self._monotonic() - self._began) * self._speed + self._added

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` more pass at once."""
        if seconds < 0:
            raise ValueError(f"time does not go back: {seconds}")
        self._added += seconds
