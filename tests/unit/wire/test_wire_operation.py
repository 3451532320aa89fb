"""JSON to operations and back."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest

from rxeryph.errors import WireError
from rxeryph.model import OperationStatus, ResourceType, UnknownResult
from rxeryph.wire import SnapshotLoader, dump_operation, load_operation

REPLY = {
    "id": "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11",
    "status": "Running",
    "status_message": "Running",
    "created": "2026-06-26T10:15:30.1234567+00:00",
    "resources": [{"id": "r1", "resource_id": "c1", "resource_type": "Catlet"}],
    "log_entries": [
        {"id": "l1", "task_id": "t1", "message": "hello", "timestamp": "2026-06-26T10:15:33.90121+00:00"},
        {"id": "l2", "task_id": "t1", "timestamp": "2026-06-26T10:15:34+00:00"},
    ],
    "projects": [{"id": "p1", "name": "default", "tenant_id": "x"}],
    "tasks": [
        {
            "id": "t1",
            "parent_task_id": "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11",
            "name": "CreateCatletCommand",
            "display_name": "Create catlet web01",
            "progress": 0,
            "status": "Running",
        }
    ],
}


def test_load_then_dump_then_load_gives_the_same() -> None:
    operation = load_operation(REPLY)
    assert load_operation(dump_operation(operation)) == operation
    assert operation.created == datetime(2026, 6, 26, 10, 15, 30, 123456, tzinfo=UTC)
    assert operation.log_entries[1].message == ""
    assert operation.primary_task is operation.tasks[0]
    assert operation.tasks[0].title == "Create catlet web01"


def test_unknown_members_enum_members_and_results_survive() -> None:
    reply = copy.deepcopy(REPLY) | {
        "status": "Paused",
        "novel": 1,
        "resources": [{"id": "r1", "resource_id": "c1", "resource_type": "Spaceship", "mood": "good"}],
        "result": {"result_type": "Novel", "answer": 42},
        "projects": None,
    }
    operation = load_operation(reply)
    assert operation.status == "Paused"
    assert not operation.status.is_terminal
    assert not operation.resources[0].resource_type.is_known
    assert operation.result == UnknownResult("Novel", {"answer": 42})
    assert operation.projects == ()


@pytest.mark.parametrize(
    ("member", "value", "path"),
    [
        ("status", 7, "$.status"),
        ("tasks", [{"id": "t", "parent_task_id": "o", "name": "n"}], "$.tasks[0].status"),
        ("log_entries", [{"id": "l", "task_id": "t", "timestamp": "yesterday"}], "$.log_entries[0].timestamp"),
        ("result", {"no": "type"}, "$.result.result_type"),
        ("tasks", {}, "$.tasks"),
    ],
)
def test_a_reply_that_does_not_fit_names_the_place(member: str, value: object, path: str) -> None:
    for load in (load_operation, SnapshotLoader().load):
        with pytest.raises(WireError) as caught:
            load({**REPLY, member: value}, "http://x")
        assert caught.value.path == path
        assert path in str(caught.value)


def test_the_loader_gives_unchanged_things_again() -> None:
    loader = SnapshotLoader()
    first = loader.load(REPLY)
    assert loader.load(copy.deepcopy(REPLY)) is first
    assert first == load_operation(REPLY)
    changed = copy.deepcopy(REPLY)
    changed["log_entries"].append({**REPLY["log_entries"][1], "id": "l3"})  # type: ignore[attr-defined,dict-item]
    second = loader.load(changed)
    assert second.tasks is first.tasks
    assert second.log_entries[0] is first.log_entries[0]
    assert len(second.log_entries) == 3
    assert first.status is OperationStatus.RUNNING
    assert first.resources[0].resource_type is ResourceType.CATLET
