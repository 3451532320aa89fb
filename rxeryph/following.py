"""``follow()``: the operations in a journal as streams, without a connection to a server."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import Self

from reactivex import Observable
from reactivex import operators as rx
from reactivex.abc import SchedulerBase

from .client.checks import check_id
from .closing import Closing
from .errors import ConfigurationError
from .journal import Journal, JournaledEvent
from .journal.journaling import Journaling
from .model import CancelRequest
from .polling import Engine, PollingSettings, Source, threaded_engine
from .process import ProcessLock
from .streams import OperationGroup, OperationStream
from .streams.names import Operations, named


def follow(journal: Journal | str, *, workers: int = 4) -> Follower:
    """Follow the operations in a journal that other processes poll. Needs no server and no credentials.

    Args:
        journal: A journal, which the caller closes, or its URL, such as ``"sqlite:///operations.db"``.
        workers: How many threads deliver events, at least 1.

    Raises ValueError for fewer workers, ConfigurationError for what is no journal, and what the journal raises when
    it is opened.
    """
    engine = threaded_engine(workers)
    return Follower(Journaling(journal, engine, PollingSettings()), engine)


class Follower(Closing):
    """The operations in a journal as streams: what ``Eryph`` has, without whatever needs a server.

    A stream waits for the next record for as long as no process polls its operation. Results are not connected to a
    server. Thread-safe. Use it in a ``with`` or ``async with`` block, or call ``close()``.
    """

    def __init__(self, journaling: Journaling, engine: Engine) -> None:
        self._journaling = journaling
        self._engine = engine
        self._sources: weakref.WeakValueDictionary[str, Source] = weakref.WeakValueDictionary()
        self._lock = ProcessLock()

    def track(self, operation_id: str) -> OperationStream:
        """The stream of an operation: what the journal has of it, and then each new record.

        Its ``cancel()`` raises ConfigurationError.
        """
        return self._stream(check_id(operation_id, "operation_id"))

    def track_all(self, operations: Operations, *, fail_fast: bool = False) -> OperationGroup:
        """Many operations as one stream of events, see ``Eryph.track_all``."""
        return OperationGroup(named(operations, self.track), self.scheduler, fail_fast=fail_fast)

    def watch_operations(self, *, include_running: bool = False) -> Observable[OperationStream]:
        """Each operation whose first record is stored from now on, as a stream.

        With ``include_running``, first those in the journal that have not finished. The stream never completes; it
        ends with what the journal raises, after the error budget. Delivers on a worker thread.
        """
        ids = self._journaling.operations(include_running=include_running)
        return ids.pipe(rx.map(self._stream))

    def consumer(self, name: str) -> Observable[JournaledEvent]:
        """Every event of all operations, from a position that outlives the process. See ``Eryph.consumer``."""
        return self._journaling.consumer(name)

    @property
    def scheduler(self) -> SchedulerBase:
        """A scheduler for time operators: a monotonic clock, and actions on the worker threads."""
        return self._engine.delivery

    def close(self) -> None:
        """End all streams (with ClosedError) and threads within 2 s, and the journal if it was given as a URL."""
        self._engine.close()
        self._journaling.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import asyncio

        await asyncio.to_thread(self.close)  # which waits for threads

    def _stream(self, operation_id: str) -> OperationStream:
        with self._lock:
            source = self._sources.get(operation_id)
            if source is None:
                source = self._journaling.follower(operation_id)
                self._sources[operation_id] = source

        def cancel() -> CancelRequest:
            raise ConfigurationError(
                f"Operation {operation_id} is followed in a journal; cancelling it needs a connection to its server."
            )

        return OperationStream(source, cancel)
