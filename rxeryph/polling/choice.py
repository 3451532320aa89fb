"""One list for many operations, or one request each: the choice, from what this connection has measured. Pure.

A list shows every operation that the client may see, so it costs more the more there are, no matter how many are
followed. A single poll costs the same each time. Lists are chosen when the single polls that one list saves cost more
than the list.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from ..scheduling.log import logger

DefaultT = TypeVar("DefaultT")


class Batching(StrEnum):
    """When operations are polled with one list for many of them."""

    AUTOMATIC = "automatic"
    """Where it costs less than one request each. The default."""
    NEVER = "never"
    ALWAYS = "always"


FEWEST = 10.0
"""A list that would save fewer single polls than this is never sent. A real server's list costs about as much as six
of its single polls, and few polls are cheap in any case."""

TO_LISTS, TO_SINGLE = 1.5, 0.75
"""Lists begin when the single polls that they save would take so many times as long as the list, and end below the
second factor. Between the two the choice stays as it is, so that it does not swing."""

ALL_ENTRIES = 4.0
"""How many times as long a list with all log entries is expected to take, compared with one without any, until one
was sent. A real server: 250 ms and 60 ms for 300 operations as a create leaves them."""

ASSUMED_SINGLE = 0.01
"""Seconds a single poll is expected to take until one was made. A real server takes 6 to 45 ms."""

REST = 1.5
"""A list is sent no earlier than so many times its duration after the last one: the server has a third of its time
for others, and a list keeps one of its cores busy at most."""

PAUSE, LONGEST_PAUSE = 2.0, 60.0
"""Seconds without lists after one that failed; twice as long after each further failure in a row, up to a minute."""


@dataclass(slots=True)
class Costs:
    """Seconds that requests took lately, from sending them to having read the answer.

    Of several a low quantile counts: requests that wait for each other seem to take longer than they do.
    """

    _singles: deque[float] = field(default_factory=lambda: deque(maxlen=32))
    _lists: deque[float] = field(default_factory=lambda: deque(maxlen=4))
    _full_took: float | None = None

    def single(self, took: float) -> None:
        """A single poll took so long."""
        self._singles.append(took)

    def list(self, took: float, *, is_full: bool) -> None:
        """A list took so long; ``is_full`` if it had all log entries."""
        if is_full:
            self._full_took = took
        if not is_full or not self._lists:
            self._lists.append(took)

    @property
    def single_took(self) -> float:
        """A single poll."""
        return _low(self._singles, ASSUMED_SINGLE)

    @property
    def list_took(self) -> float | None:
        """A list; None until there was one."""
        return _low(self._lists, None)

    @property
    def rest(self) -> float:
        """Seconds from sending one list to sending the next, at least."""
        return REST * (self.list_took or 0.0)

    def full_pays(self, count: int) -> bool:
        """True when one list with all log entries takes less time than ``count`` single polls."""
        if self.list_took is None or count < FEWEST:
            return False
        expected = max(self._full_took or ALL_ENTRIES * self.list_took, self.list_took)
        return count * self.single_took > TO_LISTS * expected


@dataclass(frozen=True, slots=True)
class Demand:
    """How often the followed operations are to be polled."""

    count: int = 0
    """How many there are."""
    rate: float = 0.0
    """Polls per second of all of them."""
    shortest: float = 1.0
    """Seconds: the shortest of their intervals."""

    def saved(self, costs: Costs) -> float:
        """How many single polls one list would save, if lists follow each other as fast as they are needed."""
        return self.rate * max(self.shortest, costs.rest)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether lists are used, and why."""

    is_lists: bool
    reason: str


