"""Waiting for other connections to a SQLite file.

SQLite would wait too, but no other thread can use its connection meanwhile.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import TypeVar

from .sqlite_errors import is_busy

ResultT = TypeVar("ResultT")

PAUSES = (0.001, 0.002, 0.005, 0.01, 0.02)
"""Seconds between the first attempts."""

LONG_PAUSE = 0.05
"""Seconds between all others."""


def pauses(seconds: float) -> Iterator[float]:
    """How long to wait before each attempt but the first, for ``seconds`` in all."""
    deadline = time.monotonic() + seconds
    for pause in chain(PAUSES, repeat(LONG_PAUSE)):
        left = deadline - time.monotonic()
        if left <= 0:
            return
        yield min(pause, left)


def patiently(action: Callable[[], ResultT], seconds: float) -> ResultT:
    """What ``action`` returns, as soon as no other connection excludes it."""
    waiting, asleep = pauses(seconds), threading.Event()
    while True:
        try:
            return action()
        except sqlite3.OperationalError as error:
            pause = next(waiting, None)
            if not is_busy(error) or pause is None:
                raise
        asleep.wait(pause)
