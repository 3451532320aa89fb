"""All of a ``NatsJournal`` that needs nats-py: its parts, put together."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from datetime import timedelta

from reactivex.abc import DisposableBase

from ...errors import JournalError
from ..protocol import NewRecord, Record
from .address import Address
from .broker import PAGE, Broker
from .consumers import Consumers
from .leases import Leases
from .log import Log
from .streams import Streams
from .sweeping import Sweeper
from .thread import LoopThread
from .watching import Watch


class Engine:
    """Does what ``NatsJournal`` does, on the event loop of ``thread``."""

    def __init__(self, address: Address, keep: timedelta | None, tls: ssl.SSLContext | None) -> None:
        streams = Streams(address.name)
        self.thread = LoopThread(address.place)
        self.broker = Broker(address, tls, streams.prepare)
        self.log = Log(self.broker, streams)
        self.leases = Leases(self.broker, streams, self.thread)
        self.consumers = Consumers(self.broker, streams)
        self.watch = Watch(self.broker, streams, self.log.notice)
        self._sweeper = Sweeper(self.broker, streams, self.log, self.leases, keep)
        try:
            self.thread.run(self.broker.connection.link)
        except BaseException:
            self.close()
            raise

    async def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
        """See ``Journal.append_all``."""
        outcomes = await self.log.append_all(records)
        if any(isinstance(outcome, Record) for outcome in outcomes):
            self._sweeper.appended()
        else:
            self.thread.check()  # the end of the thread may be why
        return outcomes

    def brought(self, after: int, operation_id: str | None) -> Record | None:
        """The next record of an operation, if it came with a notification. On any thread."""
        self.thread.check()
        message = self.watch.brought(operation_id, after)
        return None if message is None else self.log.record(message)

    async def page(self, after: int, operation_id: str | None, limit: int | None) -> tuple[Sequence[Record], bool]:
        """Some of the records that ``Journal.read`` returns, and whether there are more."""
        return await self.log.page(after, operation_id, PAGE if limit is None else limit)

    async def subscribe(self, notify: Callable[[], None], operation_id: str | None) -> DisposableBase:
        """See ``Journal.subscribe``."""
        subscriber = self.watch.subscriber(notify, operation_id)
        try:
            await self.watch.start()
        except BaseException:
            subscriber.dispose()
            raise
        return subscriber

    def close(self) -> None:
        """See ``Journal.close``."""
        self.watch.close()
        self.thread.close(self.broker.connection.close)
