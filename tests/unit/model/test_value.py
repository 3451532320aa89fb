"""The one line that shows a value: what is in it, and what is cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rxeryph.errors import TransportError
from rxeryph.events import (
    Dropped,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from rxeryph.model import (
    CatletConfigResult,
    IdentityClientWithSecret,
    Operation,
    OperationStatus,
    ValidationIssue,
    ValidationResult,
)
from rxeryph.model.text import one_line, quoted
from rxeryph.outcome import FetchedResource, OperationResult, Report, find_failure
from rxeryph.tracking import NOTHING_KNOWN, Progress, TaskNode, observe
from tests.unit.samples import CATLET, COMPLETED, FAILED, PROJECT, QUEUED, RUNNING, entry, operation, task

BEGIN = datetime(2026, 5, 28, 1, 2, 3, tzinfo=UTC)
TIMES: dict[str, Any] = {"started_at": BEGIN, "ended_at": BEGIN + timedelta(seconds=20.1)}
CREATE = task("t1", display_name="Create catlet\n web")
DONE = Operation("op", COMPLETED, "Completed", created=BEGIN, **TIMES, tasks=(CREATE,), resources=(CATLET,))
LOADING = task("t2", "t1", display_name="Load gene", progress=40)
LOST = TransportError("no route", method="GET", url="x")


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (CREATE, "Task('t1', 'Create catlet web', Running, parent_task_id='op')"),
        (LOADING, "Task('t2', 'Load gene', Running, 40 %, parent_task_id='t1')"),
        (entry(message="a\tline"), "LogEntry('l1', 'a line', 2026-05-28T20:26:40.000+00:00, task_id='t1')"),
        (
            DONE,
            "Operation('op', 'Create catlet web', Completed, 20.1 s, status_message='Completed',"
            " created=2026-05-28T01:02:03.000+00:00, resources=<1>, tasks=<1>)",
        ),
        (operation(OperationStatus("Pau\nsed")), "Operation('op', 'Pau sed')"),
        (StatusChanged("op", DONE, RUNNING, QUEUED), "StatusChanged('op', Running, previous=Queued)"),
        (
            ResourceAdded("op", DONE, CATLET),
            "ResourceAdded('op', resource=OperationResource('r1', resource_id='c1', resource_type=Catlet))",
        ),
        (TaskAdded("op", DONE, LOADING), "TaskAdded('op', task=Task('Load gene', Running, 40 %))"),
        (
            TaskUpdated("op", DONE, task("t2", status=FAILED, **TIMES), LOADING),
            "TaskUpdated('op', task=Task('CreateCatlet', Failed, 20.1 s), previous=Task('Load gene', Running, 40 %))",
        ),
        (
            LogEntryAdded("op", DONE, entry(), CREATE),
            "LogEntryAdded('op', entry=LogEntry('hello', 2026-05-28T20:26:40.000+00:00),"
            " task=Task('Create catlet web', Running))",
        ),
        (
            PollFailed("op", None, LOST, 2, 0.5),
            "PollFailed('op', error=TransportError('no route'), attempt=2, retry_in=0.5)",
        ),
        (
            OperationFinished("op", DONE, OperationResult(DONE)),
            "OperationFinished('op', result=OperationResult('Create catlet web', Completed, 20.1 s))",
        ),
        (Dropped("op", 0), "Dropped('op', count=0)"),
        (OperationResult(DONE), "OperationResult('op', 'Create catlet web', Completed, 20.1 s)"),
        (Report(DONE), "Report('op', 'Create catlet web', Completed, 20.1 s)"),
        (
            find_failure(operation(FAILED, tasks=(task(status=FAILED),), message="broken")),
            "Failure(status_message='broken', task=Task('CreateCatlet', Failed))",
        ),
        (
            FetchedResource(CATLET, is_deleted=True),
            "FetchedResource(reference=OperationResource('r1', resource_id='c1', resource_type=Catlet),"
            " is_deleted=True)",
        ),
        (
            FetchedResource(CATLET, object()),
            "FetchedResource(reference=OperationResource('r1', resource_id='c1', resource_type=Catlet),"
            " value=object)",
        ),
        (Progress.of(DONE), "Progress('op', 'Create catlet web', Completed, tasks=<1>)"),
        (TaskNode(CREATE, (TaskNode(LOADING),)), "TaskNode(task=Task('Create catlet web', Running), children=<1>)"),
        (NOTHING_KNOWN, "Known()"),
        (
            observe(NOTHING_KNOWN, DONE)[0],
            "Known('op', 'Create catlet web', Completed, 20.1 s, tasks=<1>, resources=<1>)",
        ),
        (CatletConfigResult({"secret": "hush"}), "CatletConfigResult(configuration=<1>)"),
        (
            IdentityClientWithSecret("c", "ci", ("compute:read", "\x1b"), key="hush"),
            r"IdentityClientWithSecret('c', 'ci', allowed_scopes=[compute:read, \x1b])",
        ),
        (
            ValidationResult(False, (ValidationIssue("no"),)),
            "ValidationResult(is_valid=False, errors=<1>)",
        ),
        (PROJECT, "Project('p1', 'default', tenant_id='tenant')"),
        (LOST, "TransportError('no route')"),
        (TransportError("a\n b", method="", url=""), "TransportError('a b')"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_shown_by_what_identifies_it(value: object, line: str) -> None:
    assert repr(value) == line


def test_what_does_not_fit_is_left_out() -> None:
    long = task("i" * 90, "p" * 90, display_name="t" * 90, created=BEGIN)
    assert repr(long) == f"Task('{'i' * 57}…', '{'t' * 57}…', Running, …)"
    assert repr(TransportError("x" * 999, method="", url="")) == f"TransportError('{'x' * 181}…')"


def test_strings_are_shown_on_one_line_without_control_characters() -> None:
    assert one_line(" a\r\n\tb\u2028c ") == "a b c"
    assert quoted("it's \x1b[31m\u202e") == '"it\'s \\x1b[31m\\u202e"'
    assert quoted("x" * 60, 10) == "'xxxxxxx…'"
    assert quoted("x" * 8, 10) == "'xxxxxxxx'"
