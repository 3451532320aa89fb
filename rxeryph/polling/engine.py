"""The engine all polling sources of a connection share: a clock, somebody to make requests, and chance.

It knows no threads itself. ``threaded_engine`` gives it real ones; with a virtual scheduler and a ``submit``
that calls straight away, ten thousand polls run in a fraction of a second.
"""

from __future__ import annotations

import random
import threading
import weakref
from collections.abc import Callable
from typing import Protocol

from reactivex.abc import DisposableBase, SchedulerBase

from ..errors import ClosedError, RxEryphError
from ..scheduling import DeliveryScheduler, MonotonicScheduler, Submit, Workers


class Failable(Protocol):
    """Something that can be ended by an error."""

    def fail(self, error: Exception) -> None: ...


class Closable(Protocol):
    """Something with threads to end."""

    def close(self, timeout: float = 2.0) -> None: ...


class Engine:
    """Where polling sources get their time, their threads and their jitter from.

    ``random`` gives numbers in [0, 1); ``owned`` are ended by ``close()``. ``delivery`` is the scheduler for
    what calls a user's code. ``submit_last`` is ``submit`` for the last act of what was submitted.
    """

    def __init__(
        self,
        scheduler: SchedulerBase,
        submit: Submit,
        random: Callable[[], float] = random.random,
        owned: tuple[Closable, ...] = (),
        submit_last: Submit | None = None,
    ) -> None:
        self.scheduler = scheduler
        self.submit = submit
        self.submit_last = submit_last or submit
        self.random = random
        self.delivery = DeliveryScheduler(scheduler, submit)
        self._owned = owned
        self._sources: weakref.WeakSet[Failable] = weakref.WeakSet()
        self._lock = threading.Lock()
        self.is_closed = False

    def now(self) -> float:
        """Seconds on the scheduler's clock."""
        return self.scheduler.to_seconds(self.scheduler.now)

    def call_at(self, due: float, action: Callable[[], None]) -> DisposableBase:
        """Run ``action`` on the timer at ``due`` seconds of the scheduler's clock; it has to be quick."""

        def run(scheduler: SchedulerBase, state: object = None) -> None:
            action()

        return self.scheduler.schedule_relative(max(0.0, due - self.now()), run)

    def adopt(self, source: Failable) -> None:
        """Remember a source, so that ``close()`` can end it. Raises ClosedError after ``close()``."""
        with self._lock:
            if self.is_closed:
                raise ClosedError("The connection is closed; open another with rxeryph.connect().")
            self._sources.add(source)

    def close(self, timeout: float = 2.0) -> None:
        """End every running stream with ClosedError and every thread, within ``timeout`` seconds."""
        with self._lock:
            if self.is_closed:
                return
            self.is_closed = True
            sources = tuple(self._sources)
        error: RxEryphError = ClosedError(
            "The connection was closed while the stream was running; the operation goes on at the server."
        )
        for source in sources:
            source.fail(error)
        for owned in self._owned:
            owned.close(timeout / 2)


def threaded_engine(workers: int = 8) -> Engine:
    """An engine on one timer thread and at most ``workers`` request threads, all daemons, started on demand."""
    timer = MonotonicScheduler()
    pool = Workers(workers)
    return Engine(timer, pool.submit, owned=(timer, pool), submit_last=pool.submit_last)
