"""The events of one operation, from the first poll to the last event."""

from __future__ import annotations

import pytest

from rxeryph.events import LogEntryAdded, OperationFinished
from rxeryph.model import Operation, OperationStatus
from rxeryph.outcome import OperationResult
from rxeryph.testing.snapshots import SECOND, START
from tests.observing import Spy
from tests.unit.polling.virtual import RUNNING, Lab, done_at, join, ticking, watched
from tests.unit.samples import CANCELLED, COMPLETED, FAILED, QUEUED, entry, operation, task


def test_it_polls_without_drift_then_settles_and_finishes() -> None:
    lab, spy = watched(done_at(4.0))
    assert lab.asked == [0, 1, 2, 3, 4, 5]
    assert list(zip(spy.types, spy.times, strict=True)) == [("status", 0), ("status", 4), ("finished", 5)]
    assert spy.has_seen_the_end


@pytest.mark.parametrize("status", [COMPLETED, FAILED, CANCELLED])
def test_every_outcome_is_an_event_and_not_an_error(status: OperationStatus) -> None:
    _, spy = watched(lambda now: operation(status))
    assert spy.has_seen_the_end
    assert spy.events[-1].result.status is status


def test_nothing_is_asked_before_anyone_watches() -> None:
    lab = Lab()
    lab.run(100.0)
    assert lab.asked == []


def test_the_events_begin_with_what_the_submit_answered() -> None:
    created = operation(QUEUED, entries=(entry(),))
    lab = Lab(done_at(2.0), initial=created)
    assert lab.source.operation == created
    spy = lab.watch()
    assert spy.types == ["status", "log_entry"]
    lab.run(60.0)
    assert spy.types == ["status", "log_entry", "status", "status", "finished"]
    assert lab.stamps[0] is not None


def test_the_log_is_asked_for_with_an_overlap_before_the_newest_entry() -> None:
    entries = [entry("l1", 10.0), entry("l2", 30.0), entry("l3", 20.0)]

    def answer(now: float) -> Operation:
        return operation(entries=tuple(entries[: int(now)]))

    lab, _ = watched(answer, until=4.5)
    assert lab.stamps == [
        None,
        None,
        "2026-05-28T20:26:45.0000000Z",
        "2026-05-28T20:27:05.0000000Z",
        "2026-05-28T20:27:05.0000000Z",
    ]
    lab, _ = watched(answer, until=2.5, overlap=60.0)
    assert lab.stamps[-1] == "2026-05-28T20:25:50.0000000Z"


def test_an_entry_that_is_shown_again_is_delivered_once() -> None:
    lab, spy = watched(lambda now: operation(entries=(entry("l1"), entry("l2"))), until=10.0)
    assert spy.types == ["status", "log_entry", "log_entry"]
    assert len(lab.asked) == 11


def test_the_result_has_every_entry_sorted_by_the_time_of_the_server() -> None:
    def answer(now: float) -> Operation:
        late = entry(f"l{int(now)}", 100.0 - now)
        return operation(COMPLETED if now >= 5 else operation().status, entries=(late,), tasks=(task(),))

    lab, spy = watched(answer)
    finished = spy.events[-1]
    shown = [event.entry for event in spy.events if isinstance(event, LogEntryAdded)]
    assert len(shown) == 11
    assert finished.result.log_entries == tuple(shown[::-1])
    assert [line.ticks for line in finished.result.log_entries] == [START + at * SECOND for at in range(90, 101)]
    assert finished.operation == finished.result.operation == lab.source.operation


def test_the_result_is_made_by_the_given_function() -> None:
    results: list[OperationResult] = []

    def conclude(ended: Operation) -> OperationResult:
        results.append(OperationResult(ended))
        return results[-1]

    _, spy = watched(done_at(0.0), conclude=conclude)
    assert isinstance(spy.events[-1], OperationFinished)
    assert results == [spy.events[-1].result]


def test_an_unknown_status_is_no_end() -> None:
    lab, spy = watched(lambda now: operation(OperationStatus("Paused")), until=30.0)
    assert spy.types == ["status"]
    assert len(lab.asked) == 31


def test_ten_thousand_polls_of_a_hundred_operations_are_all_made() -> None:
    lab = Lab()
    counts = [0] * 100

    def count(number: int) -> Operation:
        counts[number] += 1
        return RUNNING

    for number in range(100):
        source = lab.add("op", lambda now, number=number: count(number))  # type: ignore[misc]
        join(source.history, Spy())
    lab.run(99.5)
    assert counts == [100] * 100


def test_the_source_knows_the_last_snapshot_with_all_entries() -> None:
    lab = Lab(ticking)
    before = lab.source.operation
    lab.watch()
    lab.run(4.5)
    after = lab.source.operation
    assert before is None
    assert after is not None
    assert [line.id for line in after.log_entries] == ["l00", "l01", "l02", "l03", "l04"]
