"""Events of a small operation that downloads an image and fails, for the tests of the views."""

from __future__ import annotations

from datetime import timedelta

from rxeryph.cli.view import View
from rxeryph.errors import TransportError
from rxeryph.events import (
    AnyEvent,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    PollRecovered,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from rxeryph.model import LogEntry, Operation, OperationStatus, Task
from rxeryph.model.timestamps import from_ticks
from rxeryph.outcome import OperationResult

QUEUED, RUNNING = OperationStatus.QUEUED, OperationStatus.RUNNING
COMPLETED, FAILED, CANCELLED = OperationStatus.COMPLETED, OperationStatus.FAILED, OperationStatus.CANCELLED
DIGEST = "0d60c35bda02ffcb3b6afae3e8454a9b5603f1b83ca4e01417d75e64fd9fe26c"
CREATED = from_ticks(1_780_000_000 * 10_000_000)


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


ROOT = Task("t1", "op", "CreateCatletCommand", RUNNING, "Create catlet web")
GENE = Task("t2", "t1", "PrepareGeneCommand", RUNNING, "Preparing gene volume::gene:a/b/1.0:sda[hyperv/amd64]", 42)
OPERATION = Operation("op", RUNNING, tasks=(ROOT, GENE), created=CREATED, started_at=CREATED + after(7.5))
LOST_TASK = Task("t3", "t1", "C", FAILED, "Find [space]")
ENDED = Operation(
    "op",
    FAILED,
    "no\nspace",
    tasks=(Task("t1", "op", "C", FAILED, "Create catlet web"), LOST_TASK),
    created=CREATED,
    ended_at=CREATED + after(32.8),
)


def line(message: str, id: str = "l1") -> LogEntryAdded:
    return LogEntryAdded("op", OPERATION, LogEntry(id, "t2", message, 0), GENE)


EVENTS: tuple[AnyEvent, ...] = (
    StatusChanged("op", OPERATION, RUNNING),
    TaskAdded("op", OPERATION, ROOT),
    TaskAdded("op", OPERATION, GENE),
    line(f"Processing [red] (sha256:{DIGEST})\nmore"),
    line("Downloading: 12.50 MiB / 600.00 MiB => 2.1% completed", "l2"),
    TaskUpdated("op", OPERATION, GENE, GENE),
    PollFailed("op", OPERATION, TransportError("no route.", method="GET", url="x"), 1, 2.0),
    PollRecovered("op", OPERATION, 1, 2.0),
    StatusChanged("op", ENDED, FAILED, RUNNING),
    OperationFinished("op", ENDED, OperationResult(ENDED)),
)


def show(view: View, events: tuple[AnyEvent, ...] = EVENTS) -> None:
    """The whole life of a view."""
    with view:
        for event in events:
            view.show(event)
            view.tick()
        view.summary({"op": OperationResult(ENDED)})
