"""Small operations, and one of every event and error, for unit tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rxeryph import errors, testing
from rxeryph.events import (
    AnyEvent,
    Dropped,
    Event,
    LogEntriesAdded,
    LogEntryAdded,
    LogsSuppressed,
    OperationFinished,
    OperationStalled,
    PollFailed,
    PollRecovered,
    ProjectAdded,
    ResourceAdded,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
    TrackingFailed,
)
from rxeryph.model import (
    LogEntry,
    Operation,
    OperationResource,
    OperationStatus,
    Project,
    ResourceType,
    SshChannelResult,
    Task,
    TaskReference,
)
from rxeryph.outcome import OperationResult

QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED = (
    OperationStatus.QUEUED,
    OperationStatus.RUNNING,
    OperationStatus.COMPLETED,
    OperationStatus.FAILED,
    OperationStatus.CANCELLED,
)


def task(id: str = "t1", parent: str = "op", status: OperationStatus = RUNNING, **members: Any) -> Task:
    return replace(testing.task(id, parent, status), **members)


def entry(id: str = "l1", at: float = 0.0, task_id: str = "t1", message: str = "hello") -> LogEntry:
    """An entry stamped ``at`` seconds after START."""
    return testing.log(message, at, task_id=task_id, id=id)


def operation(status: OperationStatus = RUNNING, *, entries: tuple[LogEntry, ...] = (), **members: Any) -> Operation:
    return testing.operation(status, log_entries=entries, **members)


CATLET = OperationResource("r1", "c1", ResourceType.CATLET)
DISK = OperationResource("r2", "d1", ResourceType.VIRTUAL_DISK)
PROJECT = Project("p1", "default", "tenant")

FULL = Operation(
    "op",
    RUNNING,
    "Running",
    "a client",
    datetime(2026, 5, 28, 1, 2, 3, 456789, tzinfo=UTC),
    datetime(2026, 5, 28, 1, 2, 4, tzinfo=UTC),
    None,
    (CATLET, DISK),
    (entry("l1", 0.1234567), entry("l2", 1.0)),
    (PROJECT,),
    (task(reference=TaskReference("p1", "Project", "default"), created=datetime(2026, 5, 28, tzinfo=UTC)),),
    SshChannelResult("a-very-secret-token"),
)

NO_ROUTE = errors.TransportError("no route", method="GET", url="https://x/v1/operations/op")


def api(cls: type[errors.ApiError], status: int, **members: Any) -> errors.ApiError:
    return cls(f"said {status}", status=status, method="GET", url="https://x", **members)


EVENTS: tuple[AnyEvent, ...] = (
    StatusChanged("op", FULL, RUNNING, QUEUED),
    ProjectAdded("op", FULL, PROJECT),
    ResourceAdded("op", FULL, CATLET),
    TaskAdded("op", FULL, FULL.tasks[0]),
    TaskUpdated("op", FULL, FULL.tasks[0], task(progress=10)),
    LogEntryAdded("op", FULL, FULL.log_entries[0], FULL.tasks[0]),
    PollFailed("op", FULL, NO_ROUTE, 1, 0.5),
    PollRecovered("op", FULL, 3, 4.5),
    TrackingFailed("op", None, NO_ROUTE),
    OperationFinished("op", FULL, OperationResult(FULL)),
)
"""One of every event of a stream."""

OPERATOR_EVENTS: tuple[Event, ...] = (
    LogEntriesAdded("op", FULL, FULL.log_entries),
    LogsSuppressed("op", FULL, 3, True),
    Dropped("op", 2),
    OperationStalled("op", FULL, 60.0),
)
"""One of every event that only operators make."""

_SENT: dict[str, Any] = {"method": "GET", "url": "https://x"}
_ANSWERED: dict[str, Any] = {
    **_SENT,
    "title": "Bad",
    "detail": "Very bad",
    "errors": {"$.a": ["one", "two"]},
    "trace_id": "trace",
    "retry_after": 1.5,
}
_ABOUT: dict[str, Any] = {"operation_id": "op", "operation": FULL}

ERRORS: tuple[errors.RxEryphError, ...] = (
    errors.RxEryphError("said"),
    errors.ConfigurationError("said", place="file", member="client_id"),
    errors.CredentialsNotFoundError("said", attempts=[("a file", "is not there")], reason="too little"),
    errors.AuthenticationError("said", error="invalid_client", description="who?", url="https://x"),
    errors.TransportError("said", **_SENT, attempts=3, may_have_arrived=False, is_permanent=True),
    errors.RequestTimeoutError("said", **_SENT, attempts=2),
    errors.SubmissionUnknownError("said", **_SENT, operation_id="op", attempts=4),
    errors.ClosedError("said"),
    errors.JournalError("said", place="a file", is_permanent=True),
    errors.JournalConflictError("said", operation_id="op", number=3, place="a file"),
    errors.ApiError("said", status=418, **_ANSWERED),
    errors.InvalidRequestError("said", status=400, **_ANSWERED),
    errors.AmbiguousNameError(
        "said", member="catlet_id", url="https://x", choices=[("web", "dev", "1"), ("web", "", "2")]
    ),
    errors.AccessDeniedError("said", status=403, **_ANSWERED),
    errors.NotFoundError("said", status=404, **_ANSWERED),
    errors.ConflictError("said", status=409, **_ANSWERED),
    errors.ThrottledError("said", status=429, **_ANSWERED),
    errors.ServerError("said", status=503, **_ANSWERED),
    errors.WireError("said", path="$.status", expected="a name", got="7", url="https://x"),
    errors.ApiVersionError("said", version="1.0", required="1.2"),
    errors.OperationError("said", **_ABOUT),
    errors.OperationFailedError("said", **_ABOUT),
    errors.OperationCancelledError("said", **_ABOUT),
    errors.OperationTimeoutError("said", **_ABOUT),
    errors.OperationVanishedError("said", **_ABOUT),
    errors.MissingResultError("said", **_ABOUT),
)
"""One of every error."""
