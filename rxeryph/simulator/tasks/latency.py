"""How long messages take between the parts of the server. The seed decides each time."""

from __future__ import annotations

import random

from ..load import Load


class Latency:
    """Draws every delay of a server."""

    def __init__(self, random: random.Random, load: Load) -> None:
        self._random = random
        self._load = load
        self._log_delay = (0.0, 0.0)

    def defer_logs(self, shortest: float, longest: float) -> None:
        """Store every log line ``shortest`` to ``longest`` seconds later. Raises ValueError for a bad range."""
        if not 0 <= shortest <= longest:
            raise ValueError(
                f"log lines are delayed by at least 0 seconds, shortest first, not by {shortest} to {longest}"
            )
        self._log_delay = (shortest, longest)

    def message(self) -> float:
        """The seconds that a message takes."""
        return self._random.uniform(0.05, 0.4)

    def status(self) -> float:
        """The seconds until a change of status is stored."""
        return self._load.status()

    def log_line(self, late: float) -> float:
        """The seconds until a log line is stored, ``late`` seconds later than usual."""
        seconds = self.message() * 0.1 + late + self._load.entry()
        if self._log_delay != (0.0, 0.0):  # otherwise no number is drawn
            seconds += self._random.uniform(*self._log_delay)
        return seconds
