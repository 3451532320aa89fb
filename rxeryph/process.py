"""What a forked process cannot share with its parent: threads, which it does not have, and locks that they held."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

ValueT = TypeVar("ValueT")

FORKED = (
    "This connection was opened by another process, of which this one is a fork; its streams and threads are there."
    " Open another with rxeryph.connect()."
)


class Process:
    """The process in which an object was made."""

    __slots__ = ("_id",)

    def __init__(self) -> None:
        self._id = os.getpid()

    @property
    def is_this(self) -> bool:
        """False in a fork of it."""
        return self._id == os.getpid()

    def check(self) -> None:
        """Raise RuntimeError in a fork of it."""
        if not self.is_this:
            raise RuntimeError(FORKED)


class PerProcess(Generic[ValueT]):
    """A value that each process makes for itself, with ``make``, when it needs it. Thread-safe."""

    __slots__ = ("_make", "_values")

    def __init__(self, make: Callable[[], ValueT]) -> None:
        self._make = make
        self._values = {os.getpid(): make()}

    @property
    def here(self) -> ValueT:
        """The value of this process."""
        process = os.getpid()
        if process not in self._values:
            self._values.setdefault(process, self._make())  # in one step, because several threads may come first
        return self._values[process]


class ProcessLock:
    """A lock that is free in a process that was forked while a thread held it."""

    __slots__ = ("_locks",)

    def __init__(self) -> None:
        self._locks = PerProcess(threading.Lock)

    def __enter__(self) -> None:
        self._locks.here.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._locks.here.release()
