"""SQLite after a fork: the child has the memory of its parent, where SQLite notes its locks, but not the locks.

A child that opened the same file again would use it without locks. Then the parent, when it closes the file, would
delete the log to which the child appends. So the child first closes what it has inherited. No other thread of the
parent may be using it at the moment of the fork.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from ..process import ProcessLock


class Inherited(Protocol):
    """A database that a child inherits."""

    lock: ProcessLock
    """Held while it is used."""

    def disown(self) -> None:
        """Close it in the child."""


class Forks:
    """The open databases of this process. A fork waits until none of them is in use."""

    def __init__(self) -> None:
        self._databases: weakref.WeakSet[Inherited] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._is_watching = False

    @contextmanager
    def opening(self, database: Inherited) -> Iterator[None]:
        """Open ``database`` in this block."""
        with self._lock:
            if not self._is_watching and hasattr(os, "register_at_fork"):
                os.register_at_fork(
                    before=self._before, after_in_parent=self._in_parent, after_in_child=self._in_child
                )
            self._is_watching = True
            yield
            self._databases.add(database)

    def _before(self) -> None:
        self._lock.acquire()
        for database in self._databases:
            self._held.enter_context(database.lock)

    def _in_parent(self) -> None:
        self._held.close()
        self._lock.release()

    def _in_child(self) -> None:
        self._held.pop_all()  # they are locks of the parent
        self._lock = threading.Lock()
        for database in self._databases:
            database.disown()
        self._databases.clear()


FORKS = Forks()
