"""The story of one operation, from the first poll to the last event."""

from __future__ import annotations

from rxeryph.events import LogEntryAdded, OperationFinished
from rxeryph.model import Operation, OperationStatus
from rxeryph.outcome import OperationResult
from rxeryph.polling import PollingSource, asking
from rxeryph.testing.snapshots import SECOND, START
from tests.unit.polling.virtual import DONE, RUNNING, Lab, done_at, watched
from tests.unit.samples import CANCELLED, COMPLETED, FAILED, QUEUED, entry, operation, task


def test_polls_without_drift_then_settles_and_finishes() -> None:
    lab, watcher = watched(done_at(4.0))
    assert lab.asked == [0, 1, 2, 3, 4, 5]
    assert watcher.types == ["status", "status", "finished"]
    assert watcher.times == [0, 4, 5]
    assert watcher.has_seen_the_end


def test_every_outcome_is_an_event_and_not_an_error() -> None:
    for status in (COMPLETED, FAILED, CANCELLED):
        _, watcher = watched(lambda now, status=status: operation(status))  # type: ignore[misc]
        finished = watcher.events[-1]
        assert isinstance(finished, OperationFinished)
        assert finished.result.status is status
        assert watcher.has_seen_the_end


def test_nobody_is_asked_before_somebody_watches() -> None:
    lab = Lab()
    lab.run(100.0)
    assert lab.asked == []


def test_what_the_submit_answered_is_the_first_part_of_the_story() -> None:
    created = operation(QUEUED, entries=(entry(),))
    lab = Lab(done_at(2.0), initial=created)
    assert lab.source.operation == created
    watcher = lab.watch()
    assert watcher.types == ["status", "log_entry"]
    lab.run(60.0)
    assert watcher.types == ["status", "log_entry", "status", "status", "finished"]
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


def test_entries_that_are_shown_again_are_told_once() -> None:
    lab, watcher = watched(lambda now: operation(entries=(entry("l1"), entry("l2"))), until=10.0)
    assert watcher.types == ["status", "log_entry", "log_entry"]
    assert len(lab.asked) == 11


def test_the_result_has_every_entry_sorted_by_the_time_of_the_server() -> None:
    def answer(now: float) -> Operation:
        late = entry(f"l{int(now)}", 100.0 - now)
        return operation(COMPLETED if now >= 5 else operation().status, entries=(late,), tasks=(task(),))

    lab, watcher = watched(answer)
    finished = watcher.events[-1]
    assert isinstance(finished, OperationFinished)
    shown = [event.entry for event in watcher.events if isinstance(event, LogEntryAdded)]
    assert len(shown) == 11
    assert finished.result.log_entries == tuple(shown[::-1])
    assert [line.ticks for line in finished.result.log_entries] == [START + at * SECOND for at in range(90, 101)]
    assert finished.operation == finished.result.operation == lab.source.operation


def test_the_result_is_made_by_whoever_was_asked_to_conclude() -> None:
    lab = Lab(done_at(0.0))
    results: list[OperationResult] = []

    def conclude(ended: Operation) -> OperationResult:
        results.append(OperationResult(ended))
        return results[-1]

    source = PollingSource("op", asking(lambda stamp: DONE, lab.engine), lab.engine, lab.settings, conclude)
    lab.source = source
    watcher = lab.watch()
    lab.run(60.0)
    assert isinstance(watcher.events[-1], OperationFinished)
    assert results == [watcher.events[-1].result]


def test_an_unknown_status_is_no_end() -> None:
    lab, watcher = watched(lambda now: operation(OperationStatus("Paused")), until=30.0)
    assert watcher.types == ["status"]
    assert len(lab.asked) == 31


def test_ten_thousand_polls_of_a_hundred_operations_are_all_made() -> None:
    lab = Lab()
    counts = [0] * 100

    def fetch_of(number: int) -> object:
        def fetch(stamp: str | None) -> Operation:
            counts[number] += 1
            return RUNNING

        return fetch

    for number in range(100):
        lab.source = PollingSource("op", asking(fetch_of(number), lab.engine), lab.engine, lab.settings)  # type: ignore[arg-type]
        lab.watch()
    lab.run(99.5)
    assert counts == [100] * 100


def test_the_source_knows_the_last_snapshot_with_all_entries() -> None:
    lab = Lab(lambda now: operation(entries=(entry(f"l{int(now)}", now),)))
    before = lab.source.operation
    lab.watch()
    lab.run(2.5)
    after = lab.source.operation
    assert before is None
    assert after is not None
    assert [line.id for line in after.log_entries] == ["l0", "l1", "l2"]
