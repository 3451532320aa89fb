"""Who is notified of new records, by a consumer of the stream that the broker pushes to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from nats.aio.msg import Msg

from ...errors import JournalError
from ...process import ProcessLock
from ...scheduling.log import logger
from ..subscriber import Subscriber
from .broker import PREVIOUS, Broker, Message
from .link import Link, api
from .streams import Streams

HEARTBEAT = 1.0
"""Seconds after which the broker says that there was no record."""

SILENCE = 2.5
"""Seconds without a record or heartbeat after which the consumer is made again."""

AGAIN = 0.3
"""Seconds between two attempts to make the consumer."""

NANOSECONDS = 1_000_000_000


class Watch:
    """Keeps a consumer at the broker from the first subscription on, and notifies subscribers on the event loop.

    ``notice`` is called first, with the operation and the sequence of a record. The newest record of each operation
    that has subscribers is kept until it has none.
    """

    def __init__(self, broker: Broker, streams: Streams, notice: Callable[[str, int], None]) -> None:
        self._broker = broker
        self._notice = notice
        self._streams = streams
        self._lock = ProcessLock()
        self._subscribers: dict[str | None, tuple[Subscriber, ...]] = {}
        self._task: asyncio.Task[None] | None = None
        self._is_ready: asyncio.Future[None] | None = None
        self._newest: dict[str | None, Message] = {}
        self._heard_at = 0.0
        self._delivered = 0

    def subscriber(self, notify: Callable[[], None], operation_id: str | None) -> Subscriber:
        """Notify of the records of one operation, or of all, as soon as ``start`` has returned."""
        subscriber = Subscriber(notify, operation_id, self.remove)
        with self._lock:
            self._subscribers[operation_id] = (*self._subscribers.get(operation_id, ()), subscriber)
        return subscriber

    def remove(self, subscriber: Subscriber) -> None:
        """Notify it no more."""
        with self._lock:
            key = subscriber.operation_id
            left = tuple(each for each in self._subscribers.get(key, ()) if each is not subscriber)
            if left:
                self._subscribers[key] = left
            else:
                self._subscribers.pop(key, None)
                self._newest.pop(key, None)

    def brought(self, operation_id: str | None, after: int) -> Message | None:
        """The first record of an operation after a sequence, if it is the newest that came. On any thread."""
        found = self._newest.get(operation_id)
        return found if found is not None and found.headers.get(PREVIOUS) == str(after) else None

    async def start(self) -> None:
        """Wait until the broker notifies. Raises JournalError if it does not."""
        if self._task is None or self._task.done():
            self._is_ready = asyncio.get_running_loop().create_future()
            self._task = asyncio.create_task(self._keep(self._is_ready))
        if self._is_ready is not None:
            await asyncio.shield(self._is_ready)

    def close(self) -> None:
        """Notify no one any more."""
        with self._lock:
            self._subscribers.clear()
            self._newest.clear()

    async def _keep(self, is_ready: asyncio.Future[None]) -> None:
        has_failed = False
        while True:
            try:
                await self._consume(is_ready)
                has_failed = False
            except JournalError as error:
                if not is_ready.done():
                    is_ready.set_exception(error)
                    return
                if not has_failed:  # else it is in the log already
                    level = logging.WARNING if self._broker.connection.is_up else logging.INFO  # who read, see that
                    logger.log(level, "New records cannot be seen: %s", error)
                    self._notify(*self._subscribers)  # who look, and see why
                has_failed = True
                await asyncio.sleep(AGAIN)

    async def _consume(self, is_ready: asyncio.Future[None]) -> None:
        """Make a consumer, and return when it is lost. Raises JournalError."""
        link = await self._broker.connection.link()
        try:
            inbox = link.client.new_inbox()
            subscription = await link.client.subscribe(inbox, cb=self._received)
            try:
                self._delivered = 0
                await api(link, f"CONSUMER.CREATE.{self._streams.records}", self._consumer(inbox))
                await self._listen(link, is_ready)
            finally:
                if not link.lost.is_set():
                    await subscription.unsubscribe()
        except Exception as error:
            raise self._broker.raised(error, link) from error

    async def _listen(self, link: Link, is_ready: asyncio.Future[None]) -> None:
        """The consumer is made: return when nothing comes from it any more."""
        loop = asyncio.get_running_loop()
        self._heard_at = loop.time()
        if is_ready.done():
            self._notify(*self._subscribers)  # of what was appended meanwhile
        else:
            is_ready.set_result(None)
        while not link.lost.is_set() and loop.time() < self._heard_at + SILENCE:
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT):
                    await link.lost.wait()

    def _consumer(self, inbox: str) -> dict[str, object]:
        return {
            "stream_name": self._streams.records,
            "config": {
                "deliver_subject": inbox,
                "deliver_policy": "new",
                "ack_policy": "none",
                "replay_policy": "instant",
                "idle_heartbeat": int(HEARTBEAT * NANOSECONDS),
                "inactive_threshold": 30 * NANOSECONDS,
                "mem_storage": True,
                "num_replicas": 1,
            },
        }

    async def _received(self, message: Msg) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        headers = message.headers or {}
        if "Status" in headers:
            delivered = int(headers.get("Nats-Last-Consumer", "0"))
            if delivered == self._delivered:
                return
        else:
            *_, sequence, place, _, _ = message.reply.split(".")
            delivered, operation_id = int(place), self._streams.operation_id(message.subject)
            self._notice(operation_id, int(sequence))
            with self._lock:
                if operation_id in self._subscribers:
                    self._newest[operation_id] = Message(message.subject, int(sequence), "", headers, message.data)
            if delivered == self._delivered + 1:
                self._delivered = delivered
                self._notify(operation_id, None)
                return
        self._delivered = delivered  # some were dropped on the way
        self._notify(*self._subscribers)

    def _notify(self, *keys: str | None) -> None:
        for key in keys:
            for subscriber in self._subscribers.get(key, ()):
                subscriber.notify()
