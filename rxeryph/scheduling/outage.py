"""What fails for many at once, in the log: one line when it begins, and one when it is over."""

from __future__ import annotations

from ..process import ProcessLock
from .log import logger


class Outage:
    """Those that cannot use something that they share, called ``name``. Thread-safe."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = ProcessLock()
        self._waiting: set[str] = set()

    def failed(self, who: str, error: Exception) -> None:
        """It failed for ``who``, which tries again. Logged if it works for all others."""
        with self._lock:
            is_first = not self._waiting
            self._waiting.add(who)
        if is_first:
            logger.warning("%s fails, and is tried again: %s", self._name, error)

    def over(self, who: str) -> None:
        """It works for ``who``, or is not needed any more. Logged if that is so for all."""
        if who not in self._waiting:
            return
        with self._lock:
            was_waiting = bool(self._waiting)
            self._waiting.discard(who)
            is_last = was_waiting and not self._waiting
        if is_last:
            logger.info("%s works again", self._name)
