"""``SqliteJournal``: a journal in one file, for several processes of one machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from reactivex.abc import DisposableBase

from ..arguments import check_number
from ..closing import Closing
from ..errors import JournalConflictError, JournalError
from ..scheduling.log import logger
from .appending import append_one
from .database import Database, Execute
from .leases import IN_FORCE, Leases, SqliteLease
from .protocol import NewRecord, Record
from .retention import checked_keep
from .watching import Watch

SWEEPING = 3600.0
"""Seconds from one deletion of old operations to the next, by whichever process."""

SWEPT_AT_ONCE = 100
"""Operations that are deleted in one transaction, so that other writers do not wait for long."""

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SqliteJournal(Closing):
    """A journal in one SQLite file, which any number of processes of one machine may share.

    Args:
        path: The file. It is created if it does not exist; its folder must exist, on a disk of this machine. SQLite
            keeps two more files next to it, with ``-wal`` and ``-shm`` at the end of the name.
        keep: How long to keep an operation after its last record; None: for ever. Once an hour at most, operations
            that had no record for so long are deleted, unless one is being polled. Longer than any operation takes,
            and than any consumer is away.

    A record is on the disk when ``append`` returns. A write waits up to 5 s for other writers, and ``close()`` does
    not wait for them. Nor does a release of a lease, for longer than 0.25 s: what could not be released is over after
    its time. Notifications of records by other processes come within about 0.1 s, on a thread that runs while there
    are subscribers.

    Use it in a ``with`` block, or call ``close()``. Raises ConfigurationError for a ``path`` that no journal can
    have, as on a network share, and for ``keep`` out of range; JournalError if the file cannot be used, is something
    else, or was written by a newer version.
    """

    def __init__(self, path: str | os.PathLike[str], *, keep: timedelta | None = None) -> None:
        self._keep = checked_keep(keep)
        self._database = Database(path)
        self._watch = Watch(self._database)
        self._leases = Leases(self._database)
        self._next_sweep = time.monotonic()

    def __repr__(self) -> str:
        return f"SqliteJournal({self._database.path!r})"

    def append(self, operation_id: str, number: int, data: bytes) -> Record:
        """See ``Journal.append``."""
        return append_one(self, NewRecord(operation_id, number, data))

    def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
        """See ``Journal.append_all``. One transaction."""
        outcomes = self._stored(records)
        stored = [outcome for outcome in outcomes if isinstance(outcome, Record)]
        for record in stored:
            self._watch.appended(record.operation_id)
        if stored:
            self._sweep()
        return outcomes

    def read(self, *, after: int = 0, operation_id: str | None = None, limit: int | None = None) -> Sequence[Record]:
        """See ``Journal.read``."""
        with self._database.reading() as execute:
            rows = execute(
                "SELECT position, operation_id, number, stored_at, data FROM records WHERE position > :after"
                + ("" if operation_id is None else " AND operation_id = :operation_id")
                + " ORDER BY position LIMIT :limit",
                {"after": after, "operation_id": operation_id, "limit": -1 if limit is None else limit},
            ).fetchall()
        return [Record(row[0], row[1], row[2], EPOCH + row[3] * MICROSECOND, row[4]) for row in rows]

    def subscribe(self, notify: Callable[[], None], *, operation_id: str | None = None) -> DisposableBase:
        """See ``Journal.subscribe``."""
        return self._watch.add(notify, operation_id)

    def acquire(self, name: str, owner: str, seconds: float) -> SqliteLease | None:
        """See ``Journal.acquire``."""
        check_number(seconds, "seconds must be a number above 0", above=0)
        return self._leases.acquire(name, owner, seconds)

    def position(self, consumer: str) -> int:
        """See ``Journal.position``."""
        with self._database.reading() as execute:
            found = execute("SELECT position FROM consumers WHERE name = ?", (consumer,)).fetchone()
        return 0 if found is None else int(found[0])

    def advance(self, consumer: str, position: int) -> None:
        """See ``Journal.advance``."""
        with self._database.transaction() as execute:
            execute(
                "INSERT INTO consumers VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)",
                (consumer, position),
            )

    def close(self) -> None:
        """See ``Journal.close``."""
        self._watch.close()
        self._database.close()

    def _stored(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
        is_begun = False
        try:
            with self._database.transaction() as execute:
                is_begun = True
                now = _microseconds()
                return [self._insert(execute, each, now) for each in records]
        except JournalError as error:
            if is_begun and len(records) > 1:  # perhaps because of one of them, which must not hold up the others
                return [outcome for each in records for outcome in self._stored([each])]
            return [error] * len(records)

    def _insert(self, execute: Execute, new: NewRecord, now: int) -> Record | JournalConflictError:
        operation_id, number, data = new
        found = execute("SELECT next FROM operations WHERE operation_id = ?", (operation_id,)).fetchone()
        following = 0 if found is None else found[0]
        if number != following:
            return JournalConflictError(
                f"Record {number} of operation {operation_id} was not appended to {self._database.path}: the next"
                f" one is {following}. Another process may have appended; read its records first.",
                operation_id=operation_id,
                number=number,
                place=self._database.path,
            )
        position = execute(
            "INSERT INTO records (operation_id, number, stored_at, data) VALUES (?, ?, ?, ?)",
            (operation_id, number, now, data),
        ).lastrowid
        execute("REPLACE INTO operations VALUES (?, ?, ?)", (operation_id, number + 1, now))
        return Record(position or 0, operation_id, number, EPOCH + now * MICROSECOND, data)

    def _sweep(self) -> None:
        """Delete operations that had no record for ``keep``, unless that was done in the last hour."""
        if self._keep is None or time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + SWEEPING
        try:
            if self.acquire("rxeryph: deleting old operations", "", 0.9 * SWEEPING) is not None:
                while self._delete(_microseconds() - self._keep // MICROSECOND):
                    pass
        except JournalError as error:
            logger.warning("Old operations were not deleted: %s", error)

    def _delete(self, before: int) -> bool:
        """Delete some operations without a record since ``before``; False if there was none."""
        with self._database.transaction() as execute:
            clock = {"now": time.monotonic()}
            execute(f"DELETE FROM leases WHERE NOT {IN_FORCE}", clock)
            old = execute(
                "SELECT operation_id FROM operations WHERE stored_at < ?"
                " AND operation_id NOT IN (SELECT name FROM leases) LIMIT ?",
                (before, SWEPT_AT_ONCE),
            ).fetchall()
            for row in old:
                execute("DELETE FROM records WHERE operation_id = ?", row)
                execute("DELETE FROM operations WHERE operation_id = ?", row)
        return bool(old)


def _microseconds() -> int:
    """Since 1970, by the clock of the machine."""
    return time.time_ns() // 1000
