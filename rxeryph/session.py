"""``connect()`` and ``Eryph``: a server whose operations are streams."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reactivex import Observable, Observer
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable

from .client import ConnectionSettings, Groups, Transport
from .client.checks import check_id
from .client.polling_reads import ListReader, SnapshotReader
from .credentials import Whereabouts
from .errors import ConfigurationError
from .http import Timeout, Verify
from .model import Operation, ResourceType
from .model.timestamps import to_ticks
from .outcome import PROJECT, Fetchers, OperationResult
from .polling import (
    Batcher,
    Batching,
    Chooser,
    Discovery,
    Engine,
    PollingPolicy,
    PollingSettings,
    PollingSource,
    Statistics,
    activity,
    threaded_engine,
)
from .retry import POLL_BUDGET, ErrorBudget
from .scheduling import run_together
from .streams import OperationGroup, OperationStream
from .tracking import Settling


def connect(
    configuration: str | None = None,
    *,
    client_id: str | None = None,
    endpoint: str | None = None,
    identity_endpoint: str | None = None,
    compute_endpoint: str | None = None,
    private_key: str | None = None,
    client_secret: str | None = None,
    issuer: str | None = None,
    scopes: Sequence[str] | None = None,
    polling: PollingPolicy | None = None,
    settle: float | None = None,
    error_budget: ErrorBudget | None = None,
    request_timeout: Timeout | None = None,
    workers: int = 8,
    batching: Batching | str = Batching.AUTOMATIC,
    verify: Verify = True,
    allow_http: bool = False,
) -> Eryph:
    """Connect to an eryph server. Sends nothing until the first call.

    Arguments that are not given are looked for in environment variables, then in the configurations that all eryph
    clients share, and in the lock file of a server on this machine. A server found that way is looked up again when
    it cannot be reached, even while streams run: eryph-zero takes a new port at every start.

    Args:
        configuration: Name of a configuration. None: ``default``, ``zero`` (on Windows) and ``local`` in turn.
        client_id: The client to authenticate as, with ``private_key`` (PEM text or path) or ``client_secret``;
            without them its key is looked for in the stores.
        endpoint: Base URL with identity and compute below it, or ``identity_endpoint`` and ``compute_endpoint``.
        issuer: The issuer of the identity provider if that has another origin, as behind some reverse proxies.
        scopes: Scopes to ask for. None: all the client has.
        polling: When to ask again, see ``rxeryph.polling``. None: ``activity()``.
        settle: Seconds from the end of an operation to the last look for late log entries, at least 0. A look
            that finds some is followed by another, up to five times as long in all. None: 1 s.
        error_budget: How long polls and requests may fail in a row. None: 10 polls or 120 s, and 4 tries
            or 15 s for a single request.
        request_timeout: Seconds for one request, (connect, read), or ``Timeouts``. None: 5 s and 10 s, 60 s in all.
        workers: How many threads may make requests at the same time, at least 1.
        batching: Whether polls that fall due together are answered by one list of all operations: ``"automatic"``,
            where it costs less than one request each, ``"never"`` or ``"always"``.
        verify: True for the operating system's trust store, the path of a CA file, a ``Fingerprint``, or
            False, which warns.
        allow_http: Allow plain http to other machines than this one.

    Raises ConfigurationError for an argument or file that cannot be used, and CredentialsNotFoundError, which lists
    every place tried, when they do not say enough.

    Long because it names and explains each of its arguments.
    """
    settings = ConnectionSettings(
        configuration=configuration,
        client_id=client_id,
        endpoint=endpoint,
        identity_endpoint=identity_endpoint,
        compute_endpoint=compute_endpoint,
        private_key=private_key,
        client_secret=client_secret,
        issuer=issuer,
        scopes=scopes,
        error_budget=error_budget,
        request_timeout=request_timeout,
        workers=workers,
        verify=verify,
        allow_http=allow_http,
    )
    try:
        settling = Settling() if settle is None else Settling.of(settle)
    except ValueError as error:
        message = f"settle must be a finite number of seconds from 0, not {settle}."
        raise ConfigurationError(message, member="settle") from error
    if batching not in list(Batching):
        message = f"batching must be one of {', '.join(Batching)}, not {batching!r}."
        raise ConfigurationError(message, member="batching")
    polls = PollingSettings(polling or activity(), error_budget or POLL_BUDGET, settling)
    return Eryph(settings.open(), threaded_engine(workers), polls, Chooser(Batching(batching), workers))


class Eryph(Groups[OperationStream]):
    """A connection to an eryph server. Calls that change something return an ``OperationStream``.

    Each group of calls is an attribute, such as ``eryph.catlets``; ``rxeryph.client.Groups`` lists them.

    Thread-safe. Use it in a ``with`` block, or call ``close()``.
    """

    def __init__(self, transport: Transport, engine: Engine, settings: PollingSettings, chooser: Chooser) -> None:
        super().__init__(transport, self._lift)
        self._engine = engine
        self._settings = settings
        self._batcher = Batcher(ListReader(transport).fetch, engine, chooser, settings.overlap)
        self._sources: weakref.WeakValueDictionary[str, PollingSource] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()
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
        return self._stream(check_id(operation_id, "operation_id"), None)

    def track_all(self, operations: Iterable[str | OperationStream], *, fail_fast: bool = False) -> OperationGroup:
        """Many operations, by id or stream, as one stream of events; each event knows its ``operation_id``.

        An operation whose tracking fails becomes a ``TrackingFailed`` event and the others continue; with
        ``fail_fast`` its error ends the stream. Sends nothing until the first subscription; then polls that fall due
        together are one list of operations where that costs less than a GET each (see ``batching`` in ``connect``).
        """
        streams = [each if isinstance(each, OperationStream) else self.track(each) for each in operations]
        return OperationGroup(streams, self.scheduler, fail_fast=fail_fast)

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
        settings = self._settings if polling is None else replace(self._settings, policy=polling)

        def subscribe(
            observer: ObserverBase[OperationStream], scheduler: SchedulerBase | None = None
        ) -> DisposableBase:
            lifted: Observer[Operation] = Observer(lambda each: observer.on_next(self._lift(each)), observer.on_error)
            lists = ListReader(self._transport)
            ask = self._batcher.watch(lists.fetch_heads)
            discovery = Discovery(
                ask, lists.load_head, lifted, self._engine, settings, include_running=include_running
            )
            discovery.begin()
            return Disposable(discovery.dispose)

        return Observable(subscribe)

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
        return self._batcher.statistics(*self._transport.traffic)

    def close(self) -> None:
        """End all streams (with ClosedError), threads and connections within 2 s. Operations keep running."""
        super().close()
        self._engine.close()

    def _lift(self, operation: Operation) -> OperationStream:
        return self._stream(operation.id, operation)

    def _stream(self, operation_id: str, initial: Operation | None) -> OperationStream:
        with self._lock:
            source = self._sources.get(operation_id)
            if source is None:
                created = None if initial is None or initial.created is None else to_ticks(initial.created)
                reader = SnapshotReader(self._transport, operation_id)
                source = self._sources[operation_id] = PollingSource(
                    operation_id,
                    self._batcher.member(operation_id, reader, created),
                    self._engine,
                    self._settings,
                    self._conclude,
                    initial,
                )
        return OperationStream(source, lambda: self.operations.cancel(operation_id))

    def _conclude(self, operation: Operation) -> OperationResult:
        return self._fetchers.connect(OperationResult(operation))
