"""What is in a record: its format, which must stay, its secrets, which are left out, and its errors."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rxeryph.errors import JournalError
from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished
from rxeryph.journal import Record
from rxeryph.journal.records import Folded, dump_events, is_last
from rxeryph.outcome import OperationResult
from rxeryph.tracking import NOTHING_KNOWN, observe
from tests.unit.samples import COMPLETED, EVENTS, FULL, PROJECT, RUNNING, entry, operation, task

HEAD = {"id": "op", "status": "Running"}
DATA: dict[str, Any] = {
    "rxeryph": "record",
    "version": 1,
    "operation": HEAD,
    "events": [
        {"type": "status", "operation_id": "op", "operation": 1, "status": "Running"},
        {
            "type": "project_new",
            "operation_id": "op",
            "operation": 1,
            "project": {"id": "p1", "name": "default", "tenant_id": "tenant"},
        },
        {
            "type": "log_entry",
            "operation_id": "op",
            "operation": 1,
            "entry": {
                "id": "l1",
                "task_id": "t1",
                "message": "hellö",
                "timestamp": "2026-05-28T20:26:40.0000000Z",
            },
        },
    ],
}
SNAPSHOT = operation(RUNNING, projects=(PROJECT,), entries=(entry(message="hellö"),))


def record(data: Any, number: int = 0) -> Record:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Record(number + 1, "op", number, datetime.now(UTC), content)


def test_the_data_of_a_record_never_changes() -> None:
    _, events = observe(NOTHING_KNOWN, SNAPSHOT)
    assert dump_events(events) == json.dumps(DATA, ensure_ascii=False, separators=(",", ":")).encode()
    folded, read = Folded().after(record(DATA))
    assert read == events
    assert folded == Folded(observe(NOTHING_KNOWN, SNAPSHOT)[0], 1)


def test_a_member_of_a_newer_library_is_ignored() -> None:
    assert Folded().after(record({**DATA, "novel": 1}))[1] == observe(NOTHING_KNOWN, SNAPSHOT)[1]


def test_half_a_surrogate_pair_is_kept() -> None:
    _, events = observe(NOTHING_KNOWN, operation(RUNNING, entries=(entry(message="\ud800"),)))
    assert Folded().after(record(dump_events(events)))[1] == events


def test_no_secret_is_in_a_record() -> None:
    """The rest of the rule is that of recordings, which have the same snapshots."""
    _, events = observe(NOTHING_KNOWN, FULL)
    assert b"secret-token" not in dump_events(events)
    assert b"secret-token" not in dump_events((OperationFinished("op", FULL, OperationResult(FULL)),))


def test_the_result_is_made_by_the_connection() -> None:
    done = operation(COMPLETED, tasks=(task(status=COMPLETED),), entries=(entry(),))
    known, events = observe(NOTHING_KNOWN, done)
    folded, _ = Folded().after(record(dump_events(events)))
    finished = OperationFinished("op", done, OperationResult(done))
    folded, (read,) = folded.after(record(dump_events((finished,)), 1), lambda each: OperationResult(replace(each)))
    assert read == finished
    assert folded.is_finished
    assert (folded.known.complete_operation, folded.known.entries) == (done, known.entries)


def test_a_log_entry_is_stored_without_its_task_and_read_with_it() -> None:
    known, first = observe(NOTHING_KNOWN, operation(RUNNING, tasks=(task(),)))
    _, second = observe(known, operation(RUNNING, tasks=(task(),), entries=(entry(),)))
    data = dump_events(second)
    assert "task" not in json.loads(data)["events"][0]
    folded, _ = Folded().after(record(dump_events(first)))
    _, (read,) = folded.after(record(data, 1))
    assert isinstance(read, LogEntryAdded)
    assert read == second[0]
    assert read.task == task()


def test_the_events_of_a_record_share_their_tasks() -> None:
    snapshot = operation(RUNNING, tasks=(task(),), entries=(entry("l1"), entry("l2")))
    folded, read = Folded().after(record(dump_events(observe(NOTHING_KNOWN, snapshot)[1])))
    _, more = folded.after(record(dump_events((LogEntryAdded("op", snapshot, entry("l3"), task()),)), 1))
    assert {id(event.task) for event in (*read, *more) if isinstance(event, LogEntryAdded)} == {
        id(folded.known.tasks["t1"])
    }


def test_the_last_record_is_known_by_its_event() -> None:
    finished = record(dump_events((OperationFinished("op", FULL, OperationResult(FULL)),)))
    _, events = observe(NOTHING_KNOWN, operation(RUNNING, entries=(entry(message='say "finished"'),)))
    quoting = {**DATA, "novel": "finished"}
    assert [is_last(each) for each in (finished, record(dump_events(events)), record(quoting))] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "events",
    [
        (),
        *((event,) for event in EVENTS if event.type in ("poll_failed", "poll_recovered", "tracking_failed")),
        (*observe(NOTHING_KNOWN, SNAPSHOT)[1], *observe(NOTHING_KNOWN, operation(COMPLETED))[1]),
    ],
)
def test_only_what_one_snapshot_shows_is_a_record(events: tuple[AnyEvent, ...]) -> None:
    with pytest.raises(ValueError, match="A record has the changes that one snapshot shows"):
        dump_events(events)


def changed(**members: Any) -> dict[str, Any]:
    return {**DATA, "events": [{**DATA["events"][0], **members}]}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is not JSON"),
        (b'{"rxeryph": "rec', "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"\xff", "it is not JSON"),
        ([], "another program wrote it"),
        ({"rxeryph": "recording", "version": 1}, "another program wrote it"),
        ({**DATA, "version": 2}, "it has version 2, this library reads version 1. Update rxeryph"),
        ({**DATA, "version": "1"}, "it has version '1'"),
        ({**DATA, "events": None}, "it has no list of events"),
        ({**DATA, "operation": None}, "expected Not an object at $"),
        (changed(type="novel"), "expected Not an event this version knows at $.type, got 'novel'"),
        (changed(operation=2), "at $.operation"),
        (changed(status=None), "at $.status"),
        (changed(operation_id="other"), "its events are not changes of this operation"),
        ({**DATA, "operation": {**HEAD, "id": "other"}}, "its events are not changes of this operation"),
        (changed(type="poll_recovered", failures=1, silent_for=1), "its events are not changes of this operation"),
    ],
)
def test_a_record_that_cannot_be_read_is_named(data: Any, reason: str) -> None:
    with pytest.raises(JournalError) as caught:
        Folded().after(record(data))
    message = str(caught.value)
    assert message.startswith(
        "The journal has a record that cannot be read: record 0 of operation op, at position 1:"
    )
    assert reason in message
    assert message.endswith(".")
    assert caught.value.is_permanent


def test_a_record_that_is_missing_is_named() -> None:
    with pytest.raises(JournalError, match="record 0 should be there instead"):
        Folded().after(record(DATA, 1))


def test_a_message_of_another_program_is_named() -> None:
    with pytest.raises(JournalError, match="a message of operation op, at position 0: another program wrote it"):
        Folded().after(record(DATA, -1))
