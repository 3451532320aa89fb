"""The file of a ``SqliteJournal``: found to be one, or made, and used by one thread at a time."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from ..errors import ClosedError, ConfigurationError, JournalError
from ..process import Process, ProcessLock
from .forks import FORKS
from .shares import share_of

Execute: TypeAlias = Callable[..., sqlite3.Cursor]
"""Runs a statement with its parameters."""

APPLICATION = 0x72786A6C
"""``rxjl``, which says in the header of a database file that it is a journal."""

VERSION = 1

PATIENCE = 5.0
"""Seconds to wait for another process that is writing."""

SCHEMA = (
    # AUTOINCREMENT: a position is not used again after its record was deleted.
    "CREATE TABLE records (position INTEGER PRIMARY KEY AUTOINCREMENT, operation_id TEXT NOT NULL,"
    " number INTEGER NOT NULL, stored_at INTEGER NOT NULL, data BLOB NOT NULL)",
    "CREATE INDEX records_of_operation ON records (operation_id)",  # and, as each index, by position
    "CREATE TABLE operations (operation_id TEXT PRIMARY KEY, next INTEGER NOT NULL, stored_at INTEGER NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, token TEXT NOT NULL, since REAL NOT NULL,"
    " until REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE consumers (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
"""``operations`` has the number of the next record and the time of the last one. Times are microseconds since 1970,
those of leases seconds since the machine was started."""

REASONS = {
    sqlite3.SQLITE_BUSY: (f"another process has been writing to it for {PATIENCE:g} s", False),
    sqlite3.SQLITE_FULL: ("the disk is full", False),
    sqlite3.SQLITE_READONLY: ("it may not be written; check the permissions of the file and its folder", False),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened; check the permissions of the file and its folder", False),
    sqlite3.SQLITE_CORRUPT: ("it is damaged; restore a copy, or move it away to begin another", True),
    sqlite3.SQLITE_NOTADB: ("it is not a journal; use another path", True),
}
"""What the codes of SQLite mean here, and whether a retry cannot help."""


class Database:
    """One database file. Thread-safe. Raises JournalError for whatever goes wrong with it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        given = os.fspath(path)
        if not given or given == ":memory:":
            raise ConfigurationError(
                "A journal needs the path of a file, which outlives the process.", member="journal"
            )
        self.path = os.path.abspath(given)
        share = share_of(self.path)
        if share is not None:
            raise ConfigurationError(
                f"The journal {self.path} is on the network share {share}, where SQLite would damage it: use a path"
                " on a disk of this machine.",
                place=self.path,
                member="journal",
            )
        self._process = Process()
        self.lock = ProcessLock()
        self._is_closed = False
        with FORKS.opening(self), self._translated():
            self._connection = self._opened()
        self._identity = self._identify()

    @contextmanager
    def transaction(self) -> Iterator[Execute]:
        """Run statements as one change, which no crash loses after the block, or not at all if the block raises."""
        with self.reading() as execute:
            if self._identify() != self._identity:
                raise self.error("it was deleted or replaced while it was open", is_permanent=True)
            execute("BEGIN IMMEDIATE")
            try:
                yield execute
                execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # some errors have rolled it back
                    execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[Execute]:
        """Run statements that change nothing."""
        if not self._process.is_this:
            raise ClosedError(
                "This journal was opened by another process, of which this one is a fork. Open it again here."
            )
        with self.lock:
            if self._is_closed:
                raise ClosedError(f"The journal {self.path} is closed.")
            with self._translated():
                yield self._connection.execute

    def close(self) -> None:
        """Close the file."""
        if not self._process.is_this:
            return
        with self.lock:
            self._is_closed = True
            with suppress(sqlite3.Error):
                self._connection.close()

    def disown(self) -> None:
        """Close the file in a fork, in which no other method works."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def error(self, reason: str, *, is_permanent: bool = False) -> JournalError:
        """The error that the file cannot be used for this ``reason``."""
        message = f"The journal {self.path} cannot be used: {reason}."
        return JournalError(message, place=self.path, is_permanent=is_permanent)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the details in the higher bits
            reason, is_permanent = REASONS.get(code, (str(error), False))
            raise self.error(reason, is_permanent=is_permanent) from error

    def _identify(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _opened(self) -> sqlite3.Connection:
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise self.error(f"the folder {folder} does not exist; create it first")
        connection = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            if not self._is_journal(connection.execute):
                self._create(connection)
            # A commit returns when its data is on the disk, also if the disk has a cache of its own.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_journal(self, execute: Execute) -> bool:
        """False for an empty file. Raises JournalError for a file that is something else."""
        application, version = _value(execute, "PRAGMA application_id"), _value(execute, "PRAGMA user_version")
        if application == APPLICATION:
            if version > VERSION:
                raise self.error(
                    f"a newer version of rxeryph wrote it (format {version}; this one has {VERSION}). Update rxeryph",
                    is_permanent=True,
                )
            return True
        if application or _value(execute, "SELECT count(*) FROM sqlite_master"):
            raise self.error("it is the database of another program; use another path", is_permanent=True)
        return False

    def _create(self, connection: sqlite3.Connection) -> None:
        mode = _patiently(lambda: _value(connection.execute, "PRAGMA journal_mode = WAL"))
        if mode != "wal":
            raise self.error("its file system has no shared memory; use a path on a disk of this machine")
        connection.execute("BEGIN IMMEDIATE")
        if not self._is_journal(connection.execute):  # another process may have been first
            for statement in SCHEMA:
                connection.execute(statement)
        connection.execute("COMMIT")


def _value(execute: Execute, statement: str) -> Any:
    return execute(statement).fetchone()[0]


def _patiently(action: Callable[[], Any]) -> Any:
    """What ``action`` returns, when no other process does the same: SQLite does not wait for a change of the mode."""
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while True:
        try:
            return action()
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        pause.wait(0.01)
