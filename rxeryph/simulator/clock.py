"""The clock of the simulator: real time at some speed, a step with each request, or steps on request only."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

DEFAULT_SPEED = 10.0
BEGINNING = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
"""The start of every simulated server, so that the same seed gives the same times."""

_BEGINNING_TICKS = int(BEGINNING.timestamp()) * 10_000_000


def ticks_at(seconds: float) -> int:
    """A moment of simulated time as a timestamp of the server: units of 100 ns since 1970."""
    return _BEGINNING_TICKS + round(seconds * 10_000_000)


class Clock:
    """Counts the seconds of simulated time since it was made.

    ``speed`` is how many pass in one real second (None: 10, or 0 with ``per_request``). With 0 they pass only by
    ``advance`` and by ``tick``, which adds ``per_request`` seconds.
    """

    def __init__(
        self,
        speed: float | None = None,
        per_request: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if speed is not None and speed < 0:
            raise ValueError(f"speed must be at least 0, not {speed}")
        if per_request is not None and per_request <= 0:
            raise ValueError(f"seconds_per_request must be more than 0, not {per_request}")
        if speed and per_request:
            raise ValueError(
                f"time passes at a speed ({speed}) or with each request (seconds_per_request={per_request}), not both"
            )
        if speed is None:
            speed = DEFAULT_SPEED if per_request is None else 0.0
        self._speed = speed
        self._per_request = per_request or 0.0
        self._monotonic = monotonic
        self._began = monotonic()
        self._added = 0.0

    @property
    def is_running(self) -> bool:
        """Whether time passes by itself."""
        return self._speed > 0

    def now(self) -> float:
        """Seconds of simulated time so far."""
        return (self._monotonic() - self._began) * self._speed + self._added

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` more pass at once."""
        if seconds < 0:
            raise ValueError(f"time cannot run backwards: {seconds} seconds")
        self._added += seconds

    def tick(self) -> None:
        """Let the time of one request pass."""
        self._added += self._per_request
