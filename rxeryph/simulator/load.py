"""What a busy server does late, or not at all.

The figures are those of a real server that was given up to 64 submits at once by two cores: entries were stored up to
23 seconds after the end of their operation, its status was visible up to 22 seconds late, one submit in ten was held
for more than 10 seconds, one in fifty was refused after the 30 seconds for which the server waits for its database,
and one in five hundred got no answer.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

LATEST_ENTRY = 23.0
LATEST_STATUS = 22.0
LONGEST_SUBMIT = 25.0
DATABASE_WAIT = 30.0
REFUSED = 0.02
UNANSWERED = 0.002


@dataclass(frozen=True, slots=True)
class Submit:
    """A submit is held for ``seconds``. Then it is carried out, answered with 500, or not answered."""

    seconds: float
    is_refused: bool = False
    is_unanswered: bool = False


class Load:
    """Draws the delays of a server: ``busy`` is 0 for an idle one and 1 for the one that was measured."""

    def __init__(self, busy: float, seed: int) -> None:
        if not 0 <= busy <= 1:
            raise ValueError(f"load must be between 0 (idle) and 1 (as busy as was ever measured), not {busy}")
        self._busy = busy
        self._random = random.Random(f"load {seed}")

    @property
    def is_idle(self) -> bool:
        return self._busy == 0

    def entry(self) -> float:
        """The seconds by which a log entry is stored later than usual."""
        return self._late(LATEST_ENTRY, 3)

    def status(self) -> float:
        """The seconds from a change of status until it is stored."""
        return self._late(LATEST_STATUS, 6)

    def submit(self) -> Submit:
        """What happens to a submit."""
        if self.is_idle:
            return Submit(0.0)
        drawn = self._random.random()
        if drawn < REFUSED * self._busy:
            return Submit(DATABASE_WAIT, is_refused=True)
        if drawn < (REFUSED + UNANSWERED) * self._busy:
            return Submit(self._late(LONGEST_SUBMIT, 3), is_unanswered=True)
        return Submit(self._late(LONGEST_SUBMIT, 8))

    def _late(self, longest: float, rarity: int) -> float:
        """Up to ``longest`` seconds on the busiest server; the higher ``rarity``, the fewer are that late."""
        return 0.0 if self.is_idle else longest * self._busy * float(self._random.random() ** rarity)
