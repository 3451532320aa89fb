"""How far the server is behind its own operations, as its replies admit."""

from __future__ import annotations

import threading
from collections import deque

from ..model import Operation
from ..model.timestamps import TICKS_PER_SECOND, to_ticks

REMEMBERED = 60.0
"""Seconds for which a lag that was seen counts."""


class ServerLag:
    """The largest lag that was seen lately on one connection: one operation teaches the others. Thread-safe.

    A busy server shows the end of an operation, and stores its last log entries, up to 23 s late. It says so itself
    in two ways: a log entry that is stamped later than the end, and a reply that still shows the operation running
    although it was sent after the end. ``now`` is in seconds of any one clock, other times in ticks of the server's.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[tuple[float, float]] = deque()
        """When a lag was seen and how long it was, each one shorter than those before it."""
        self._base: tuple[float, int] | None = None
        self._speed = 1.0

    def replied(self, date: int | None, asked_at: float, now: float) -> None:
        """A reply came that was asked for at ``asked_at``, and that the server sent at ``date``.

        A simulated server's clock may run faster than ours. Between two replies, at least their dates' difference has
        passed there, and here at most the time from asking for the first to the arrival of the second.
        """
        if date is None:
            return
        with self._lock:
            if self._base is None or asked_at - self._base[0] > REMEMBERED:
                self._base = asked_at, date
            passed = now - self._base[0]
            if passed > 0.0:
                # A date has whole seconds, so a clock like ours never seems to run faster.
                self._speed = max(1.0, ((date - self._base[1]) / TICKS_PER_SECOND - 1.0) / passed)

    def note(self, ended: Operation, later: int | None, now: float) -> None:
        """The operation ``ended``, and was not yet shown so, or wrote an entry, at ``later``."""
        if ended.ended_at is None or later is None:
            return
        seconds = (later - to_ticks(ended.ended_at)) / TICKS_PER_SECOND
        if seconds <= 0.0:
            return
        with self._lock:
            while self._seen and self._seen[-1][1] <= seconds:
                self._seen.pop()
            self._seen.append((now, seconds))

    def seconds(self, now: float) -> float:
        """The largest lag that was seen in the last minute, by our clock; 0.0 if there was none."""
        with self._lock:
            while self._seen and self._seen[0][0] < now - REMEMBERED:
                self._seen.popleft()
            return self._seen[0][1] / self._speed if self._seen else 0.0
