"""The engine that all polling sources of a connection share: a clock, threads to make requests, and randomness.

It knows no threads itself. ``threaded_engine`` gives it real ones; with a virtual scheduler and a ``submit``
that calls its argument at once, ten thousand polls run in a fraction of a second.
"""

from __future__ import annotations

import random
import threading
import weakref
from collections.abc import Callable
from contextlib import nullcontext
from typing import Protocol

from reactivex.abc import SchedulerBase

from ..errors import ClosedError, RxEryphError
from ..process import FORKED, Process
from ..scheduling import Blocking, ClockScheduler, DeliveryScheduler, MonotonicScheduler, Submit, Workers
from .lag import ServerLag


class Failable(Protocol):
    """An object that an error can end."""

    def fail(self, error: Exception) -> None:
        """End with ``error``."""


class Closable(Protocol):
    """An owner of threads."""

    def close(self, timeout: float = 2.0) -> None:
        """End the threads within ``timeout`` seconds."""


class Engine:
    """Where poll loops get their time, their threads and their jitter from.

    ``submit`` runs a function on a worker; ``submit_last`` is for the last act of such a function, and
    ``submit_aside`` for one that must run although users' code has all workers. ``random`` returns numbers in [0, 1).
    ``close()`` closes all ``owned``. ``delivery`` is the scheduler for actions that call a user's code. Long because
    everything that the loops of a connection share is here.
    """

    def __init__(
        self,
        scheduler: SchedulerBase,
        submit: Submit,
        random: Callable[[], float] = random.random,
        owned: tuple[Closable, ...] = (),
        submit_last: Submit | None = None,
        blocking: Blocking = nullcontext,
        submit_aside: Submit | None = None,
    ) -> None:
        self.scheduler = scheduler
        """The timer; its actions must be quick."""
        self.submit = submit
        self.submit_last = submit_last or submit
        self.submit_aside = submit_aside or submit
        self.random = random
        self.now = _clock_of(scheduler)
        """Seconds on the scheduler's clock."""
        self.delivery = DeliveryScheduler(scheduler, submit, blocking)
        self.lag = ServerLag()
        """How far the server is behind."""
        self.is_closed = False
        self._owned = owned
        self._process = Process()
        self._loops: weakref.WeakSet[Failable] = weakref.WeakSet()
        self._lock = threading.Lock()

    def adopt(self, loop: Failable) -> None:
        """Remember a loop, so that ``close()`` can end it. Raises what ``check_open`` raises."""
        self.check_open()
        with self._lock:
            self.check_open()
            self._loops.add(loop)

    @property
    def is_here(self) -> bool:
        """False in a fork of the process that made it, which does not have its threads."""
        return self._process.is_this

    def check_open(self) -> None:
        """Raise ClosedError after ``close()``, and in a fork of the process that made it."""
        if not self.is_here:
            raise ClosedError(FORKED)
        if self.is_closed:
            raise ClosedError("The connection is closed; open another with rxeryph.connect().")

    def close(self, timeout: float = 2.0) -> None:
        """End every running stream with ClosedError and every thread, within ``timeout`` seconds."""
        if not self.is_here:
            return
        with self._lock:
            if self.is_closed:
                return
            self.is_closed = True
            loops = tuple(self._loops)
        error: RxEryphError = ClosedError(
            "The connection was closed while the stream was running; the operation keeps running on the server."
        )
        for loop in loops:
            loop.fail(error)
        for owned in self._owned:
            owned.close(timeout / len(self._owned))


def _clock_of(scheduler: SchedulerBase) -> Callable[[], float]:
    if isinstance(scheduler, ClockScheduler):
        return scheduler.seconds
    return lambda: scheduler.to_seconds(scheduler.now)


def threaded_engine(workers: int = 8) -> Engine:
    """An engine on one timer thread and at most ``workers`` request threads, all daemons, started on demand.

    One more thread runs what must not wait for them.
    """
    timer = MonotonicScheduler()
    pool = Workers(workers)
    aside = Workers(1, "rxeryph-aside")
    return Engine(
        timer,
        pool.submit,
        owned=(timer, pool, aside),
        submit_last=pool.submit_last,
        blocking=pool.blocking,
        submit_aside=aside.submit,
    )
