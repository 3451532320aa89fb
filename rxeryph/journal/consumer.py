"""Consumers: every event in a journal, with a position that outlives the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable

from ..errors import ClosedError, RxEryphError
from ..events import AnyEvent
from ..model import Operation
from ..model.value import Value
from ..outcome import OperationResult
from ..polling import Engine
from ..polling.history import level_of
from ..process import FORKED
from ..retry import Attempts, ErrorBudget
from ..scheduling.log import logger
from ..scheduling.observers import USER_CODE_ERRORS, as_exception, end_with_error, log_raised, pass_raised
from .holding import AGAIN, Holding
from .protocol import Journal, Record
from .records import Folded
from .turns import Turns

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
        folded, position = Folded(), 0
        while folded.next < record.number:
            records = self._journal.read(after=position, operation_id=record.operation_id, limit=AT_ONCE)
            for each in records:
                if each.position < record.position:
                    folded, _ = folded.after(each)
                position = each.position
            if len(records) < AT_ONCE:
                break
        return folded


class Consumption(DisposableBase):
    """One subscription to a consumer: delivers while it has the consumer's lease, and waits for it otherwise."""

    def __init__(
        self,
        journal: Journal,
        name: str,
        owner: str,
        stories: Stories,
        observer: ObserverBase[JournaledEvent],
        engine: Engine,
        budget: ErrorBudget,
    ) -> None:
        self._journal = journal
        self._name = name
        self._stories = stories
        self._observer = observer
        self._engine = engine
        self._attempts = Attempts(budget, engine.now(), engine.random)
        self._holding = Holding(journal, f"consumer {name}", owner, engine.now)
        self._turns = Turns(self._step, engine)
        self._renewals = Turns(self._renew, engine)
        self._notifications: DisposableBase | None = None
        self._is_over = False

    def begin(self) -> None:
        """Deliver from now on."""
        try:
            self._engine.adopt(self)
        except ClosedError as error:
            self.fail(error)
            return
        self._turns.wake()

    def fail(self, error: Exception) -> None:
        """End with ``error``."""
        if not self._is_over:
            self._leave()
            end_with_error(self._observer, error, f"consumer {self._name}", level_of(error))

    def dispose(self) -> None:
        self._is_over = True
        self._turns.wake()  # which leaves, once the observer has returned
        if self._engine.is_closed:
            self._leave()

    def _step(self) -> None:
        if self._is_over:
            self._leave()
            return
        try:
            wait = self._deliver()
        except RxEryphError as error:
            retry_in = self._attempts.after(error, self._engine.now())
            if retry_in is None:
                self.fail(error)
                return
            logger.warning("Consumer %s cannot read its journal, and tries again: %s", self._name, error)
            wait = retry_in
        except USER_CODE_ERRORS as raised:
            self.fail(as_exception(raised))
            return
        self._turns.wake_in(wait)

    def _deliver(self) -> float:
        """Deliver what is new; the seconds until the next look."""
        if self._notifications is None:
            self._notifications = self._journal.subscribe(self._turns.wake)
        if not self._holding.is_safe:
            if not self._holding.acquire():
                return AGAIN
            self._renewals.wake_in(self._holding.renew_in)
        position = self._journal.position(self._name)
        while records := self._journal.read(after=position, limit=AT_ONCE):
            for record in records:
                for event in self._stories.events(record):
                    if self._is_over or not self._holding.is_safe or not self._pass(event):
                        self._turns.wake()
                        return AGAIN
                position = record.position
                self._journal.advance(self._name, position)
        self._attempts.succeeded(self._engine.now())
        return AGAIN

    def _pass(self, event: JournaledEvent) -> bool:
        try:
            self._observer.on_next(event)
        except USER_CODE_ERRORS as raised:
            name = f"consumer {self._name}"
            log_raised(raised, name)
            self._is_over = True
            pass_raised(raised, self._observer.on_error, name)
            return False
        return True

    def _renew(self) -> None:
        """Keep the lease, also while the observer takes its time."""
        if not self._is_over and self._holding.keep():
            self._renewals.wake_in(self._holding.renew_in)

    def _leave(self) -> None:
        self._is_over = True
        self._turns.rest()
        self._renewals.rest()
        notifications, self._notifications = self._notifications, None
        if notifications is not None:
            notifications.dispose()
        try:
            self._holding.release()
        except RxEryphError as error:
            logger.info("The lease of consumer %s is not released: %s", self._name, error)


def consumed(
    journal: Journal,
    name: str,
    owner: str,
    engine: Engine,
    budget: ErrorBudget,
    conclude: Callable[[Operation], OperationResult] = OperationResult,
) -> Observable[JournaledEvent]:
    """Every event in ``journal`` that the consumer ``name`` has not handled yet. See ``Eryph.consumer``."""

    def subscribe(observer: ObserverBase[JournaledEvent], scheduler: SchedulerBase | None = None) -> DisposableBase:
        if not engine.is_here:
            observer.on_error(ClosedError(FORKED))
            return Disposable()
        consumption = Consumption(journal, name, owner, Stories(journal, conclude), observer, engine, budget)
        consumption.begin()
        return consumption

    return Observable(subscribe)
