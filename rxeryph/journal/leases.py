"""The leases in the file of a ``SqliteJournal``, renewed together."""

from __future__ import annotations

import time
import uuid
import weakref

from ..errors import JournalError
from ..process import ProcessLock
from .database import Database

IN_FORCE = "(since <= :now AND :now < until)"
"""Of a lease. One from before a restart of the machine is not: the clock, which no one can change, began again."""

ITS_OWN = "name = :name AND token = :token"
"""The row of a lease, found by its key, and only if no one has taken it over."""

HURRY = 0.25
"""Seconds to wait for another process that is writing, when a lease is released."""

SPARE = 0.1
"""The part by which a lease lasts longer than was asked for, so that not each renewal needs a write of its own."""


class Leases:
    """The leases that one journal object holds. A renewal of one is a renewal of all that were renewed lately."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = ProcessLock()  # which no one has while it waits for the database
        self._held: weakref.WeakSet[SqliteLease] = weakref.WeakSet()
        self._is_held_up = False

    def acquire(self, name: str, owner: str, seconds: float) -> SqliteLease | None:
        """See ``Journal.acquire``."""
        is_taken = f"SELECT 1 FROM leases WHERE name = :name AND {IN_FORCE}"
        with self._database.reading() as execute:  # which waits for no one
            if execute(is_taken, {"name": name, "now": time.monotonic()}).fetchone():
                return None
        lease = SqliteLease(self, name, seconds)
        with self._database.transaction() as execute:
            now = time.monotonic()
            if execute(is_taken, {"name": name, "now": now}).fetchone():
                return None
            lease.asked_at = now
            lease.hold(now)
            values = (name, owner, lease.token, lease.since, lease.until)
            execute("REPLACE INTO leases VALUES (?, ?, ?, ?, ?)", values)
        self._is_held_up = False
        with self._lock:
            self._held.add(lease)
        return lease

    def renew(self, lease: SqliteLease) -> bool:
        """See ``Lease.renew``."""
        lease.asked_at = time.monotonic()
        if not self._is_held(lease):
            return False
        if lease.is_fresh(lease.asked_at):
            return True
        with self._database.transaction() as execute:
            now = time.monotonic()
            if lease.is_fresh(now):  # another thread has renewed all
                return self._is_held(lease)
            with self._lock:
                renewed = [each for each in self._held if each.is_in_force(now) and each.is_asked_for(now)]
            for each in renewed:
                execute(
                    f"UPDATE leases SET since = :now, until = :until WHERE {ITS_OWN} AND {IN_FORCE}",
                    {"now": now, "until": each.end_from(now), "name": each.name, "token": each.token},
                )
        self._is_held_up = False
        for each in renewed:
            each.hold(now)
        return lease in renewed

    def release(self, lease: SqliteLease) -> None:
        """See ``Lease.release``.

        While another process writes for long, this soon raises JournalError: the lease is over by itself after its
        time. The next release tries only once then.
        """
        with self._lock:
            self._held.discard(lease)
        try:
            with self._database.transaction(0.0 if self._is_held_up else HURRY) as execute:
                execute(f"DELETE FROM leases WHERE {ITS_OWN}", {"name": lease.name, "token": lease.token})
        except JournalError:
            self._is_held_up = True
            raise
        self._is_held_up = False

    def _is_held(self, lease: SqliteLease) -> bool:
        # All processes have the same clock: no one else can have it before its time is over.
        with self._lock:
            if lease in self._held and lease.is_in_force(time.monotonic()):
                return True
            self._held.discard(lease)
            return False


class SqliteLease:
    """A lease in a ``SqliteJournal``. Its clock counts the seconds since the machine was started."""

    def __init__(self, leases: Leases, name: str, seconds: float) -> None:
        self.name = name
        self.seconds = seconds
        self.token = uuid.uuid4().hex
        self.since = self.until = self.asked_at = 0.0
        self._leases = leases

    def renew(self) -> bool:
        """See ``Lease.renew``."""
        return self._leases.renew(self)

    def release(self) -> None:
        """See ``Lease.release``."""
        self._leases.release(self)

    def hold(self, now: float) -> None:
        """It is held from ``now`` on."""
        self.since, self.until = now, self.end_from(now)

    def end_from(self, now: float) -> float:
        """When it is over, if it is held from ``now`` on."""
        return now + self.seconds * (1 + SPARE)

    def is_in_force(self, now: float) -> bool:
        """True while no one else can have it."""
        return self.since <= now < self.until

    def is_fresh(self, now: float) -> bool:
        """True if it was renewed lately, so that it need not be renewed now."""
        return now <= self.since + SPARE * self.seconds

    def is_asked_for(self, now: float) -> bool:
        """True if its holder has renewed it lately, and not only the holders of others."""
        return now < self.asked_at + self.seconds
