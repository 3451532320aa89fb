"""The events of one operation, from the first poll to the last event."""

from __future__ import annotations

import pytest

from rxeryph.events import OperationFinished
from rxeryph.model import Operation, OperationStatus
from rxeryph.outcome import OperationResult
from tests.unit.polling.virtual import Lab, done_at, watched
from tests.unit.samples import CANCELLED, COMPLETED, FAILED, QUEUED, entry, operation


def test_it_polls_without_drift_then_settles_and_finishes() -> None:
    lab, spy = watched(done_at(4.0))
    assert lab.asked == [0, 1, 2, 3, 4, 5]
    assert list(zip(spy.types, spy.times, strict=True)) == [("status", 0), ("status", 4), ("finished", 5)]
    assert spy.has_seen_the_end
    assert spy.events[-1].operation == spy.events[-1].result.operation == lab.source.operation


@pytest.mark.parametrize("status", [COMPLETED, FAILED, CANCELLED])
def test_every_outcome_is_an_event_and_not_an_error(status: OperationStatus) -> None:
    _, spy = watched(lambda now: operation(status))
    assert spy.has_seen_the_end
    assert spy.events[-1].result.status is status


@pytest.mark.single_polls
def test_the_events_begin_with_what_the_submit_answered() -> None:
    created = operation(QUEUED, entries=(entry(),))
    lab = Lab(done_at(2.0), initial=created)
    assert lab.source.operation == created
    spy = lab.watch()
    assert spy.types == ["status", "log_entry"]
    lab.run(60.0)
    assert spy.types == ["status", "log_entry", "status", "status", "finished"]
    assert lab.stamps[0] is not None


@pytest.mark.single_polls
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
