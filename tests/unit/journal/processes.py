"""Processes that share a journal, in virtual time: each has an engine and a source of its own for one operation."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from reactivex.abc import DisposableBase
from reactivex.disposable import Disposable
from reactivex.testing import TestScheduler

from rxeryph.errors import JournalConflictError, JournalError
from rxeryph.journal import NewRecord, Record
from rxeryph.journal.access import Access
from rxeryph.journal.consumer import consumed
from rxeryph.journal.records import Folded
from rxeryph.journal.source import JournaledSource
from rxeryph.model import Operation
from rxeryph.outcome import OperationResult
from rxeryph.polling import Engine, PollingSettings, PollingSource, asking, fixed
from rxeryph.tracking import Known, Settling
from tests.observing import Spy
from tests.unit.polling.virtual import BUDGET, Answer, join


class MemoryJournal:
    """A journal in memory, whose leases count virtual time. ``failing`` is raised in place of everything."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.records: list[Record] = []
        self.owners: dict[str, tuple[str, float]] = {}
        self.holders: dict[str, MemoryLease] = {}
        self.failing: Exception | None = None
        self.fails_after_append = False
        """True if the next append stores the record and fails then, as when the answer of a server is lost."""
        self.notify: dict[object, Callable[[], None]] = {}
        self.renewals = self.reads = self.refused = 0
        self.positions: dict[str, int] = {}
        self._now = now

    def _check(self) -> None:
        if self.failing is not None:
            self.refused += 1
            raise self.failing

    def append(self, operation_id: str, number: int, data: bytes) -> Record:
        self._check()
        if number != sum(record.operation_id == operation_id for record in self.records):
            raise JournalConflictError("said", operation_id=operation_id, number=number)
        record = Record(len(self.records) + 1, operation_id, number, datetime.now(UTC), data)
        self.records.append(record)
        for notify in tuple(self.notify.values()):
            notify()
        if self.fails_after_append:
            self.fails_after_append = False
            raise JournalConflictError("said", operation_id=operation_id, number=number)
        return record

    def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
        return [self._outcome(each) for each in records]

    def _outcome(self, record: NewRecord) -> Record | JournalError:
        try:
            return self.append(*record)
        except JournalError as error:
            return error

    def read(self, *, after: int = 0, operation_id: str | None = None, limit: int | None = None) -> Sequence[Record]:
        self._check()
        self.reads += 1
        return [each for each in self.records[after:] if operation_id in (None, each.operation_id)][:limit]

    def fail(self, error: Exception) -> None:
        """Raise ``error`` in place of everything, and notify those who wait."""
        self.failing = error
        for notify in tuple(self.notify.values()):
            notify()

    def subscribe(self, notify: Callable[[], None], *, operation_id: str | None = None) -> DisposableBase:
        self._check()
        key = object()
        self.notify[key] = notify

        def leave() -> None:
            del self.notify[key]

        return Disposable(leave)

    def acquire(self, name: str, owner: str, seconds: float) -> MemoryLease | None:
        self._check()
        if self.is_taken(name):
            return None
        return MemoryLease(self, name, owner, seconds)

    def is_taken(self, name: str) -> bool:
        return name in self.owners and self._now() < self.owners[name][1]

    def position(self, consumer: str) -> int:
        self._check()
        return self.positions.get(consumer, 0)

    def advance(self, consumer: str, position: int) -> None:
        self._check()
        self.positions[consumer] = max(position, self.position(consumer))

    def close(self) -> None:
        raise NotImplementedError


class MemoryLease:
    def __init__(self, journal: MemoryJournal, name: str, owner: str, seconds: float) -> None:
        self._journal, self._name, self._owner, self._seconds = journal, name, owner, seconds
        self._hold()

    def _hold(self) -> None:
        self._journal.owners[self._name] = self._owner, self._journal._now() + self._seconds
        self._journal.holders[self._name] = self

    @property
    def _is_mine(self) -> bool:
        is_in_force = self._journal.is_taken(self._name) and self._journal.owners[self._name][0] == self._owner
        return is_in_force and self._journal.holders.get(self._name) is self

    def renew(self) -> bool:
        self._journal._check()
        self._journal.renewals += 1
        if self._is_mine:
            self._hold()
            return True
        return False

    def release(self) -> None:
        self._journal._check()
        if self._is_mine:
            del self._journal.owners[self._name]


class World:
    """A server, a journal and a clock. ``asked`` has who asked the server, and when."""

    def __init__(self, answer: Answer) -> None:
        self.scheduler = TestScheduler()
        self.answer = answer
        self.journal = MemoryJournal(lambda: self.now)
        self.asked: list[tuple[str, float]] = []

    @property
    def now(self) -> float:
        return float(self.scheduler.clock)

    def run(self, until: float) -> None:
        self.scheduler.advance_to(until)

    def stored(self) -> list[Any]:
        """Every event in the journal, in order."""
        folded, events = Folded(), list[Any]()
        for record in self.journal.records:
            folded, read = folded.after(record)
            events += read
        return events

    def asked_by(self, name: str) -> list[float]:
        return [at for who, at in self.asked if who == name]


class Process:
    """One process. While it is ``frozen``, its workers do nothing; what they were given waits."""

    _names = itertools.count(1)

    def __init__(
        self,
        world: World,
        name: str | None = None,
        *,
        polls: bool = True,
        initial: Operation | None = None,
        conclude: Callable[[Operation], OperationResult] = OperationResult,
        **settings: Any,
    ) -> None:
        self.name = name or f"process {next(self._names)}"
        self._world = world
        self._waiting: list[Callable[[], None]] = []
        self._is_frozen = False
        self.engine = Engine(world.scheduler, self._submit, lambda: 0.5)
        self._settings = PollingSettings(
            **{"policy": fixed(1.0), "error_budget": BUDGET, "settling": Settling(0.0), **settings}
        )
        self._conclude = conclude
        self.access = Access(world.journal, self.engine, self._settings, self.name)
        self.source = JournaledSource("op", self.access, conclude, self._poll if polls else None, initial)

    def _poll(self, known: Known, initial: Operation | None) -> PollingSource:
        ask = asking(self._fetch, self.engine)
        return PollingSource("op", ask, self.engine, self._settings, self._conclude, initial, known)

    def _fetch(self, log_time_stamp: str | None) -> Operation:
        self._world.asked.append((self.name, round(self._world.now, 3)))
        return self._world.answer(self._world.now)

    def _submit(self, task: Callable[[], None]) -> None:
        if self._is_frozen:
            self._waiting.append(task)
        else:
            task()

    def consume(self, name: str, act: Callable[[Any], object] | None = None) -> Spy:
        """Subscribe to a consumer of this process."""
        spy = Spy(self._world.scheduler, act)
        spy.subscription = consumed(self.access, name, self._conclude).subscribe(spy)
        return spy

    def watch(self, act: Callable[[Any], object] | None = None) -> Spy:
        spy = Spy(self._world.scheduler, act)
        join(self.source.history, spy)
        return spy

    def freeze(self) -> None:
        self._is_frozen = True

    def thaw(self) -> None:
        self._is_frozen = False
        tasks, self._waiting = self._waiting, []
        for task in tasks:
            task()
