"""Consumers: every event in a journal, with a position that outlives the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase

from ..errors import ConfigurationError
from ..events import AnyEvent
from ..model import Operation
from ..model.value import Value
from ..outcome import OperationResult
from ..scheduling.log import logger
from .access import Access
from .envelope import UnreadableError
from .holding import Holding
from .protocol import Journal, Record
from .records import Folded
from .renewals import AGAIN
from .subscription import Subscription

AT_ONCE = 100
"""Records that are read at once."""


@dataclass(frozen=True, slots=True)
class JournaledEvent(Value):
    """An event as a consumer gets it."""

    id: str
    """The same each time that this event is delivered, and that of no other: ``<operation id>/<record>/<index>``."""
    stored_at: datetime
    """When it was stored, as an aware UTC datetime by the clock of the machine that keeps the journal."""
    event: AnyEvent


def check_name(name: object) -> None:
    """Raise ConfigurationError unless ``name`` can be that of a consumer."""
    if not isinstance(name, str) or not name or any("\ud800" <= each <= "\udfff" for each in name):
        raise ConfigurationError(f"A consumer needs a name, not {name!r}.", member="name")


class Stories:
    """The events of records of any operations, in the order of the journal."""

    def __init__(self, journal: Journal, conclude: Callable[[Operation], OperationResult]) -> None:
        self._journal = journal
        self._conclude = conclude
        self._running: dict[str, Folded] = {}

    def events(self, record: Record) -> Iterator[JournaledEvent]:
        """The events of a record. Raises JournalError."""
        id = record.operation_id
        folded = self._running.pop(id, None)
        if folded is None or folded.next != record.number:
            folded = self._folded_before(record)
        folded, events = folded.after(record, self._conclude)
        if not folded.is_finished:
            self._running[id] = folded
        for index, event in enumerate(events):
            yield JournaledEvent(f"{id}/{record.number}/{index}", record.stored_at, event)

    def _folded_before(self, record: Record) -> Folded:
        """What the records before it say. Those that cannot be read were passed over by a person, or read earlier."""
        folded, position = Folded(), 0
        while folded.next < record.number:
            records = self._journal.read(after=position, operation_id=record.operation_id, limit=AT_ONCE)
            for each in records:
                if each.position < record.position:
                    folded = self._after(folded, each)
                position = each.position
            if len(records) < AT_ONCE:
                break
        return folded

    def _after(self, folded: Folded, record: Record) -> Folded:
        try:
            return folded.after(record)[0]
        except UnreadableError as error:
            found = error.found_in(self._journal, "What comes after it is delivered without what was in it.")
            logger.warning("%s", found)
            return replace(folded, next=max(folded.next, record.number + 1))


class Consuming:
    """The records that a consumer has not handled yet, for as long as this process has the consumer's lease.

    The lease is renewed also while a record is being handled. Close it with ``release``.
    """

    def __init__(
        self,
        access: Access,
        consumer: str,
        conclude: Callable[[Operation], OperationResult] = OperationResult,
    ) -> None:
        check_name(consumer)
        self.name = f"consumer {consumer}"
        self._journal = access.journal
        self._consumer = consumer
        self._stories = Stories(access.journal, conclude)
        self._holding = Holding(access, self.name, renewals=access.renewals_aside)
        self._handled = 0

    @property
    def is_safe(self) -> bool:
        """True while no other process can have the lease."""
        return self._holding.is_safe

    def acquire(self) -> bool:
        """Get the lease, or keep it; False if another process has it. Raises JournalError."""
        return self._holding.is_safe or self._holding.acquire()

    def unhandled(self) -> Iterator[tuple[Record, Iterator[JournaledEvent]]]:
        """Each record after the position, with its events. Raises JournalError."""
        position = self._journal.position(self._consumer)
        if position < self._handled:  # which could not be kept
            self._journal.advance(self._consumer, self._handled)
            position = self._handled
        while records := self._journal.read(after=position, limit=AT_ONCE):
            for record in records:
                yield record, self._events(record)
            position = records[-1].position

    def _events(self, record: Record) -> Iterator[JournaledEvent]:
        try:
            yield from self._stories.events(record)
        except UnreadableError as error:
            advice = (
                f"The {self.name} stays before it. Restore a copy of the journal, or call"
                f" advance({self._consumer!r}, {error.position}) of the journal to pass over it."
            )
            raise error.found_in(self._journal, advice) from error.__cause__

    def handled(self, record: Record) -> None:
        """Keep the position after ``record``. Raises JournalError; then ``unhandled`` tries again."""
        self._handled = record.position
        self._journal.advance(self._consumer, record.position)

    def release(self) -> None:
        """Let another process have the lease. May be called again. Raises JournalError."""
        self._holding.release()


class Consumption(Subscription[JournaledEvent]):
    """One subscription to a consumer: delivers while it has the consumer's lease, and waits for it otherwise."""

    def __init__(self, consuming: Consuming, access: Access, observer: ObserverBase[JournaledEvent]) -> None:
        super().__init__(access, consuming.name, observer)
        self._consuming = consuming

    def look(self) -> float:
        if not self._consuming.acquire():
            return AGAIN
        for record, events in self._consuming.unhandled():
            for event in events:
                if not self._consuming.is_safe or not self.deliver(event):
                    return 0.0
            self._consuming.handled(record)
        return AGAIN

    def leave(self) -> None:
        self._consuming.release()


def consumed(
    access: Access,
    name: str,
    conclude: Callable[[Operation], OperationResult] = OperationResult,
) -> Observable[JournaledEvent]:
    """Every event in the journal that the consumer ``name`` has not handled yet. See ``Eryph.consumer``."""

    def subscribe(observer: ObserverBase[JournaledEvent], scheduler: SchedulerBase | None = None) -> DisposableBase:
        consuming = Consuming(access, name, conclude)
        consumption = Consumption(consuming, access, observer)
        consumption.begin()
        return consumption

    return Observable(subscribe)
