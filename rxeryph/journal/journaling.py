"""The journal of one connection."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, Protocol

from reactivex import Observable

from ..errors import ClosedError, ConfigurationError, JournalError
from ..model import Operation
from ..outcome import OperationResult
from ..polling import Engine, PollingSettings, PollingSource
from ..process import ProcessLock
from ..tracking import Known
from .access import Access
from .consumer import JournaledEvent, check_name, consumed
from .discovery import new_operations
from .once import Once
from .opening import open as open_url
from .protocol import Journal
from .source import JournaledSource


class Counts(NamedTuple):
    """Operations that are polled here and elsewhere, and records that were stored here."""

    owned: int
    followed: int
    appended: int


class Polling(Protocol):
    """Makes the source that polls one operation from what is known."""

    def __call__(self, operation_id: str, initial: Operation | None, known: Known) -> PollingSource: ...


class Journaling:
    """Makes the sources of a connection with a journal.

    ``journal`` is a URL, which is opened here and closed with the connection, or a journal, which its owner closes.
    ``engine`` and ``settings`` are those of the connection. Raises what ``open`` raises, and ConfigurationError for
    anything else.
    """

    def __init__(self, journal: Journal | str, engine: Engine, settings: PollingSettings) -> None:
        if isinstance(journal, type) or not isinstance(journal, str | Journal):
            message = f"journal must be a URL or a journal such as SqliteJournal, not {type(journal).__name__}."
            raise ConfigurationError(message, member="journal")
        self._is_own = isinstance(journal, str)
        opened = open_url(journal) if isinstance(journal, str) else journal
        self._access = Access(opened, engine, settings)
        self._sources: weakref.WeakSet[JournaledSource] = weakref.WeakSet()
        self._lock = ProcessLock()
        self.once = Once(opened, self._access.owner)
        """What submits a change once for each key."""

    def source(
        self,
        operation_id: str,
        conclude: Callable[[Operation], OperationResult],
        polling: Polling,
        initial: Operation | None,
    ) -> JournaledSource:
        """The source of an operation: from the journal, and from the server where this process polls."""

        def poll(known: Known, initial: Operation | None) -> PollingSource:
            return polling(operation_id, initial, known)

        source = JournaledSource(operation_id, self._access, conclude, poll, initial)
        with self._lock:
            self._sources.add(source)
        return source

    def follower(self, operation_id: str) -> JournaledSource:
        """The source of an operation that other processes poll."""
        return JournaledSource(operation_id, self._access)

    def operations(self, *, include_running: bool) -> Observable[str]:
        """The ids of new operations."""
        return new_operations(self._access, include_running=include_running)

    def consumer(
        self, name: str, conclude: Callable[[Operation], OperationResult] = OperationResult
    ) -> Observable[JournaledEvent]:
        """See ``Eryph.consumer``."""
        check_name(name)
        return consumed(self._access, name, conclude)

    def counts(self) -> Counts:
        """What the sources of this connection do now, and what they have stored."""
        watched = [each for each in self._all() if each.history.is_watched and not each.history.has_ended]
        owned = sum(each.is_owner for each in watched)
        return Counts(owned, len(watched) - owned, self._access.appending.count)

    def closing(self) -> None:
        """The connection is about to be closed: sources leave their leases to ``close``.

        While another process writes to the journal for long, each release would hold up the others.
        """
        for source in self._all():
            source.closing()

    def close(self) -> None:
        """Let other processes poll at once, and close the journal if it was opened here. The engine is closed."""
        with suppress(JournalError, ClosedError):  # then all leases will be over soon; no one waits for each of them
            for source in self._all():
                source.release()
        if self._is_own:
            self._access.journal.close()

    def _all(self) -> tuple[JournaledSource, ...]:
        with self._lock:
            return tuple(self._sources)
