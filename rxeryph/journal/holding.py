"""Whether this process is the one that does something, such as polling an operation."""

from __future__ import annotations

from ..errors import JournalError
from .access import Access
from .protocol import Lease
from .turns import TINY

LEASE = 8.0
"""Seconds for which a lease is asked. Journals add a tenth, and round up perhaps, and someone has to notice: another
process takes over from one that died within 11 s."""

AGAIN = 1.0
"""Seconds between attempts to get a lease, or to renew it after an attempt that failed."""


class Holding:
    """The lease of one name. Not thread-safe."""

    def __init__(self, access: Access, name: str) -> None:
        self._access = access
        self._name = name
        self._now = access.engine.now
        self._outage = access.outage
        self._lease: Lease | None = None
        self._until = self._renew_at = 0.0

    @property
    def is_safe(self) -> bool:
        """True while no one else can have the lease; False also for a process that was stopped for too long."""
        return self._lease is not None and self._now() < self._until

    @property
    def renew_in(self) -> float:
        """Seconds until ``keep`` has to be called."""
        return max(0.0, self._renew_at - self._now())

    def acquire(self) -> bool:
        """Get the lease, or keep it; False if another process has it. Raises JournalError."""
        began = self._now()
        if self._lease is not None and self._lease.renew():
            self._renewed(began)
            return True
        self._lease = self._access.journal.acquire(self._name, self._access.owner, LEASE)
        self._renewed(began)
        return self._lease is not None

    def keep(self) -> bool:
        """Renew the lease if that is due; False if it is lost, or may be. A late renewal shows that it was not."""
        if self._lease is None:
            return False
        began = self._now()
        if self.is_safe and began < self._renew_at - TINY:
            return True
        try:
            if not self._lease.renew():
                self._lease = None
                self._outage.over(self._waiter)
                return False
        except JournalError as error:
            self._outage.failed(self._waiter, error)
            self._renew_at = began + AGAIN
            return self.is_safe
        self._renewed(began)
        return True

    def release(self) -> None:
        """Let another process have it at once. Raises JournalError."""
        self._outage.over(self._waiter)
        lease, self._lease = self._lease, None
        if lease is not None:
            lease.release()

    @property
    def _waiter(self) -> str:
        return f"the lease of {self._name}"

    def _renewed(self, began: float) -> None:
        self._outage.over(self._waiter)
        # It began at the latest when the journal answered, and at the earliest when it was asked.
        self._until = began + LEASE
        self._renew_at = began + LEASE / 3
