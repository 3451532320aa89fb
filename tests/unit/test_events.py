"""The promises of the events: frozen, comparable, named, and ready for JSON."""

from __future__ import annotations

import dataclasses
import inspect
import json
from dataclasses import replace
from typing import Any, get_args

import pytest

from rxeryph import events
from rxeryph.events import (
    AnyEvent,
    Event,
    EventType,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    StatusChanged,
)
from rxeryph.model import CatletConfigResult, CatletSpecificationResult
from rxeryph.outcome import OperationResult
from tests.unit.samples import EVENTS, FULL, NO_ROUTE, OPERATOR_EVENTS, RUNNING

CLASSES = [
    cls for _, cls in inspect.getmembers(events, inspect.isclass) if issubclass(cls, Event) and cls is not Event
]
each_event = pytest.mark.parametrize("event", [*EVENTS, *OPERATOR_EVENTS], ids=lambda event: type(event).__name__)

TABLE = {
    "StatusChanged": ("status", {"operation", "status", "previous"}),
    "ProjectAdded": ("project_new", {"operation", "project"}),
    "ResourceAdded": ("resource_new", {"operation", "resource"}),
    "TaskAdded": ("task_new", {"operation", "task"}),
    "TaskUpdated": ("task_update", {"operation", "task", "previous"}),
    "LogEntryAdded": ("log_entry", {"operation", "entry", "task"}),
    "PollFailed": ("poll_failed", {"operation", "error", "attempt", "retry_in"}),
    "PollRecovered": ("poll_recovered", {"operation", "failures", "silent_for"}),
    "TrackingFailed": ("tracking_failed", {"operation", "error"}),
    "OperationFinished": ("finished", {"operation", "result", "settled_for", "server_lag"}),
    "LogEntriesAdded": ("log_entries", {"operation", "entries"}),
    "LogsSuppressed": ("logs_suppressed", {"operation", "count", "is_final"}),
    "Dropped": ("dropped", {"count"}),
    "OperationStalled": ("stalled", {"operation", "seconds"}),
}


def test_the_events_are_those_of_the_design() -> None:
    found = {
        cls.__name__: (cls.type.value, {field.name for field in dataclasses.fields(cls)} - {"operation_id"})
        for cls in CLASSES
    }
    assert found == TABLE


def test_every_type_belongs_to_exactly_one_event() -> None:
    assert sorted(cls.type for cls in CLASSES) == sorted(EventType)


def test_any_event_is_every_event_of_a_stream() -> None:
    assert set(get_args(AnyEvent)) == {type(event) for event in EVENTS}
    assert set(CLASSES) - set(get_args(AnyEvent)) == {type(event) for event in OPERATOR_EVENTS}


@each_event
def test_to_dict_is_ready_for_json_and_complete(event: Event) -> None:
    data = json.loads(json.dumps(event.to_dict(), allow_nan=False))
    assert data["type"] == event.type
    assert data["operation_id"] == "op"
    assert set(data) == {"type", *(field.name for field in dataclasses.fields(event))} - {"operation"}


@each_event
def test_no_secret_is_written(event: Event) -> None:
    assert FULL.result is not None
    assert "a-very-secret-token" not in json.dumps(event.to_dict())
    assert "a-very-secret-token" not in repr(event)


def test_to_dict_leaves_out_absent_members() -> None:
    assert StatusChanged("op", FULL, RUNNING).to_dict() == {
        "type": "status",
        "operation_id": "op",
        "status": "Running",
    }


def test_to_dict_keeps_all_seven_digits_of_an_entry() -> None:
    event = LogEntryAdded("op", FULL, FULL.log_entries[0])
    assert event.to_dict()["entry"] == {
        "id": "l1",
        "task_id": "t1",
        "message": "hello",
        "timestamp": "2026-05-28T20:26:40.1234567Z",
    }


def test_to_dict_names_the_error() -> None:
    data = PollFailed("op", None, NO_ROUTE, 2, 0.5).to_dict()
    assert data["error"] == {"type": "TransportError", "message": "no route"}
    assert (data["attempt"], data["retry_in"]) == (2, 0.5)


def test_to_dict_of_the_end_has_the_whole_operation() -> None:
    data = OperationFinished("op", FULL, OperationResult(FULL)).to_dict()["result"]
    assert isinstance(data, dict)
    assert (data["id"], data["status"]) == ("op", "Running")
    assert [entry["id"] for entry in data["log_entries"]] == ["l1", "l2"]
    assert data["created"] == "2026-05-28T01:02:03.456789+00:00"


@pytest.mark.parametrize("kind", [CatletConfigResult, CatletSpecificationResult])
@pytest.mark.parametrize("marked", [True, "true", 1])
def test_values_marked_as_secret_are_kept_but_not_shown(kind: Any, marked: object) -> None:
    user = {"name": "user", "value": "admin", "secret": False}
    password = {"name": "password", "value": "hush", "secret": marked}
    key = {"name": "key", "content": "hush", "secret": marked, "variables": [user, password]}
    configuration = {"name": "web", "variables": [user, password], "fodder": [key]}
    ended = replace(FULL, result=kind(configuration))
    result = OperationResult(ended)
    event = OperationFinished(ended.id, ended, result)
    report = result.report()
    data = event.to_dict()
    shown: list[object] = [result, result.typed_result, event, ended, report, report.to_dict(), data, repr(data)]
    assert "hush" not in " ".join(f"{each} {each!r}" for each in shown) + json.dumps(data)
    assert json.dumps(data).count("admin") == 2
    assert isinstance(result.typed_result, kind)
    assert getattr(result.typed_result, "configuration", None) == configuration
