"""The deletion of operations that had no record for long."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from ...errors import JournalError
from ...scheduling.log import logger
from .broker import PAGE, Broker
from .leases import Leases
from .log import Log
from .streams import Streams

SWEEPING = 3600
"""Seconds from one deletion to the next, by whichever process."""


class Sweeper:
    """Deletes operations without a record for ``keep``, whole ones only. Used on the event loop."""

    def __init__(self, broker: Broker, streams: Streams, log: Log, leases: Leases, keep: timedelta | None) -> None:
        self._broker = broker
        self._streams = streams
        self._log = log
        self._leases = leases
        self._keep = keep
        self._next = 0.0
        self._task: asyncio.Task[None] | None = None

    def appended(self) -> None:
        """A record was appended: start a deletion if one is due."""
        now = asyncio.get_running_loop().time()
        if self._keep is not None and now >= self._next:
            self._next = now + SWEEPING
            self._task = asyncio.create_task(self._sweep(self._streams.now - self._keep))

    async def _sweep(self, before: datetime) -> None:
        try:
            if await self._leases.acquire("rxeryph: deleting old operations", "", 0.9 * SWEEPING) is not None:
                for operation_id in await self._with_old_records(before):
                    await self._delete(operation_id, before)
        except JournalError as error:
            logger.warning("Old operations were not deleted: %s", error)

    async def _with_old_records(self, before: datetime) -> set[str]:
        old, after, is_more = set[str](), 0, True
        while is_more:
            records, is_more = await self._log.page(after, None, PAGE)
            for record in records:
                if record.stored_at >= before:
                    return old
                old.add(record.operation_id)
                after = record.position
        return old

    async def _delete(self, operation_id: str, before: datetime) -> None:
        """Delete an operation if its last record is old and no one has its lease."""
        last = await self._log.last(operation_id)
        if last is None or datetime.fromisoformat(last.time) >= before:
            return
        if not await self._leases.is_held(operation_id):
            await self._broker.purge(self._streams.records, self._streams.record(operation_id), last.sequence)
