"""Whether this process is the one that does something, such as polling an operation."""

from __future__ import annotations

from collections.abc import Callable

from .access import Access
from .protocol import Lease
from .renewals import Renewals


class Holding:
    """The lease of one name, renewed from ``acquire`` to ``release``. ``lost`` is called if it may be lost before.

    ``acquire`` and ``release`` may be called on two threads, but ``acquire`` not on two at a time.
    """

    def __init__(
        self,
        access: Access,
        name: str,
        lost: Callable[[], None] = lambda: None,
        renewals: Renewals | None = None,
    ) -> None:
        self._access = access
        self._renewals = renewals or access.renewals
        self._name = name
        self._now = access.engine.now
        self._seconds = self._renewals.lease
        self._lease: Lease | None = None
        self._until = 0.0
        self.lost = lost

    @property
    def is_safe(self) -> bool:
        """True while no one else can have the lease; False also for a process that was stopped for too long."""
        return self._lease is not None and self._now() < self._until

    def acquire(self) -> bool:
        """Get the lease, or keep it; False if another process has it. Raises JournalError."""
        if not self.renew():
            began = self._now()
            self._lease = self._access.journal.acquire(self._name, self._access.owner, self._seconds)
            self._until = began + self._seconds
        if self._lease is not None:
            self._renewals.add(self)
        if self._lease is None:  # also if it was released meanwhile
            self._renewals.remove(self)
            return False
        return True

    def renew(self) -> bool:
        """Renew the lease; False if it is lost. A late renewal shows that it was not. Raises JournalError."""
        lease, began = self._lease, self._now()
        if lease is None:
            return False
        is_held = lease.renew()
        if self._lease is not lease:
            return False  # it was released meanwhile
        if is_held:
            # It began at the latest when the journal answered, and at the earliest when it was asked.
            self._until = began + self._seconds
        else:
            self._lease = None
        return is_held

    def release(self) -> None:
        """Let another process have it at once. Raises JournalError."""
        lease, self._lease = self._lease, None
        self._renewals.remove(self)
        if lease is not None:
            lease.release()
