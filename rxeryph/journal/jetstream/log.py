"""The records of a journal, in a stream with one subject for each operation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ...errors import JournalConflictError, JournalError
from ..protocol import NewRecord, Record
from .broker import Broker, Message
from .streams import Streams

RECORD = "Rxeryph-Record"
"""Header of a record: its number within the operation, and the microseconds since 1970 when it was appended.

One and not two, because every header makes reading slower.
"""

FOREIGN = -1, 0
"""In place of these, for a message that another program sent."""

REMEMBERED = 10_000
"""Operations whose last record is remembered."""

DELAY, PAUSE = 1.0, 0.02
"""Seconds in which a server of a cluster has to catch up, and between two looks."""

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Head(NamedTuple):
    """The last record of an operation: its sequence in the stream, and its number."""

    sequence: int = 0
    number: int = -1


class Log:
    """Appends and reads records. Used on the event loop."""

    def __init__(self, broker: Broker, streams: Streams) -> None:
        self._broker = broker
        self._streams = streams
        self._heads: dict[str, Head] = {}
        self._noticed: dict[str | None, int] = {}

    async def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
        """See ``Journal.append_all``. Those of one operation are sent one after another, all others together."""
        if len(records) == 1:
            return await self._in_order(records)
        each_operation: dict[str, list[NewRecord]] = {}
        for record in records:
            each_operation.setdefault(record.operation_id, []).append(record)
        outcomes = await asyncio.gather(*map(self._in_order, each_operation.values()))
        following = dict(zip(each_operation, map(iter, outcomes), strict=True))
        return [next(following[record.operation_id]) for record in records]

    async def _in_order(self, records: Sequence[NewRecord]) -> list[Record | JournalError]:
        outcomes: list[Record | JournalError] = []
        for record in records:
            try:
                outcomes.append(await self._append(*record))
            except JournalError as error:
                outcomes.append(error)
        return outcomes

    async def _append(self, operation_id: str, number: int, data: bytes) -> Record:
        head = self._heads.pop(operation_id, Head())
        if head.number + 1 != number:
            head = await self._head(operation_id)
        for is_again in (False, True):
            if head.number + 1 != number:
                break
            record = await self._publish(operation_id, number, data, head.sequence)
            if record is not None:
                return record
            if not is_again:  # what was remembered may be old
                head = await self._head(operation_id)
        place = self._broker.connection.place
        raise JournalConflictError(
            f"Record {number} of operation {operation_id} was not appended to {place}: the next one is"
            f" {head.number + 1}. Another process may have appended; read its records first.",
            operation_id=operation_id,
            number=number,
            place=place,
        )

    async def page(self, after: int, operation_id: str | None, limit: int) -> tuple[Sequence[Record], bool]:
        """The next records, and whether there are more.

        In a cluster, any server may answer, also one that does not have the last records yet: ask again for those
        that this journal has appended or was notified of.
        """
        streams = self._streams
        subject = streams.all_records if operation_id is None else streams.record(operation_id)
        deadline = time.monotonic() + DELAY
        while True:
            messages, is_more = await self._broker.page(streams.records, subject, after, limit)
            end = messages[-1].sequence if messages else after
            is_behind = end < self._noticed.get(operation_id, 0)
            if not is_behind or is_more or len(messages) == limit:
                return [self.record(message) for message in messages], is_more or is_behind
            if time.monotonic() > deadline:  # they were deleted
                self._noticed.pop(operation_id, None)
                return [self.record(message) for message in messages], False
            await asyncio.sleep(PAUSE)

    def notice(self, operation_id: str, sequence: int) -> None:
        """There is a record with this sequence."""
        if len(self._noticed) >= REMEMBERED:
            self._noticed.clear()
        self._noticed[operation_id] = max(sequence, self._noticed.get(operation_id, 0))
        self._noticed[None] = max(sequence, self._noticed.get(None, 0))

    async def last(self, operation_id: str) -> Message | None:
        """The last record of an operation, as a message."""
        return await self._broker.last(self._streams.records, self._streams.record(operation_id))

    async def _publish(self, operation_id: str, number: int, data: bytes, last: int) -> Record | None:
        now = (self._streams.now - EPOCH) // MICROSECOND
        headers = {RECORD: f"{number} {now}"}
        sequence = await self._broker.publish(self._streams.record(operation_id), data, last, headers)
        if sequence is None:
            return None
        if len(self._heads) >= REMEMBERED:
            self._heads.clear()
        self._heads[operation_id] = Head(sequence, number)
        self.notice(operation_id, sequence)
        return Record(sequence, operation_id, number, EPOCH + now * MICROSECOND, data)

    async def _head(self, operation_id: str) -> Head:
        message = await self.last(operation_id)
        return Head() if message is None else Head(message.sequence, _described(message)[0])

    def record(self, message: Message) -> Record:
        """The record in a message."""
        number, stored_at = _described(message)
        return Record(
            message.sequence,
            self._streams.operation_id(message.subject),
            number,
            EPOCH + stored_at * MICROSECOND,
            message.data,
        )


def _described(message: Message) -> tuple[int, int]:
    """The number of a record, and when it was stored; ``FOREIGN`` for a message of another program.

    No record has that number, so it cannot be read in its operation, and the records of others can.
    """
    number, _, stored_at = message.headers.get(RECORD, "").partition(" ")
    try:
        return int(number), int(stored_at)
    except ValueError:
        return FOREIGN
