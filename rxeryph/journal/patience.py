"""Waiting for other connections to a SQLite file, in slices between which other threads may use this connection."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from .sqlite_errors import is_busy

ResultT = TypeVar("ResultT")

SLICE = 0.1
"""Seconds that SQLite waits at once. Waiting in Python instead would cost the others the interpreter."""

PAUSE = 0.001
"""Seconds between two slices, in which another thread gets the connection."""


def patiently(action: Callable[[], ResultT], seconds: float) -> ResultT:
    """What ``action`` returns, as soon as no other connection excludes it."""
    deadline, asleep = time.monotonic() + seconds, threading.Event()
    while True:
        try:
            return action()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise
        asleep.wait(PAUSE)
