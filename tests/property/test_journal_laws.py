"""Laws of journals: the records of an operation say what was seen of it, and the next process continues there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rxeryph.errors import JournalError
from rxeryph.events import AnyEvent, OperationFinished
from rxeryph.journal import Record
from rxeryph.journal.records import Dump, Folded, dump_events
from rxeryph.model import Operation
from rxeryph.outcome import OperationResult
from rxeryph.tracking import NOTHING_KNOWN, Known, observe
from tests.property.histories import History, histories
from tests.property.test_tracking_laws import polled_at

some_examples = settings(max_examples=60, deadline=None)


@dataclass
class Written:
    """A history that was polled at some moments, and its records."""

    snapshots: list[Operation]
    known: list[Known]
    """What was known after each record."""
    batches: list[tuple[AnyEvent, ...]]
    records: list[Record]


def record(number: int, data: bytes) -> Record:
    return Record(number + 1, "op", number, datetime.now(UTC), data)


def written(history: History, moments: Sequence[float]) -> Written:
    snapshots = [history.at(moment) for moment in moments]
    found = Written(snapshots, [], [], [])
    known = NOTHING_KNOWN
    for snapshot in snapshots:
        known, events = observe(known, snapshot)
        if events:
            found.records.append(record(len(found.records), dump_events(events)))
            found.batches.append(events)
            found.known.append(known)
    complete = known.complete_operation
    assert complete is not None
    finished = (OperationFinished("op", complete, OperationResult(complete), 1.5, 0.25),)
    found.records.append(record(len(found.records), dump_events(finished)))
    found.batches.append(finished)
    found.known.append(known)
    return found


def in_order(operation: Operation | None) -> Operation:
    """The same snapshot with its collections in an order of their own, and without log entries."""
    assert operation is not None
    sorted_ones: dict[str, Any] = {
        name: tuple(sorted(getattr(operation, name), key=lambda each: each.id)) for name in ("tasks", "projects")
    }
    keys = {(each.resource_type, each.resource_id): each for each in reversed(operation.resources)}
    resources = tuple(sorted(keys.values(), key=lambda each: each.id))
    return replace(operation, **sorted_ones, resources=resources, log_entries=())


def bare(event: Any) -> Any:
    """An event with its snapshot in order."""
    if isinstance(event, OperationFinished):
        result = OperationResult(in_order(event.result.operation))
        return replace(event, operation=in_order(event.operation), result=result)
    return replace(event, operation=in_order(event.operation))


def same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return [*map(bare, one)] == [*map(bare, other)]


def assert_same_known(one: Known, other: Known) -> None:
    assert dict(one.tasks) == dict(other.tasks)
    assert (one.entries, one.resources, one.projects) == (other.entries, other.resources, other.projects)
    assert one.newest == other.newest


@some_examples
@given(histories(), st.data())
def test_each_record_gives_the_events_that_it_was_made_of(history: History, data: st.DataObject) -> None:
    whole = written(history, polled_at(data, history))
    folded, read = Folded(), tuple[AnyEvent, ...]()
    for each, events, known in zip(whole.records, whole.batches, whole.known, strict=True):
        assert not folded.is_finished
        folded, read = folded.after(each)
        assert same(read, events)
        assert all(event.operation is read[0].operation for event in read)
        assert_same_known(folded.known, known)
    assert folded.is_finished
    assert folded.next == len(whole.records)
    (last,) = read
    assert isinstance(last, OperationFinished)
    assert last.result.operation == last.operation
    assert in_order(last.operation) == in_order(history.last)
    assert {*last.operation.log_entries} == {*history.last.log_entries}
    assert (last.settled_for, last.server_lag) == (1.5, 0.25)


@some_examples
@given(histories(), st.data())
def test_a_record_does_not_depend_on_those_that_were_written_before(history: History, data: st.DataObject) -> None:
    whole, dump = written(history, polled_at(data, history)), Dump()
    assert [dump(events) for events in whole.batches] == [each.data for each in whole.records]


@some_examples
@given(histories(), st.data())
def test_the_next_process_loses_nothing_and_repeats_nothing(history: History, data: st.DataObject) -> None:
    """It folds the records up to any one, and then polls at moments of its own."""
    whole = written(history, polled_at(data, history))
    cut = data.draw(st.integers(0, len(whole.records) - 1))
    folded, seen = Folded(), list[AnyEvent]()
    for each in whole.records[:cut]:
        folded, events = folded.after(each)
        seen += events
    known = uninterrupted = folded.known
    if cut:
        uninterrupted = whole.known[cut - 1]
    for snapshot in whole.snapshots:  # older ones too: a reply may be late
        known, events = observe(known, snapshot)
        uninterrupted, expected = observe(uninterrupted, snapshot)
        assert same(events, expected)
    assert_same_known(known, uninterrupted)


@some_examples
@given(histories(), st.data())
def test_a_damaged_record_is_a_journal_error_or_reads_as_another(history: History, data: st.DataObject) -> None:
    whole = written(history, [history.length])
    content = bytearray(whole.records[0].data)
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(JournalError):
        Folded().after(record(0, bytes(content)))
