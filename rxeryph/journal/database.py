"""The file of a ``SqliteJournal``: found to be one, or made, and used by one thread at a time."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from ..errors import ClosedError, ConfigurationError, JournalError
from ..process import Process, ProcessLock
from .forks import FORKS
from .patience import PAUSE, SLICE, patiently
from .schema import APPLICATION, SCHEMA, VERSION
from .shares import share_of
from .sqlite_errors import is_busy, reason_of

Parameters: TypeAlias = Sequence[object] | Mapping[str, object]

Execute: TypeAlias = Callable[..., sqlite3.Cursor]
"""Runs a statement with its parameters."""

PATIENCE = 5.0
"""Seconds to wait for another process that is writing."""


class Database:
    """One database file. Thread-safe. Raises JournalError for whatever goes wrong with it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        given = os.fsdecode(path)
        if not given or given == ":memory:" or "\0" in given:
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
        self._writing = threading.Lock()
        self._closed = threading.Event()
        with FORKS.opening(self), self._translated():
            self._open()
        self._identity = self._identify()

    @contextmanager
    def transaction(self, patience: float | None = None) -> Iterator[Execute]:
        """Run statements as one change, which no crash loses after the block, or not at all if the block raises.

        ``patience`` is how many seconds to wait for another process that writes; None: ``PATIENCE``. Meanwhile other
        threads may read, or close the file.
        """
        patience = PATIENCE if patience is None else patience
        deadline = time.monotonic() + patience
        self._check_process()
        if not self._writing.acquire(timeout=patience):  # one thread waits for other processes, the others for it
            raise self._in_use(patience)
        try:
            while True:
                with self._used():
                    if self._is_begun():
                        with self._change():
                            yield self._connection.execute
                        return
                if time.monotonic() >= deadline:
                    raise self._in_use(patience)
                self._closed.wait(PAUSE)
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[Execute]:
        """Run statements that change nothing."""
        with self._used():
            self._check_version()
            yield self._execute

    def close(self) -> None:
        """Close the file, without waiting for other processes. Who waits to write gets a ClosedError."""
        if not self._process.is_this:
            return
        self._closed.set()
        with self.lock, suppress(sqlite3.Error):
            self._connection.close()

    def disown(self) -> None:
        """Close the file in a fork, in which no other method works."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def error(self, reason: str, *, is_permanent: bool = False) -> JournalError:
        """The error that the file cannot be used for this ``reason``."""
        message = f"The journal {self.path} cannot be used: {reason}."
        return JournalError(message, place=self.path, is_permanent=is_permanent)

    def _in_use(self, seconds: float) -> JournalError:
        return self.error(f"another process has been writing to it for {seconds:g} s")

    def _check_process(self) -> None:
        if not self._process.is_this:
            raise ClosedError(
                "This journal was opened by another process, of which this one is a fork. Open it again here."
            )

    @contextmanager
    def _used(self) -> Iterator[None]:
        """The connection may be used, by this thread only."""
        self._check_process()
        with self.lock:
            if self._closed.is_set():
                raise ClosedError(f"The journal {self.path} is closed.")
            if self._identify() != self._identity:
                raise self.error("it was deleted or replaced while it was open", is_permanent=True)
            with self._translated():
                yield

    def _is_begun(self) -> bool:
        """Begin a transaction; False while another process writes."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if is_busy(error):
                return False
            raise
        return True

    @contextmanager
    def _change(self) -> Iterator[None]:
        try:
            self._check_version()
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # some errors have rolled it back
                self._connection.execute("ROLLBACK")
            raise

    def _execute(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        return patiently(lambda: self._connection.execute(statement, parameters), PATIENCE)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            reason, is_permanent = reason_of(error)
            raise self.error(reason, is_permanent=is_permanent) from error

    def _identify(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _open(self) -> None:
        folder = os.path.dirname(self.path)
        if not os.path.isdir(folder):
            raise self.error(f"the folder {folder} does not exist; create it first")
        if os.path.isdir(self.path):
            raise self.error("it is a folder; use the path of a file")
        self._connection = sqlite3.connect(self.path, timeout=SLICE, isolation_level=None, check_same_thread=False)
        try:
            self._execute("BEGIN")  # as of one moment: another process may be creating it
            is_journal = self._is_journal()
            self._execute("COMMIT")
            if not is_journal:
                self._create()
            # A commit returns when its data is on the disk, also if the disk has a cache of its own.
            self._execute("PRAGMA synchronous = FULL")
            self._execute("PRAGMA fullfsync = ON")
        except BaseException:
            self._connection.close()
            raise

    def _is_journal(self) -> bool:
        """False for an empty file. Raises JournalError for a file that is something else."""
        application = self._value("PRAGMA application_id")
        if application == APPLICATION:
            self._check_version()
            return True
        if application or self._value("SELECT count(*) FROM sqlite_master"):
            raise self.error("it is the database of another program; use another path", is_permanent=True)
        return False

    def _check_version(self) -> None:
        """Raise JournalError if a newer version has written the file, or changed it meanwhile."""
        version = self._value("PRAGMA user_version")
        if version > VERSION:
            raise self.error(
                f"a newer version of rxeryph wrote it (format {version}; this one has {VERSION}). Update rxeryph",
                is_permanent=True,
            )

    def _create(self) -> None:
        if self._value("PRAGMA journal_mode = WAL") != "wal":
            raise self.error("its file system has no shared memory; use a path on a disk of this machine")
        self._execute("BEGIN IMMEDIATE")
        if not self._is_journal():  # another process may have been first
            for statement in SCHEMA:
                self._execute(statement)
        self._execute("COMMIT")

    def _value(self, statement: str) -> Any:
        return self._execute(statement).fetchone()[0]
