"""The positions of consumers: keys of a bucket. To change one, its last change must be known."""

from __future__ import annotations

from .broker import Broker
from .streams import Streams


class Consumers:
    """The consumers of a journal. Used on the event loop."""

    def __init__(self, broker: Broker, streams: Streams) -> None:
        self._broker = broker
        self._streams = streams
        self._positions: dict[str, tuple[int, int]] = {}

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
