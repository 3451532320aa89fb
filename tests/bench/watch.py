"""What one client spends and sees while it follows operations of ``busy_server``."""

from __future__ import annotations

import resource
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from .busy_world import entry_id

INTERVAL = 1.0
"""Seconds between the polls of an operation."""
PATIENCE = 60.0
"""How many seconds after the end of the operations a client may still be behind."""
SAMPLE = 0.5
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Figures:
    """What a client spent and saw. The steady part is the second half, without the end."""

    whole: float
    """Seconds of CPU per poll, from the first request to the last handler."""
    steady: float
    made: float
    """Polls in the steady part, as a share of those that were due."""
    requests: float
    """Per second of the steady part."""
    p99: float
    """Seconds from the moment a log entry became visible to its handler; 99 % of them took less."""
    lost: int
    doubled: int
    memory: float
    """MiB above the connection alone, at most."""


@dataclass(frozen=True)
class _Mark:
    """What had been spent at one moment."""

    cpu: float
    polls: int
    at: float
    """The time of the last poll: polls come in bursts, so that a window of whole seconds may hold one too many."""


class Watch:
    """What one client does."""

    def __init__(self, seconds: int) -> None:
        self.polls = 0
        self.polled_at = 0.0
        self.seen: Counter[str] = Counter()
        self.delays: list[float] = []
        self.done = threading.Event()
        self._seconds, self._steady_from, self._steady_until = seconds, seconds // 2, seconds - 2
        self._memory = 0
        self._lock = threading.Lock()
        self._marks: list[_Mark] = []

    def polled(self, context: object = None) -> float:
        """Count a poll; as a policy, poll once a second."""
        with self._lock:
            self.polls += 1
            self.polled_at = time.monotonic()
        return INTERVAL

    def saw(self, entry: str, message: str) -> None:
        """Handle a log entry, whose message is the time at which it became visible."""
        self.delays.append(time.monotonic() - float(message))
        self.seen[entry] += 1

    def measure(self, begin: Callable[[], object]) -> None:
        """Call ``begin``, and wait until the client is done."""
        process = psutil.Process()
        before, began = process.memory_info().rss, time.monotonic()
        self._mark()
        begin()
        for until in (self._steady_from, self._steady_until, self._seconds + PATIENCE):
            while (left := began + until - time.monotonic()) > 0 and not self.done.wait(min(SAMPLE, left)):
                self._memory = max(self._memory, process.memory_info().rss - before)
            self._mark()

    def figures(self, count: int, truth: dict[str, list[int]]) -> Figures:
        """The figures, given what the server did."""
        began, half, stopped, ended = self._marks
        due = {entry_id(number, each + 1) for number in range(count) for each in range(truth["written"][number])}
        steady = stopped.polls - half.polls
        return Figures(
            whole=(ended.cpu - began.cpu) / max(1, ended.polls),
            steady=(stopped.cpu - half.cpu) / max(1, steady),
            made=steady / (count * max(1e-9, stopped.at - half.at) / INTERVAL),
            requests=sum(truth["requests"][self._steady_from : self._steady_until])
            / (self._steady_until - self._steady_from),
            p99=sorted(self.delays)[int(len(self.delays) * 0.99)] if self.delays else float("nan"),
            lost=len(due - self.seen.keys()),
            doubled=sum(self.seen.values()) - len(self.seen),
            memory=self._memory / 2**20,
        )

    def _mark(self) -> _Mark:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        mark = _Mark(usage.ru_utime + usage.ru_stime, self.polls, self.polled_at)
        self._marks.append(mark)
        return mark
