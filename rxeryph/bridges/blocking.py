"""Blocking consumers: the calling thread waits, nothing else does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from ..events import AnyEvent
from ..polling.history import History, Reader

SLICE = 0.5
"""Longest single wait in seconds: on Windows a wait without end cannot be interrupted by Ctrl-C."""


def wait_for(event: threading.Event, timeout: float | None) -> bool:
    """Wait up to ``timeout`` seconds (None: no limit) by the monotonic clock; True when ``event`` was set."""
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        left = SLICE if deadline is None else deadline - time.monotonic()
        if event.wait(max(0.0, min(SLICE, left))):
            return True
        if deadline is not None and time.monotonic() >= deadline:
            return False


def iter_events(history: History) -> Iterator[AnyEvent]:
    """All events from the beginning, waiting for new ones; leaving the loop stops reading.

    Raises the error the stream ended with.
    """
    news = threading.Event()
    reader = Reader(history, 0, news.set)
    history.join(reader)
    try:
        while True:
            news.clear()
            while (event := reader.take()) is not None:
                yield event
            if reader.is_at_end:
                return
            wait_for(news, None)
    finally:
        reader.close()
