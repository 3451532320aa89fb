"""What can happen to an operation, one frozen class per event.

An event is a difference between two snapshots. ``operation`` is the snapshot in which the event was seen, with all
tasks, resources and projects. Its ``log_entries`` are those of that reply: the newest ones, with an overlap. The
result at the end has all log entries.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar, TypeAlias

from .errors import RxEryphError
from .model import LogEntry, Operation, OperationResource, OperationStatus, Project, Task
from .model.plain import to_plain
from .model.value import Value
from .outcome import OperationResult


class EventType(StrEnum):
    """The name of each event class as a string, for JSON and for handlers that are looked up by name."""

    STATUS = "status"
    PROJECT_NEW = "project_new"
    RESOURCE_NEW = "resource_new"
    TASK_NEW = "task_new"
    TASK_UPDATE = "task_update"
    LOG_ENTRY = "log_entry"
    POLL_FAILED = "poll_failed"
    POLL_RECOVERED = "poll_recovered"
    TRACKING_FAILED = "tracking_failed"
    LOG_ENTRIES = "log_entries"
    LOGS_SUPPRESSED = "logs_suppressed"
    DROPPED = "dropped"
    STALLED = "stalled"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Event(Value):
    """The base of every event."""

    type: ClassVar[EventType]
    operation_id: str

    def to_dict(self) -> dict[str, object]:
        """JSON-ready data: ``type``, ``operation_id`` and the members of the event, without the snapshot."""
        data: dict[str, object] = {"type": self.type.value, "operation_id": self.operation_id}
        for member in fields(self):
            if member.name in ("operation", "operation_id"):
                continue
            value = getattr(self, member.name)
            if isinstance(value, RxEryphError):
                data[member.name] = {"type": type(value).__name__, "message": str(value)}
            elif isinstance(value, OperationResult):
                data[member.name] = to_plain(value.operation)
            elif value is not None:
                data[member.name] = to_plain(value)
        return data


@dataclass(frozen=True, slots=True)
class StatusChanged(Event):
    """The operation has a new status; ``previous`` is None the first time."""

    type: ClassVar[EventType] = EventType.STATUS
    operation: Operation
    status: OperationStatus
    previous: OperationStatus | None = None


@dataclass(frozen=True, slots=True)
class ProjectAdded(Event):
    """The operation belongs to ``project``."""

    type: ClassVar[EventType] = EventType.PROJECT_NEW
    operation: Operation
    project: Project


@dataclass(frozen=True, slots=True)
class ResourceAdded(Event):
    """The operation touches ``resource``, which may not exist yet."""

    type: ClassVar[EventType] = EventType.RESOURCE_NEW
    operation: Operation
    resource: OperationResource


@dataclass(frozen=True, slots=True)
class TaskAdded(Event):
    """A task appeared, with its real status: it may have ended already, between two polls."""

    type: ClassVar[EventType] = EventType.TASK_NEW
    operation: Operation
    task: Task


@dataclass(frozen=True, slots=True)
class TaskUpdated(Event):
    """A known task changed; ``previous`` is the task before."""

    type: ClassVar[EventType] = EventType.TASK_UPDATE
    operation: Operation
    task: Task
    previous: Task


@dataclass(frozen=True, slots=True)
class LogEntryAdded(Event):
    """A task wrote a line. ``task`` is None if the server has not shown the task yet."""

    type: ClassVar[EventType] = EventType.LOG_ENTRY
    operation: Operation
    entry: LogEntry
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class PollFailed(Event):
    """A poll failed for the ``attempt``-th time in a row; the next one follows in ``retry_in`` seconds."""

    type: ClassVar[EventType] = EventType.POLL_FAILED
    operation: Operation | None
    """The last snapshot, None before the first."""
    error: RxEryphError
    attempt: int
    retry_in: float


@dataclass(frozen=True, slots=True)
class PollRecovered(Event):
    """A poll succeeded after ``failures`` in a row and ``silent_for`` seconds without news."""

    type: ClassVar[EventType] = EventType.POLL_RECOVERED
    operation: Operation
    failures: int
    silent_for: float


@dataclass(frozen=True, slots=True)
class TrackingFailed(Event):
    """Tracking one of several operations failed; on its own stream this would be ``on_error``."""

    type: ClassVar[EventType] = EventType.TRACKING_FAILED
    operation: Operation | None
    error: RxEryphError


@dataclass(frozen=True, slots=True)
class OperationFinished(Event):
    """The last event of every stream, for Completed, Failed and Cancelled alike."""

    type: ClassVar[EventType] = EventType.FINISHED
    operation: Operation
    result: OperationResult
    settled_for: float = 0.0
    """Seconds from seeing the terminal status to the last look for late log entries."""
    server_lag: float = 0.0
    """Seconds by which the server was behind, as far as its replies in the last minute say."""


@dataclass(frozen=True, slots=True)
class LogEntriesAdded(Event):
    """Several lines at once, in order; only from ``batch_logs``, in place of ``LogEntryAdded``."""

    type: ClassVar[EventType] = EventType.LOG_ENTRIES
    operation: Operation
    entries: tuple[LogEntry, ...]


@dataclass(frozen=True, slots=True)
class LogsSuppressed(Event):
    """Lines are left out from here on: ``count`` so far, or in all if ``is_final``; only from ``limit_logs``."""

    type: ClassVar[EventType] = EventType.LOGS_SUPPRESSED
    operation: Operation
    count: int
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class OperationStalled(Event):
    """Nothing new was shown for ``seconds``; only from ``stalled``. ``operation`` is the last snapshot."""

    type: ClassVar[EventType] = EventType.STALLED
    operation: Operation | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Dropped(Event):
    """``count`` events were left out here, because the observer was too slow; only from ``observe_bounded``."""

    type: ClassVar[EventType] = EventType.DROPPED
    count: int


AnyEvent: TypeAlias = (
    StatusChanged
    | ProjectAdded
    | ResourceAdded
    | TaskAdded
    | TaskUpdated
    | LogEntryAdded
    | PollFailed
    | PollRecovered
    | TrackingFailed
    | OperationFinished
)
"""What a stream itself emits; some operators add other events."""


def is_change(event: object) -> bool:
    """True for an event about the operation. A poll that failed, or recovered, shows nothing new about it."""
    return isinstance(event, Event) and not isinstance(event, PollFailed | PollRecovered)
