"""What a relay does: it follows every operation that a client may see, so that they are all in its journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import ApiError, ClosedError, JournalError, OperationError
from ..events import AnyEvent, OperationFinished, PollFailed
from ..scheduling.log import logger
from ..session import Eryph
from ..streams import OperationStream


@dataclass(frozen=True)
class RelayStatus:
    """What a relay does now, and has done."""

    owned: int = 0
    """Operations that it polls."""
    followed: int = 0
    """Operations that another process polls."""
    appended: int = 0
    """Records that it has stored."""
    finished: int = 0
    """Operations whose end is in the journal since it began."""
    lag: float = 0.0
    """Seconds since the first poll, or read of the journal, that has failed and not succeeded again; 0.0 if none."""


class Relay:
    """Follows the operations that the client of ``eryph`` may see.

    ``ring`` is called when it can do nothing more, for an ``error`` that no retry helps against. Thread-safe.
    """

    def __init__(self, eryph: Eryph, ring: Callable[[], None], now: Callable[[], float] = time.monotonic) -> None:
        self.error: Exception | None = None
        self._eryph = eryph
        self._ring = ring
        self._now = now
        self._lock = threading.Lock()
        self._streams: dict[str, OperationStream] = {}
        self._silent_since: dict[str, float] = {}
        self._finished = 0

    def begin(self) -> None:
        """Follow what runs, and what is started later."""
        self._eryph.watch_operations(include_running=True).subscribe(self._follow, self._fail)

    def resume(self, operation_id: str) -> None:
        """Follow an operation whose end is not in the journal; the server may have finished it meanwhile."""
        self._follow(self._eryph.track(operation_id))

    def status(self) -> RelayStatus:
        """What it does now."""
        counted = self._eryph.statistics()
        with self._lock:
            lag = max((self._now() - since for since in self._silent_since.values()), default=0.0)
            return RelayStatus(counted.owned, counted.followed, counted.appended, self._finished, round(lag, 1))

    def _follow(self, stream: OperationStream) -> None:
        id = stream.operation_id
        with self._lock:
            if id in self._streams:
                return
            self._streams[id] = stream
        stream.subscribe(self._note, lambda error: self._lose(id, error), lambda: self._forget(id))

    def _note(self, event: AnyEvent) -> None:
        id = event.operation_id
        with self._lock:
            if isinstance(event, PollFailed):
                self._silent_since.setdefault(id, self._now())
            else:
                self._silent_since.pop(id, None)
            self._finished += isinstance(event, OperationFinished)
        # A journal that fails is in the log already, once for all operations.
        if isinstance(event, PollFailed) and not isinstance(event.error, JournalError):
            logger.warning("Operation %s cannot be polled, and is tried again: %s", id, event.error)

    def _lose(self, operation_id: str, error: Exception) -> None:
        """One operation cannot be followed; what is wrong with the others too ends everything."""
        self._forget(operation_id)
        if isinstance(error, ApiError | OperationError) or getattr(error, "operation_id", None):
            logger.warning("Operation %s is not followed any more: %s", operation_id, error)
        else:
            self._fail(error)

    def _forget(self, operation_id: str) -> None:
        with self._lock:
            self._streams.pop(operation_id, None)
            self._silent_since.pop(operation_id, None)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, ClosedError):
            self.error = self.error or error
            self._ring()
