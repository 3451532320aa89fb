"""The leases that one connection holds, renewed together: one turn of a thread for all of them."""

from __future__ import annotations

from typing import Protocol

from ..polling import Engine
from ..process import ProcessLock
from ..scheduling import Submit
from ..scheduling.observers import USER_CODE_ERRORS, as_exception
from ..scheduling.outage import Outage
from .turns import Turns

LEASE = 8.0
"""Seconds for which a lease is asked. Journals add a tenth, and round up perhaps, and someone has to notice: another
process takes over from one that died within 11 s."""

AGAIN = 1.0
"""Seconds between attempts to get a lease, or to renew it after an attempt that failed."""


class Renewable(Protocol):
    """A lease that is renewed here. ``Holding`` says more."""

    @property
    def is_safe(self) -> bool: ...

    def renew(self) -> bool: ...

    def lost(self) -> None: ...


class Renewals:
    """Renews what was added until it is removed or lost, and calls ``lost`` if it is, or may be. Thread-safe."""

    def __init__(self, engine: Engine, outage: Outage, submit: Submit) -> None:
        self.lease = LEASE
        """Seconds for which each is acquired. It is renewed after a third of them."""
        self._outage = outage
        self._who = f"the leases {id(self)}"
        self._turns = Turns(self._renew, engine, submit)
        self._lock = ProcessLock()
        self._held: dict[Renewable, None] = {}

    def add(self, held: Renewable) -> None:
        """It was acquired or renewed just now."""
        with self._lock:
            is_first = not self._held
            self._held[held] = None
        if is_first:
            self._turns.wake_in(self.lease / 3)

    def remove(self, held: Renewable) -> None:
        """It is needed no longer."""
        with self._lock:
            was_held = held in self._held
            self._held.pop(held, None)
            is_last = was_held and not self._held
        if is_last:
            self._turns.rest()
            self._outage.over(self._who)

    def _renew(self) -> None:
        failure: Exception | None = None
        with self._lock:
            everyone = [*self._held]
        for held in everyone:
            try:
                is_lost = not held.renew() if failure is None else not held.is_safe
            except USER_CODE_ERRORS as raised:  # no other one is tried, for each may take seconds
                failure = as_exception(raised)
                is_lost = not held.is_safe
            if is_lost:
                held.lost()
        if failure is None:
            self._outage.over(self._who)
        else:
            self._outage.failed(self._who, failure)
        if self._held:
            self._turns.wake_in(AGAIN if failure else self.lease / 3)
