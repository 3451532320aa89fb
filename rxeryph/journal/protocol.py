"""What a journal has to do: ``Journal``, with its ``Record``, ``NewRecord`` and ``Lease``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from reactivex.abc import DisposableBase

from ..errors import JournalError
from ..model.value import Value


@dataclass(frozen=True, slots=True)
class Record(Value):
    """A record of a journal. It never changes."""

    position: int
    """Its place in the whole journal: from 1, always larger than that of any earlier record, perhaps with gaps."""
    operation_id: str
    number: int
    """Its place among the records of its operation: from 0, without gaps. Below 0 if another program wrote it."""
    stored_at: datetime
    """When it was appended, as an aware UTC datetime by the clock of the machine that keeps the journal."""
    data: bytes


class NewRecord(NamedTuple):
    """A record that is not in the journal yet: what ``append`` takes."""

    operation_id: str
    number: int
    data: bytes


class Lease(Protocol):
    """The right to do something alone, until its time is over."""

    def renew(self) -> bool:
        """Hold it from now for as long as it was acquired for. False if it is lost; then it stays lost.

        A connection renews its leases one after another, perhaps thousands, so a journal should renew all of them
        with one request. Raises JournalError.
        """
        ...

    def release(self) -> None:
        """Give it up, so that another can be acquired at once. Does nothing if it is lost. Raises JournalError."""
        ...


@runtime_checkable
class Journal(Protocol):
    """An append-only log of records, which several processes share.

    Ids of operations, and names of leases and consumers, may have any characters. Those of the library have spaces.
    Every method may be called from any thread, and may block. ``rxeryph.testing.JournalContract`` tests what is
    promised here, but for forks and outages. After ``close()``, and in a fork of the process that opened it, each
    method raises ClosedError. JournalError means that the journal cannot be read or written now; with
    ``is_permanent`` it never will.
    """

    def append(self, operation_id: str, number: int, data: bytes) -> Record:
        """Store ``data`` as the record ``number`` of an operation, and return it.

        When this returns, a crash of the process or the machine does not lose the record. Raises
        JournalConflictError, and stores nothing, unless ``number`` is the next one: 0 for the first record, else one
        more than that of the last record. Of two appends with the same number, at most one succeeds. After another
        JournalError the record may be there or not; read before appending again.
        """
        ...

    def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
        """Append each of ``records``, and return for each what ``append`` returns or the JournalError that it raises.

        Those of one operation are appended in order. A connection appends all together that its operations bring at
        the same time, so a journal should need one write, or one wait for an answer.
        """
        ...

    def read(self, *, after: int = 0, operation_id: str | None = None, limit: int | None = None) -> Sequence[Record]:
        """The records with a position larger than ``after``, in order: of one operation, or of all.

        ``limit`` is the largest number of records to return; None: all. A record that a reader has not seen never
        appears below a position that it has: reading again after the last position misses nothing.
        """
        ...

    def subscribe(self, notify: Callable[[], None], *, operation_id: str | None = None) -> DisposableBase:
        """Call ``notify`` soon after each append to one operation, or to any, no matter which process appends.

        Subscribe first, then read: nothing is missed that way. One call may stand for several records, and a call
        may come without a new record. One does when the journal can be read no longer, so that a subscriber that
        waits looks and sees why. ``notify`` must be quick and must not block; it is called on a thread of the journal
        or on one that appends, perhaps on two at a time. What it raises is logged. No call begins after the
        subscription was disposed.
        """
        ...

    def acquire(self, name: str, owner: str, seconds: float) -> Lease | None:
        """The lease of that name for ``seconds``, or None while one is in force, even if ``owner`` holds it.

        ``owner`` is for people who look into the journal. A lease whose holder has died is over after its
        ``seconds`` and a tenth of them, no matter whether the clock of a machine was changed meanwhile.
        """
        ...

    def position(self, consumer: str) -> int:
        """The position up to which the consumer of that name has read; 0 for a new one."""
        ...

    def advance(self, consumer: str, position: int) -> None:
        """Keep ``position`` for a consumer, as safe as a record. It never goes back: a lower one is ignored."""
        ...

    def close(self) -> None:
        """Close this journal, and deliver no more notifications. A second call does nothing."""
        ...
