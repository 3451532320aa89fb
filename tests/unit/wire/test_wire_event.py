"""Events and errors as JSON: the format of recordings, which must stay as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest

from rxeryph.errors import (
    ApiError,
    ConfigurationError,
    OperationError,
    RxEryphError,
    SubmissionUnknownError,
    TransportError,
    WireError,
)
from rxeryph.events import LogEntryAdded, OperationFinished, PollFailed, StatusChanged
from rxeryph.model import Operation, OperationStatus
from rxeryph.outcome import OperationResult
from rxeryph.wire._derived import PLAIN, derived
from rxeryph.wire._schema import NounSchema
from rxeryph.wire.event import dump_error, dump_event, load_error, load_event
from tests.unit.samples import ERRORS, EVENTS, FULL, OPERATOR_EVENTS, RUNNING

GOLDEN = Path(__file__).with_name("golden.ndjson").read_text("utf-8").splitlines()
"""One line for each of the samples, in order. Lines are only added: old recordings must stay readable."""

SHORT = (
    StatusChanged("op", FULL, RUNNING),
    LogEntryAdded("op", FULL, FULL.log_entries[0]),
    PollFailed("op", None, RxEryphError("said"), 1, 0.5),
)
"""Events without the members that may be absent."""

SAMPLES = (
    *EVENTS,
    *OPERATOR_EVENTS,
    *SHORT,
    *ERRORS,
    SubmissionUnknownError("said", method="POST", url="https://x", operation_id=None),
    ConfigurationError("said"),
    TransportError("said", method="GET", url="https://x", retry_after=2.0),
    ApiError("said", status=500, method="GET", url="https://x"),
    OperationError("said", operation_id="op"),
)
each_sample = pytest.mark.parametrize(
    ("sample", "line"), [*zip(SAMPLES, GOLDEN, strict=True)], ids=lambda value: type(value).__name__
)


def number_of(snapshot: Operation) -> int:
    assert snapshot is FULL
    return 7


@each_sample
def test_the_json_of_a_recording_never_changes(sample: object, line: str) -> None:
    if isinstance(sample, RxEryphError):
        data = dump_error(sample, number_of)
        again: object = load_error(json.loads(line), {7: FULL})
    else:
        data = dump_event(sample, number_of)  # type: ignore[arg-type]
        again = load_event(json.loads(line), {7: FULL})
    assert json.dumps(data) == line
    assert again == sample


def test_a_recording_without_the_members_that_came_later_is_still_read() -> None:
    line = '{"type": "finished", "operation_id": "op", "operation": 7, "result": 7}'
    assert load_event(json.loads(line), {7: FULL}) == OperationFinished("op", FULL, OperationResult(FULL))


@dataclass(frozen=True)
class Novel:
    """What an event may have some day."""

    id: str
    status: OperationStatus
    parts: tuple[tuple[int, float], ...]
    by_name: Mapping[str, Sequence[bool]] | None
    when: float = 0.5


@pytest.mark.parametrize(
    "value",
    [Novel("a", OperationStatus("Paused"), ((1, 2.0), (3, 4.5)), {"x": (True,)}, 1.0), Novel("a", RUNNING, (), None)],
)
def test_a_class_needs_no_schema_of_its_own(value: Novel) -> None:
    schema = derived(Novel, NounSchema, PLAIN)
    data: Any = json.loads(json.dumps(schema.dump(value)))
    assert [*data] == [field.name for field in fields(value) if getattr(value, field.name) is not None]
    again: Any = schema.load(data)
    assert again == replace(value, by_name=again.by_name)
    assert replace(again, when=0.5) == schema.load({name: data[name] for name in data if name != "when"})
    assert {*schema.validate({})} == {"id", "status", "parts"}


def test_a_type_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(KeyError, match="Novel"):
        derived(SecondNovel, NounSchema, PLAIN)


@dataclass
class SecondNovel:
    inner: Novel


def test_an_error_of_another_library_is_named() -> None:
    data = dump_error(KeyError("x"), number_of)
    assert data == {"type": "RxEryphError", "message": "KeyError: 'x'"}


def test_an_error_of_a_class_of_its_own_is_written_as_its_base() -> None:
    class OwnError(SubmissionUnknownError):
        """A subclass that a user might write."""

    data = dump_error(OwnError("said", method="POST", url="x", operation_id="op"), number_of)
    assert data["type"] == "SubmissionUnknownError"


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"type": "novel"}, "$.type"),
        ([], "$.type"),
        ({"type": "dropped", "operation_id": "op", "count": "many"}, "$.count"),
        ({"type": "dropped", "count": 1}, "$.operation_id"),
        ({"type": "task_new", "operation_id": "op", "operation": 9, "task": {}}, "$.operation"),
        ({"type": "tracking_failed", "operation_id": "op", "error": {"type": "Novel"}}, "$.error.type"),
        ({"type": "tracking_failed", "operation_id": "op", "error": 1}, "$.error"),
        ({"type": "tracking_failed", "operation_id": "op", "error": {"type": "ApiError"}}, "$.error.message"),
    ],
)
def test_what_does_not_fit_is_named(data: object, path: str) -> None:
    with pytest.raises(WireError) as caught:
        load_event(data, {7: FULL})
    assert caught.value.path == path
