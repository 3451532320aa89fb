"""Processes in simulated time: generators that yield how many seconds to wait, or a signal to wait for.

Between two yields a process does one *commit*: all its changes become visible at once. Nothing runs by itself:
``advance_to`` runs what is due, in the order of time.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator
from typing import TypeAlias

from .clock import ticks_at


class Signal:
    """An event that happens once. Processes can wait for it."""

    __slots__ = ("is_set", "waiting")

    def __init__(self) -> None:
        self.is_set = False
        self.waiting: list[Process] = []


Process: TypeAlias = "Generator[float | Signal, None, None]"


class Timeline:
    """The processes that wait, soonest first."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Process]] = []
        self._count = 0

    def spawn(self, process: Process, after: float = 0.0) -> None:
        """Begin ``process`` in ``after`` seconds; 0 begins it within the current commit."""
        if after > 0:
            self._wait(process, after)
        else:
            self._resume(process)

    def set(self, signal: Signal) -> None:
        """Let ``signal`` happen. The processes that wait for it continue next."""
        signal.is_set = True
        waiting, signal.waiting = signal.waiting, []
        for process in waiting:
            self._wait(process, 0.0)

    @property
    def ticks(self) -> int:
        """The present moment as a timestamp of the server."""
        return ticks_at(self.now)

    @property
    def next_due(self) -> float | None:
        """The time of the next commit; None if there is none."""
        return self._due[0][0] if self._due else None

    def advance_to(self, moment: float) -> None:
        """Run everything that is due up to ``moment``."""
        while self._due and self._due[0][0] <= moment:
            due, _, process = heapq.heappop(self._due)
            self.now = max(self.now, due)
            self._resume(process)
        self.now = max(self.now, moment)

    def _wait(self, process: Process, seconds: float) -> None:
        self._count += 1
        heapq.heappush(self._due, (self.now + seconds, self._count, process))

    def _resume(self, process: Process) -> None:
        for awaited in process:
            if not isinstance(awaited, Signal):
                self._wait(process, awaited)
                return
            if not awaited.is_set:
                awaited.waiting.append(process)
                return
