"""How this process polls an operation, if it is the one that does."""

from __future__ import annotations

import math
from typing import Protocol

from ..model import Operation
from ..polling import PollingPolicy, PollingSource
from ..polling.source import GRACE
from ..tracking import Known


class Poll(Protocol):
    """Makes the source that polls an operation from what is known, and begins with a snapshot if one is given."""

    def __call__(self, known: Known, initial: Operation | None, /) -> PollingSource: ...


class Start:
    """What a polling source begins with. ``poll`` is None in a process that never polls."""

    def __init__(self, poll: Poll | None, policy: PollingPolicy, initial: Operation | None) -> None:
        self._poll = poll
        self.policy = policy
        self.initial = initial
        """The snapshot in the answer of the submit, or in a list. It is news only if the journal has nothing."""
        self.submitted_at = -math.inf

    @property
    def is_possible(self) -> bool:
        """True if this process may poll."""
        return self._poll is not None

    def source(self, known: Known, now: float) -> PollingSource:
        """A source that polls from what the journal has."""
        assert self._poll is not None
        source = self._poll(known, self.initial if known.operation is None else None)
        source.policy = self.policy
        if now - self.submitted_at < GRACE:
            source.submitted()
        return source
