"""The records of one operation, read in order until one cannot be read."""

from __future__ import annotations

import pytest

from rxeryph.errors import JournalError
from rxeryph.events import AnyEvent
from rxeryph.journal.operation_log import OperationLog
from rxeryph.journal.records import dump_events
from rxeryph.outcome import OperationResult
from rxeryph.tracking import NOTHING_KNOWN, observe
from tests.unit.journal.processes import MemoryJournal
from tests.unit.samples import RUNNING, entry, operation, task


def test_the_events_before_a_record_that_cannot_be_read_are_passed_on_once() -> None:
    journal, known, shown = MemoryJournal(lambda: 0.0), NOTHING_KNOWN, list[AnyEvent]()
    for number in range(4):
        snapshot = operation(RUNNING, tasks=(task(),), entries=(entry(f"l{number}", float(number)),))
        known, events = observe(known, snapshot)
        shown += events
        journal.append("op", number, dump_events(events))
    journal.append("op", 4, b"damaged")
    log, found = OperationLog(journal, "op", OperationResult), list[AnyEvent]()

    def read() -> None:
        for some in log.read():
            found.extend(some)

    for _ in range(2):
        with pytest.raises(JournalError, match=r"record 4 of operation op"):
            read()
    assert [event.type for event in found] == [event.type for event in shown]
