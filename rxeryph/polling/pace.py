"""When to ask next, computed from what happened and when."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..retry import Attempts, ErrorBudget, retry_after
from .policies import PollContext, PollingPolicy

JITTER = 0.1
"""Each interval is stretched or cut by up to this part, so that loops do not poll in step."""

EARLY = (1.0 + 3.0 * JITTER) / 2.0
"""How much of an interval may be left when a list comes early. With less, two groups of operations that began half an
interval apart would not come together: some of each would miss each list, and twice as many lists would be sent."""


class Pace:
    """The due times of one poll loop. Pure: it is given every time and every random number. Not thread-safe.

    Times are seconds on any one clock that does not go back. ``random`` returns numbers in [0, 1).
    """

    __slots__ = (
        "_attempts",
        "_context",
        "_due",
        "_news_at",
        "_random",
        "_retry_after",
        "_started_at",
        "asked_at",
        "interval",
        "is_regular",
        "policy",
    )

    def __init__(self, policy: PollingPolicy, budget: ErrorBudget, random: Callable[[], float]) -> None:
        self.policy = policy
        self._random = random
        self._attempts = Attempts(budget, 0.0, random)
        self._context = PollContext(age=0.0, idle=0.0, polls=0, quiet_polls=0, latency=0.0)
        self._retry_after: float | None = None  # of the last failure, until an answer comes
        self._started_at: float | None = None
        self._news_at = self._due = 0.0
        self.is_regular = False
        """True while the wait under way is the policy's."""
        self.interval = 1.0
        """Seconds that the policy last returned."""
        self.asked_at = 0.0
        """When the last poll was made."""

    @property
    def failures(self) -> int:
        """How many polls in a row have failed."""
        return self._attempts.failures

    def begin(self, now: float) -> None:
        """Polling begins, or begins again. Silence while no one was watching does not count against the budget."""
        if self._started_at is None:
            self._started_at = self._news_at = now
        self._attempts.resumed(now)
        self.is_regular = False

    def asked(self, due: float, now: float) -> None:
        """The poll that was due at ``due`` is made."""
        self._due = due
        self.asked_at = now

    def recovered(self, now: float) -> tuple[int, float]:
        """A poll succeeded: how many had failed in a row before it, and the seconds since the last success."""
        failures, silent_for = self._attempts.failures, self._attempts.silent_for(now)
        self._attempts.succeeded(now)
        return failures, silent_for

    def after_answer(self, now: float, has_news: bool) -> float:
        """When to ask after a good answer: the policy's interval after the poll was due, and so without drift.

        An interval that has passed already is skipped, not made up for. Raises what the policy raises, and
        ValueError for an interval that is not a positive number.
        """
        if has_news:
            self._news_at = now
        last = self._context
        age, idle, latency = now - (self._started_at or 0.0), now - self._news_at, now - self.asked_at
        quiet_polls = 0 if has_news else last.quiet_polls + 1
        self._context = PollContext(age, idle, last.polls + 1, quiet_polls, latency, self._retry_after)
        self._retry_after = None
        self.is_regular = True
        interval = self.interval = self._interval()
        due = self._due + self._jittered(interval)
        return due if due >= now else now + interval * JITTER * self._random()

    def after_same(self, now: float) -> float:
        """``recovered`` and ``after_answer`` in one, after no failure, for an answer without news."""
        self._attempts.succeeded(now)
        return self.after_answer(now, has_news=False)

    def after_failure(self, error: Exception, now: float) -> float | None:
        """Seconds until the next attempt, or None when there should be none."""
        self._retry_after = retry_after(error)
        self.is_regular = False
        return self._attempts.after(error, now)

    def after_absence(self, now: float) -> float | None:
        """The same for an operation that cannot be seen yet, because it was only just submitted."""
        self._retry_after = None
        self.is_regular = False
        return self._attempts.again(now)

    def after_wait(self, seconds: float, now: float) -> float:
        """When to ask if that is ``seconds`` from now, whatever the policy says."""
        self.is_regular = False
        return now + seconds

    def takes_early(self, due: float, now: float, has_news: bool) -> bool:
        """True if the poll due at ``due`` may be made ``now``: it brings news, or enough of the wait is over."""
        return self.is_regular and (has_news or due - now <= self.interval * EARLY)

    def remeasured(self, now: float) -> float | None:
        """The due time of the wait under way by a policy that has changed; None if the wait is not the policy's.

        Raises as ``after_answer``.
        """
        if not self.is_regular:
            return None
        return max(self._due + self._jittered(self._interval()), now)

    def _interval(self) -> float:
        interval = float(self.policy(self._context))
        if not 0 < interval < math.inf:
            raise ValueError(f"The polling policy {self.policy!r} returned {interval} s; it must return more than 0.")
        return interval

    def _jittered(self, interval: float) -> float:
        return interval * (1.0 + JITTER * (2.0 * self._random() - 1.0))
