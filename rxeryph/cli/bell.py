"""Commands that run until they are stopped: signals and other threads wake the main thread."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

SLICE = 0.5
"""Longest single wait in seconds, because a signal does not interrupt a wait on Windows."""

STOPPING = ("SIGINT", "SIGTERM", "SIGBREAK")
"""The signals that stop a command. Which of them there are differs between systems."""


class Bell:
    """Rings when there is something to do. The main thread waits for it; any thread, and a signal, may ring."""

    def __init__(self) -> None:
        self.is_stopped = False
        """True after a signal asked the command to stop."""
        self._rings: SimpleQueue[None] = SimpleQueue()  # which a signal may use while it is being used
        self._is_rung = False

    def ring(self) -> None:
        """Wake the main thread. Quick."""
        if not self._is_rung:
            self._is_rung = True
            self._rings.put(None)

    def wait(self, seconds: float) -> None:
        """Wait until it rings, at most ``seconds``."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and not self._is_rung:
            try:
                self._rings.get(timeout=min(left, SLICE))
            except Empty:
                continue
            break
        self._is_rung = False

    def wait_for_stop(self, seconds: float) -> bool:
        """Wait ``seconds``, or until the command is to stop; True then."""
        deadline = time.monotonic() + seconds
        while not self.is_stopped and (left := deadline - time.monotonic()) > 0:
            self.wait(left)
        return self.is_stopped

    @contextmanager
    def signals(self) -> Iterator[None]:
        """In the block, a signal sets ``is_stopped`` and rings. A second Ctrl-C raises KeyboardInterrupt."""
        numbers = [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]
        usual = {number: signal.signal(number, self._stop) for number in numbers}
        try:
            yield
        finally:
            for number, handler in usual.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: object) -> None:
        if self.is_stopped and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.is_stopped = True
        self.ring()
