"""How long failures in a row are borne, and how long to wait between the attempts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """How many failures in a row, and for how long, before it counts as an error.

    The budget is spent when either limit is reached. ``attempts`` counts failures in a row (default 10,
    at least 1), ``seconds`` the time since the last success (default 120.0, at least 0). Between
    attempts the wait doubles from ``first`` (0.5 s) up to ``maximum`` (30 s), less a
    random part of up to a half so that many clients do not come back at once.
    """

    attempts: int = 10
    seconds: float = 120.0
    first: float = 0.5
    maximum: float = 30.0

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"attempts must be at least 1, not {self.attempts}")
        if self.seconds < 0 or self.first <= 0 or self.maximum < self.first:
            raise ValueError("need seconds >= 0 and 0 < first <= maximum")

    def is_spent(self, failures: int, silent_for: float) -> bool:
        """True when after ``failures`` in a row over ``silent_for`` seconds no further attempt is due."""
        return failures >= self.attempts or silent_for >= self.seconds

    def delay(self, failures: int, random: Callable[[], float]) -> float:
        """Seconds to wait after the ``failures``-th failure; ``random`` gives numbers in [0, 1)."""
        ceiling = min(self.maximum, self.first * 2.0 ** min(failures - 1, 30))
        return ceiling * (0.5 + 0.5 * random())
