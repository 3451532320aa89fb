"""``NatsJournal``: a journal at a NATS broker, for processes of any number of machines."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from reactivex.abc import DisposableBase

from ..arguments import check_number
from ..closing import Closing
from ..errors import ConfigurationError, JournalError
from .appending import append_one
from .jetstream.address import parse
from .protocol import Lease, NewRecord, Record
from .retention import checked_keep

ResultT = TypeVar("ResultT")


class NatsJournal(Closing):
    """A journal at a NATS broker with JetStream, which any number of processes on any machine may share.

    Args:
        url: Where the broker is, who to be there, and the name of the journal: ``nats://broker``,
            ``nats+tls://user:password@broker:4222/name``, ``nats://token@broker``. Without a name it is ``rxeryph``.
            The servers of a cluster are separated by commas. Characters that a URL cannot have are written like
            ``%2C``. With ``nats+tls`` (or ``tls``) everything is encrypted or nothing is sent; with ``nats`` the
            broker decides.
        keep: How long to keep an operation after its last record; None: for ever. Once an hour at most, operations
            that had no record for so long are deleted, unless one is being polled. Longer than any operation takes,
            and than any consumer is away.
        tls: Which brokers to trust; None: those that the operating system does. Use it for client certificates too.

    Needs ``rxeryph[nats]``, and nats-server 2.11 or newer. Opening it makes a stream of that name, and a key-value
    bucket for leases and consumers, unless they exist. ``append`` returns when the broker has stored the record; how
    much the broker can lose if its machine loses power is its setting ``sync_interval``. A record is as large as its
    ``max_payload`` at most. A lease lasts a tenth longer than its seconds, rounded up to whole ones, by the clock of
    the broker.

    A method waits 5 s for an answer, and connects again if the connection was lost. Notifications come within
    milliseconds, on the one thread that each journal has, which also serves its connection.

    Use it in a ``with`` block, or call ``close()``. Raises ConfigurationError for a ``url`` that no journal can have,
    for ``keep`` out of range, and if nats-py is missing; JournalError if the broker cannot be used, or what it has
    under that name was made by a newer version or another program.
    """

    def __init__(self, url: str, *, keep: timedelta | None = None, tls: ssl.SSLContext | None = None) -> None:
        keep = checked_keep(keep)
        address = parse(url)
        self._place = address.place
        try:
            from .jetstream.engine import Engine
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "nats":
                raise
            raise ConfigurationError(
                'A journal at a NATS broker needs nats-py. Run: python -m pip install "rxeryph[nats]"',
                member="journal",
            ) from None
        self._engine = Engine(address, keep, tls)

    def __repr__(self) -> str:
        return f"NatsJournal({self._place!r})"

    def append(self, operation_id: str, number: int, data: bytes) -> Record:
        """See ``Journal.append``."""
        return append_one(self, NewRecord(operation_id, number, data))

    def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
        """See ``Journal.append_all``. They are sent together."""
        return self._run(self._engine.append_all, records)

    def read(self, *, after: int = 0, operation_id: str | None = None, limit: int | None = None) -> Sequence[Record]:
        """See ``Journal.read``."""
        if limit == 1:  # one who was notified asks for it first
            record = self._engine.brought(after, operation_id)
            if record is not None:
                return [record]
        records: list[Record] = []
        is_more = limit is None or limit > 0
        while is_more:
            left = None if limit is None else limit - len(records)
            page, is_more = self._run(self._engine.page, after, operation_id, left)
            records += page
            is_more = is_more and len(records) != limit
            after = records[-1].position if records else after
        return records

    def subscribe(self, notify: Callable[[], None], *, operation_id: str | None = None) -> DisposableBase:
        """See ``Journal.subscribe``."""
        return self._run(self._engine.subscribe, notify, operation_id)

    def acquire(self, name: str, owner: str, seconds: float) -> Lease | None:
        """See ``Journal.acquire``."""
        check_number(seconds, "seconds must be a number above 0", above=0)
        return self._run(self._engine.leases.acquire, name, owner, seconds)

    def position(self, consumer: str) -> int:
        """See ``Journal.position``."""
        return self._run(self._engine.consumers.position, consumer)

    def advance(self, consumer: str, position: int) -> None:
        """See ``Journal.advance``."""
        self._run(self._engine.consumers.advance, consumer, position)

    def close(self) -> None:
        """See ``Journal.close``."""
        self._engine.close()

    def _run(self, function: Callable[..., Coroutine[Any, Any, ResultT]], *arguments: Any) -> ResultT:
        return self._engine.thread.run(function, *arguments)
