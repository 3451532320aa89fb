"""JSON to operations."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

from rxeryph.model import UnknownResult
from rxeryph.wire import SnapshotLoader, load_operation

ENTRY = {"id": "l1", "task_id": "t1", "message": "hello", "timestamp": "2026-06-26T10:15:33.90121+00:00"}
REPLY = {
    "id": "op",
    "status": "Paused",
    "created": "2026-06-26T10:15:30.1234567+00:00",
    "log_entries": [ENTRY, {**ENTRY, "id": "l2", "message": None}],
    "resources": [{"id": "r1", "resource_id": "c1", "resource_type": "Spaceship", "mood": "good"}],
    "tasks": [{"id": "t1", "parent_task_id": "op", "name": "CreateCatletCommand", "status": "Running"}],
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


def test_the_loader_returns_unchanged_items_again() -> None:
    loader = SnapshotLoader()
    first = loader.load(REPLY)
    assert loader.load(deepcopy(REPLY)) is first
    second = loader.load({**deepcopy(REPLY), "log_entries": [ENTRY, {**ENTRY, "id": "l3"}]})
    assert second.tasks is first.tasks
    assert second.log_entries[0] is first.log_entries[0]
    assert [entry.id for entry in second.log_entries] == ["l1", "l3"]
