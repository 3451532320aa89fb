"""``Eryph``: a server whose operations are streams."""

from __future__ import annotations

import weakref
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from reactivex import Observable, Observer
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable

from .arguments import check_function
from .client import Groups, Transport
from .client.checks import check_id
from .client.polling_reads import ListReader, SnapshotReader
from .credentials import Whereabouts
from .errors import ConfigurationError
from .model import Operation, ResourceType
from .model.timestamps import to_ticks
from .outcome import PROJECT, Fetchers, OperationResult
from .polling import (
    Batcher,
    Chooser,
    Discovery,
    Engine,
    PollingPolicy,
    PollingSettings,
    PollingSource,
    Source,
    Statistics,
)
from .process import ProcessLock
from .scheduling import run_together
from .streams import OperationGroup, OperationStream
from .streams.names import Operations, named
from .tracking import NOTHING_KNOWN, Known

if TYPE_CHECKING:
    from .aio import Aio
    from .journal import JournaledEvent
    from .journal.journaling import Journaling


class Eryph(Groups[OperationStream]):
    """A connection to an eryph server. Calls that change something return an ``OperationStream``.

    Each group of calls is an attribute, such as ``eryph.catlets``; ``rxeryph.client.Groups`` lists them.

    Thread-safe. Use it in a ``with`` or ``async with`` block, or call ``close()``. ``aio`` has the calls for asyncio.
    """

    def __init__(
        self,
        transport: Transport,
        engine: Engine,
        settings: PollingSettings,
        chooser: Chooser,
        journaling: Journaling | None = None,
    ) -> None:
        super().__init__(transport, self._submitted)
        transport.before_submit = engine.check_open  # a change whose stream could not run is not sent
        transport.once = None if journaling is None else journaling.once
        self._engine = engine
        self._settings = settings
        self._journaling = journaling
        self._batcher = Batcher(ListReader(transport).fetch, engine, chooser, settings.overlap)
        self._sources: weakref.WeakValueDictionary[str, Source] = weakref.WeakValueDictionary()
        self._lock = ProcessLock()
        self._fetchers = Fetchers(  # by functions that load a group when it is called
            {
                ResourceType.CATLET: lambda catlet_id: self.catlets.get(catlet_id, with_configuration=True),
                ResourceType.VIRTUAL_DISK: lambda disk_id: self.virtual_disks.get(disk_id),
                ResourceType.VIRTUAL_NETWORK: lambda network_id: self.virtual_networks.get(network_id),
                ResourceType.CATLET_SPECIFICATION: lambda specification_id: self.catlet_specifications.get(
                    specification_id
                ),
                PROJECT: lambda project_id: self.projects.get(project_id),
            },
            lambda functions: run_together(functions, engine.submit),
        )

    def track(self, operation_id: str) -> OperationStream:
        """The stream of an operation that was started elsewhere. Sends nothing until the first subscription.

        Streams of the same operation share one poll loop while any of them is in use.
        """
        return self._stream(self._source(check_id(operation_id, "operation_id"), None))

    def track_all(self, operations: Operations, *, fail_fast: bool = False) -> OperationGroup:
        """Many operations, by id or stream, as one stream of events; each event knows its ``operation_id``.

        Operations may have names, for the results: ``track_all({"web": stream, "db": other})``, or
        ``track_all([stream.pipe(ops.tag("web")), ...])``. A name that is given twice raises ValueError.

        An operation whose tracking fails becomes a ``TrackingFailed`` event and the others continue; with
        ``fail_fast`` its error ends the stream. Sends nothing until the first subscription; then polls that fall due
        together are one list of operations where that costs less than a GET each (see ``batching`` in ``connect``).
        """
        return OperationGroup(named(operations, self.track), self.scheduler, fail_fast=fail_fast)

    def watch_operations(
        self, *, include_running: bool = False, polling: PollingPolicy | None = None
    ) -> Observable[OperationStream]:
        """New operations, no matter who started them, as streams; one list per poll, the same that followed
        operations are polled with where there is one.

        Operations in the first list are not new; with ``include_running`` those that are still running are emitted
        too. ``polling`` says how often to ask (default: as the connection). Each subscription polls on its own, on a
        worker thread; ``reactivex.operators.share`` shares one. The stream never completes. Failed requests are
        logged and repeated within the error budget; then ``on_error`` is called. A client sees the operations of its
        tenant in the projects that it may read.
        """
        if polling is not None:
            check_function(polling, "polling needs a function from PollContext to seconds, such as polling.fixed(2)")
        settings = self._settings if polling is None else replace(self._settings, policy=polling)

        def subscribe(
            observer: ObserverBase[OperationStream], scheduler: SchedulerBase | None = None
        ) -> DisposableBase:
            def found(operation: Operation) -> None:
                observer.on_next(self._stream(self._source(operation.id, operation)))

            lifted: Observer[Operation] = Observer(found, observer.on_error)
            lists = ListReader(self._transport)
            ask = self._batcher.watch(lists.fetch_heads)
            discovery = Discovery(
                ask, lists.load_head, lifted, self._engine, settings, include_running=include_running
            )
            discovery.begin()
            return Disposable(discovery.dispose)

        return Observable(subscribe)

    def consumer(self, name: str) -> Observable[JournaledEvent]:
        """Every event of all operations in the journal of this connection, from a position that outlives the process.

        The first subscription ever to this ``name`` begins with the oldest record, any other one where the last one
        stopped. The position moves when ``on_next`` has returned for all events of a record. So each event is
        delivered at least once, in order within each operation. After a crash, or when a subscription ends in the
        middle of a record, that record comes again: its events have the same ``id`` then. An event that was handed to
        another thread, as ``aiterate`` and ``iterate`` do, counts as delivered.

        Several subscriptions of one name, in any processes, share the work: one delivers, the others wait until it
        ends. Subscribing polls nothing; streams do. It never completes. It ends with what the journal raises, after
        the error budget, and with what ``on_next`` raises. Delivers on the connection's worker threads.

        Raises ConfigurationError without a journal, and for an empty name.
        """
        if self._journaling is None:
            message = 'consumer() needs a journal: connect(journal="sqlite:///operations.db").'
            raise ConfigurationError(message, member="journal")
        return self._journaling.consumer(name, self._conclude)

    @cached_property
    def aio(self) -> Aio:
        """Everything that blocks on a request as coroutines: ``await eryph.aio.catlets.create(...)``."""
        from .aio import Aio

        return Aio(self, self._engine)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aio.close()

    @property
    def scheduler(self) -> SchedulerBase:
        """A scheduler for time operators: a monotonic clock, and actions on the connection's worker threads."""
        return self._engine.delivery

    @property
    def whereabouts(self) -> Whereabouts:
        """The server and the client in use, and how they were found. Sends nothing."""
        return self._transport.whereabouts

    def scopes(self) -> tuple[str, ...]:
        """The scopes in the access token."""
        return self._transport.tokens.scopes

    def statistics(self) -> Statistics:
        """What this connection has done so far, and whether it polls with lists now, and why. Sends nothing."""
        counted = self._batcher.statistics(*self._transport.traffic)
        return counted if self._journaling is None else replace(counted, **self._journaling.counts()._asdict())

    def close(self) -> None:
        """End all streams (with ClosedError), threads and connections within 2 s. Operations keep running."""
        if self._journaling is not None:
            self._journaling.closing()
        super().close()
        self._engine.close()
        if self._journaling is not None:
            self._journaling.close()

    def _submitted(self, operation: Operation) -> OperationStream:
        source = self._source(operation.id, operation)
        source.submitted()
        return self._stream(source)

    def _stream(self, source: Source) -> OperationStream:
        return OperationStream(source, lambda: self.operations.cancel(source.operation_id))

    def _source(self, operation_id: str, initial: Operation | None) -> Source:
        with self._lock:
            source = self._sources.get(operation_id)
            if source is None:
                source = self._sources[operation_id] = self._new_source(operation_id, initial)
        return source

    def _new_source(self, operation_id: str, initial: Operation | None) -> Source:
        if self._journaling is None:
            return self._polling_source(operation_id, initial)
        return self._journaling.source(operation_id, self._conclude, self._polling_source, initial)

    def _polling_source(
        self, operation_id: str, initial: Operation | None, known: Known = NOTHING_KNOWN
    ) -> PollingSource:
        created = None if initial is None or initial.created is None else to_ticks(initial.created)
        reader = SnapshotReader(self._transport, operation_id)
        ask = self._batcher.member(operation_id, reader, created)
        return PollingSource(operation_id, ask, self._engine, self._settings, self._conclude, initial, known)

    def _conclude(self, operation: Operation) -> OperationResult:
        return self._fetchers.connect(OperationResult(operation))
