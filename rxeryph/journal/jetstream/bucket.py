"""The leases and consumers of a journal: keys of a bucket. To change one, its last change must be known."""

from __future__ import annotations

import math
import uuid

from .broker import Broker
from .streams import Streams
from .thread import LoopThread

TOKEN = "Rxeryph-Token"
"""Header of a lease: who holds it, different for each time that it was acquired."""


class NatsLease:
    """A lease in a ``NatsJournal``: a key that the broker deletes when it was not renewed."""

    def __init__(self, bucket: Bucket, name: str, owner: str, seconds: float) -> None:
        self._bucket = bucket
        self._name = name
        self._owner = owner
        self._seconds = math.ceil(seconds)
        self._token = uuid.uuid4().hex
        self._sequence = 0

    def renew(self) -> bool:
        """See ``Lease.renew``."""
        return self._bucket.thread.run(self._hold)

    def release(self) -> None:
        """See ``Lease.release``."""
        self._bucket.thread.run(self._bucket.delete, self._name, self._sequence)

    async def take(self) -> bool:
        """Get it, or renew it after the last change that is known; False if there was another."""
        sequence = await self._bucket.write(self._name, self._owner, self._token, self._sequence, self._seconds)
        if sequence is not None:
            self._sequence = sequence
        return sequence is not None

    async def _hold(self) -> bool:
        if await self.take():
            return True
        found = await self._bucket.find(self._name)
        if found is None or found[1] != self._token:
            return False
        self._sequence = found[0]  # of a renewal whose answer was lost
        return await self.take()


class Bucket:
    """The keys of a journal. Used on the event loop of ``thread``."""

    def __init__(self, broker: Broker, streams: Streams, thread: LoopThread) -> None:
        self.thread = thread
        self._broker = broker
        self._streams = streams
        self._positions: dict[str, tuple[int, int]] = {}

    async def acquire(self, name: str, owner: str, seconds: float) -> NatsLease | None:
        """See ``Journal.acquire``."""
        lease = NatsLease(self, name, owner, seconds)
        return lease if await lease.take() else None

    async def write(self, name: str, owner: str, token: str, last: int, seconds: int) -> int | None:
        """Set a lease, and return its sequence; None if its last one is not ``last``."""
        return await self._broker.publish(self._streams.lease(name), owner.encode(), last, {TOKEN: token}, seconds)

    async def find(self, name: str) -> tuple[int, str] | None:
        """The sequence and the token of a lease, if there is one in force."""
        found = await self._broker.last(self._streams.bucket, self._streams.lease(name))
        return None if found is None else (found.sequence, found.headers[TOKEN])

    async def delete(self, name: str, last: int) -> None:
        """Delete a lease, unless it was changed after ``last``."""
        await self._broker.purge(self._streams.bucket, self._streams.lease(name), last)

    async def position(self, consumer: str) -> int:
        """See ``Journal.position``."""
        return (await self._stored(consumer))[1]

    async def advance(self, consumer: str, position: int) -> None:
        """See ``Journal.advance``."""
        while True:
            known = self._positions.pop(consumer, (0, 0))
            sequence, stored = known if known[0] else await self._stored(consumer)
            if position > stored:
                subject = self._streams.consumer(consumer)
                following = await self._broker.publish(subject, str(position).encode(), sequence, {})
                if following is None:
                    continue  # another process was first
                sequence, stored = following, position
            self._positions[consumer] = sequence, stored
            return

    async def _stored(self, consumer: str) -> tuple[int, int]:
        found = await self._broker.last(self._streams.bucket, self._streams.consumer(consumer))
        return (0, 0) if found is None else (found.sequence, int(found.data))
