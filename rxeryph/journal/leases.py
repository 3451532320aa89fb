"""The leases in the file of a ``SqliteJournal``."""

from __future__ import annotations

import time
import uuid

from .database import Database

IN_FORCE = "(since <= :now AND :now < until)"
"""Of a lease. One from before a restart of the machine is not: the clock, which no one can change, began again."""


class SqliteLease:
    """A lease in a ``SqliteJournal``. Its clock counts the seconds since the machine was started."""

    def __init__(self, database: Database, name: str, seconds: float) -> None:
        self._database = database
        self._name = name
        self._token = uuid.uuid4().hex
        self._seconds = seconds

    def acquire(self, owner: str) -> bool:
        """Take it, if it is free."""
        clock = {"name": self._name, "now": time.monotonic()}
        is_taken = f"SELECT 1 FROM leases WHERE name = :name AND {IN_FORCE}"
        with self._database.reading() as execute:  # which waits for no one
            if execute(is_taken, clock).fetchone():
                return False
        with self._database.transaction() as execute:
            now = time.monotonic()
            if execute(is_taken, {**clock, "now": now}).fetchone():
                return False
            execute(
                "REPLACE INTO leases VALUES (?, ?, ?, ?, ?)",
                (self._name, owner, self._token, now, now + self._seconds),
            )
        return True

    def renew(self) -> bool:
        """See ``Lease.renew``."""
        with self._database.transaction() as execute:
            now = time.monotonic()
            renewed = execute(
                "UPDATE leases SET since = :now, until = :until"
                f" WHERE name = :name AND token = :token AND {IN_FORCE}",
                {"now": now, "until": now + self._seconds, "name": self._name, "token": self._token},
            )
        return renewed.rowcount == 1

    def release(self) -> None:
        """See ``Lease.release``."""
        with self._database.transaction() as execute:
            execute("DELETE FROM leases WHERE name = ? AND token = ?", (self._name, self._token))
