"""JSON to operations."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rxeryph.errors import WireError
from rxeryph.model import UnknownResult
from rxeryph.wire import SnapshotLoader, load_head, load_operation

ENTRY = {"id": "l1", "task_id": "t1", "message": "hello", "timestamp": "2026-06-26T10:15:33.90121+00:00"}
TASK = {"id": "t1", "parent_task_id": "op", "name": "CreateCatletCommand", "status": "Running"}
REPLY = {
    "id": "op",
    "status": "Paused",
    "created": "2026-06-26T10:15:30.1234567+00:00",
    "log_entries": [ENTRY, {**ENTRY, "id": "l2", "message": None}],
    "resources": [{"id": "r1", "resource_id": "c1", "resource_type": "Spaceship", "mood": "good"}],
    "tasks": [TASK],
    "result": {"result_type": "Novel", "answer": 42},
    "projects": None,
    "novel": 1,
}


def test_unknown_members_enum_members_and_results_survive() -> None:
    operation = load_operation(REPLY)
    assert operation.status == "Paused"
    assert not operation.status.is_terminal
    assert not operation.resources[0].resource_type.is_known
    assert operation.result == UnknownResult("Novel", {"answer": 42})
    assert operation.created == datetime(2026, 6, 26, 10, 15, 30, 123456, tzinfo=UTC)
    assert [entry.message for entry in operation.log_entries] == ["hello", ""]
    assert operation.primary_task is operation.tasks[0]
    assert operation.projects == ()


def test_a_boolean_is_no_number_but_digits_are() -> None:
    def progress(value: object) -> int:
        return load_operation({**REPLY, "tasks": [{**TASK, "progress": value}]}).tasks[0].progress

    assert (progress(7), progress("7"), progress(None)) == (7, 7, 0)
    with pytest.raises(WireError, match="Not a valid integer; got True"):
        progress(True)


def written(reply: object) -> bytes:
    return json.dumps(reply).encode()


def test_the_loader_returns_unchanged_items_again() -> None:
    loader = SnapshotLoader()
    first = loader.load(written(REPLY))
    assert loader.load(written(REPLY)) is first
    second = loader.load(written({**REPLY, "log_entries": [ENTRY, {**ENTRY, "id": "l3"}]}))
    assert second.tasks is first.tasks
    assert second.log_entries[0] is first.log_entries[0]
    assert [entry.id for entry in second.log_entries] == ["l1", "l3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "The reply from http://x/y is not JSON at $: It is empty; got 0 bytes."),
        (b'{"id":', "is not JSON at $: Expecting value"),
        (b'{"id":"\xff"}', "is not JSON at $: it is not UTF-8, or a number in it has too many digits"),
        (b"[" * 100_000, "is not JSON at $: it is nested too deeply"),
        (b"[]", "The reply from http://x/y does not fit at $: Not an object; got list."),
        (b"null", "does not fit at $: Not an object; got None."),
    ],
)
def test_a_reply_that_is_no_object_is_refused_and_the_last_one_is_kept(text: bytes, message: str) -> None:
    loader = SnapshotLoader()
    first = loader.load(written(REPLY))
    with pytest.raises(WireError) as caught:
        loader.load(text, "http://x/y")
    assert message in str(caught.value)
    assert (caught.value.path, caught.value.url) == ("$", "http://x/y")
    assert loader.load(written(REPLY)) is first


def test_what_operations_have_in_common_is_kept_once() -> None:
    one, other = load_operation(json.loads(written(REPLY))), load_operation(json.loads(written(REPLY)))
    assert other.log_entries[0].task_id is one.tasks[0].id is other.tasks[0].id
    assert one.tasks[0].name is other.tasks[0].name


def test_a_head_has_no_collections() -> None:
    head = load_head(written(REPLY))
    assert head == replace(load_operation(REPLY), resources=(), log_entries=(), tasks=())