class Chooser:
    """Keeps the choice up to date. Not thread-safe. ``now`` is in seconds, on any one clock."""

    def __init__(self, batching: Batching, workers: int) -> None:
        self.batching = batching
        self.costs = Costs()
        self.choice = _AT_FIRST[batching]
        self.workers = workers
        self._asks = 0
        self._demand = Demand()
        self._probed_rate = 0.0
        """The rate of polls when a list was last sent to learn its cost."""
        self._failures = 0
        self._paused_until = 0.0
        self.earliest = 0.0
        """When the next list may be sent."""

    @property
    def period(self) -> float:
        """Seconds from one list to the next, at present."""
        return max(self._demand.shortest, self.costs.rest)

    def uses_lists(self, now: float) -> bool:
        """True if polls are to wait for the next list."""
        return self.choice.is_lists and now >= self._paused_until

    def asked(self) -> bool:
        """A poll falls due. True if so many did that the demand is to be measured again."""
        self._asks += 1
        return self.batching is Batching.AUTOMATIC and self._asks >= max(FEWEST, self._demand.count / 4)

    def measured(self, demand: Demand, now: float) -> bool:
        """Choose by the demand of now. True if a list should be sent only to learn what it costs."""
        self._asks = 0
        self._demand = demand
        if self.batching is not Batching.AUTOMATIC or now < self._paused_until:
            return False
        saved = demand.saved(self.costs)
        if not self.choice.is_lists and saved >= FEWEST and demand.rate >= 2.0 * self._probed_rate:
            self._probed_rate = demand.rate
            return True
        if saved < FEWEST or self.costs.list_took is not None:
            self._choose(choose(self.choice, demand, self.costs, self.workers))
        return False

    def sends_full(self, count: int) -> bool:
        """True if ``count`` operations need all log entries, and the next list is to have them."""
        return count > 0 and (self.batching is Batching.ALWAYS or self.costs.full_pays(count))

    def received(self, sent_at: float, took: float, demand: Demand, *, is_full: bool, is_probe: bool) -> None:
        """A list came."""
        self._failures = 0
        self.costs.list(took, is_full=is_full)
        if not is_probe:
            self.earliest = sent_at + max(self.costs.rest, REST * took if is_full else 0.0)
        if self.batching is Batching.AUTOMATIC:
            self._asks = 0
            self._demand = demand
            self._choose(choose(self.choice, demand, self.costs, self.workers))

    def failed(self, error: Exception, now: float) -> None:
        """A list failed: single polls for a while."""
        self._failures += 1
        pause = pause_after(self._failures)
        self._paused_until = now + pause
        logger.debug("A list of operations failed; polling each by itself for %.0f s: %s", pause, error)

    def _choose(self, choice: Choice) -> None:
        if choice.is_lists is not self.choice.is_lists:
            logger.debug(
                "Operations are now polled %s: %s",
                "with lists" if choice.is_lists else "each by itself",
                choice.reason,
            )
        self.choice = choice


_AT_FIRST = {
    Batching.AUTOMATIC: Choice(False, "few operations are followed"),
    Batching.NEVER: Choice(False, "batching is off"),
    Batching.ALWAYS: Choice(True, "batching is always on"),
}


def choose(last: Choice, demand: Demand, costs: Costs, workers: int) -> Choice:
    """The choice after ``last``."""
    saved = demand.saved(costs)
    if saved < FEWEST * (TO_SINGLE if last.is_lists else 1.0) or costs.list_took is None:
        return Choice(False, f"a list would save only {saved:.0f} requests")
    compared = (
        f"{saved:.0f} requests of {1e3 * costs.single_took:.0f} ms against a list of {1e3 * costs.list_took:.0f} ms"
    )
    if demand.rate * costs.single_took > workers:
        return Choice(True, f"single polls would need more than {workers} workers: {compared}")
    return Choice(saved * costs.single_took > costs.list_took * (TO_SINGLE if last.is_lists else TO_LISTS), compared)


def _low(values: deque[float], otherwise: DefaultT) -> float | DefaultT:
    ordered = sorted(values)
    return ordered[len(ordered) // 4] if ordered else otherwise


def pause_after(failures: int) -> float:
    """Seconds without lists after so many failures in a row."""
    return min(LONGEST_PAUSE, PAUSE * 2.0 ** min(failures - 1, 30))
