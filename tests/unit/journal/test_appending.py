"""What operations bring at the same time is appended together, and none of them waits for another's handlers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from rxeryph.errors import ClosedError, JournalConflictError, JournalError
from rxeryph.journal import NewRecord, Record
from rxeryph.journal.appending import AT_ONCE, Appending
from tests.unit.journal.processes import MemoryJournal

Outcome = Record | Exception


def record(number: int) -> NewRecord:
    return NewRecord(f"op{number}", 0, b"")


class Gated(MemoryJournal):
    """Waits in ``append_all`` until ``gate`` is set."""

    def __init__(self) -> None:
        super().__init__(lambda: 0.0)
        self.gate, self.entered = threading.Event(), threading.Event()
        self.sizes: list[int] = []

    def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
        self.sizes.append(len(records))
        self.entered.set()
        assert self.gate.wait(30)
        return super().append_all(records)


class Lab:
    """Appends, and the tasks for workers, which run when ``work`` is called."""

    def __init__(self, journal: MemoryJournal) -> None:
        self.tasks: list[Callable[[], None]] = []
        self.outcomes: dict[str, Outcome] = {}
        self.appending = Appending(journal, self.tasks.append)

    def append(self, new: NewRecord, may_append: Callable[[], bool] = lambda: True) -> None:
        def done(outcome: Outcome) -> None:
            assert new.operation_id not in self.outcomes
            self.outcomes[new.operation_id] = outcome

        self.appending.append(new, may_append, done)

    def work(self) -> None:
        while self.tasks:
            self.tasks.pop(0)()


@contextmanager
def under_way(journal: Gated, lab: Lab) -> Iterator[None]:
    """Another thread appends the record 0 meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(lab.append, record(0))
        assert journal.entered.wait(30)
        try:
            yield
        finally:
            journal.gate.set()
        first.result(30)


def test_a_single_record_is_appended_and_passed_on_at_once() -> None:
    journal = MemoryJournal(lambda: 0.0)
    lab = Lab(journal)
    lab.append(record(1))
    assert lab.outcomes == {"op1": journal.records[0]}
    assert lab.tasks == []


def test_what_comes_during_an_append_is_appended_together() -> None:
    journal = Gated()
    lab = Lab(journal)
    with under_way(journal, lab):
        for number in range(1, AT_ONCE + 10):  # none of these waits
            lab.append(record(number))
        assert lab.outcomes == {}
    assert journal.sizes == [1, AT_ONCE, 9]
    assert [each.operation_id for each in journal.records] == [f"op{number}" for number in range(AT_ONCE + 10)]
    assert lab.appending.count == AT_ONCE + 10  # also if no worker is left to pass them on
    assert [*lab.outcomes] == [f"op{AT_ONCE + 9}"]  # the others may take long, and wait for nothing but a worker
    lab.work()
    assert lab.outcomes == {each.operation_id: each for each in journal.records}


def test_a_slow_handler_holds_up_no_append() -> None:
    journal = MemoryJournal(lambda: 0.0)
    lab = Lab(journal)
    release, entered = threading.Event(), threading.Event()

    def slow(outcome: Outcome) -> None:
        entered.set()
        assert release.wait(30)

    with ThreadPoolExecutor(1) as first:
        under_way = first.submit(lab.appending.append, record(0), lambda: True, slow)
        assert entered.wait(30)
        lab.append(record(1))
        assert [*lab.outcomes] == ["op1"]
        release.set()
        under_way.result(30)


def test_a_conflict_concerns_one_record_only() -> None:
    journal = Gated()
    lab = Lab(journal)
    with under_way(journal, lab):
        lab.append(NewRecord("op1", 7, b""))
        lab.append(record(2))
        lab.append(record(3), lambda: False)  # the lease was lost meanwhile
    lab.work()
    assert journal.sizes == [1, 2]
    assert [each.operation_id for each in journal.records] == ["op0", "op2"]
    assert isinstance(lab.outcomes["op1"], JournalConflictError)
    assert isinstance(lab.outcomes["op3"], JournalConflictError)


def test_without_the_lease_nothing_is_appended() -> None:
    journal = Gated()
    lab = Lab(journal)
    lab.append(record(0), lambda: False)
    assert isinstance(lab.outcomes["op0"], JournalConflictError)
    assert journal.sizes == []


@pytest.mark.parametrize("raised", [ClosedError("said"), JournalError("said"), ZeroDivisionError(), SystemExit(3)])
def test_whatever_a_journal_raises_no_one_waits_for_ever(raised: BaseException) -> None:
    class Broken(MemoryJournal):
        def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
            raise raised

    lab = Lab(Broken(lambda: 0.0))
    for number in range(2):
        lab.append(record(number))
    for outcome in lab.outcomes.values():
        assert isinstance(outcome, Exception)
        assert raised in (outcome, outcome.__cause__)
    assert len(lab.outcomes) == 2


def test_a_journal_that_returns_too_little_is_an_error_for_all() -> None:
    class Short(MemoryJournal):
        def append_all(self, records: Sequence[NewRecord]) -> Sequence[Record | JournalError]:
            return []

    lab = Lab(Short(lambda: 0.0))
    lab.append(record(0))
    assert isinstance(lab.outcomes["op0"], Exception)


def test_of_many_threads_each_gets_the_outcome_of_its_own_record() -> None:
    journal = MemoryJournal(lambda: 0.0)
    with ThreadPoolExecutor(4) as workers, ThreadPoolExecutor(8) as threads:

        def submit(task: Callable[[], None]) -> None:
            workers.submit(task)

        appending = Appending(journal, submit)

        def append(number: int) -> Outcome:
            outcome: list[Outcome] = []
            came = threading.Event()

            def done(found: Outcome) -> None:
                outcome.append(found)
                came.set()

            appending.append(record(number), lambda: True, done)
            assert came.wait(30)
            (found,) = outcome
            return found

        outcomes = [*threads.map(append, range(500))]
    assert [isinstance(each, Record) and each.operation_id for each in outcomes] == [f"op{n}" for n in range(500)]
    assert datetime.now(UTC) >= max(each.stored_at for each in journal.records)
