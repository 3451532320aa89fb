"""An operation of the server: its tasks, log entries and the resources it touches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .enums import OpenEnum
from .project import Project
from .results import ResultValue
from .timestamps import from_ticks, seconds_between
from .value import Value


class OperationStatus(OpenEnum):
    """The status of an operation or a task. ``Cancelled`` exists since API 1.2."""

    QUEUED = "Queued"
    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELLED = "Cancelled"

    @property
    def is_terminal(self) -> bool:
        """True if the status never changes again. An unknown status does not count as an end."""
        return self in _TERMINAL


_TERMINAL = frozenset({OperationStatus.COMPLETED, OperationStatus.FAILED, OperationStatus.CANCELLED})


class ResourceType(OpenEnum):
    """What kind of resource an operation touched."""

    CATLET = "Catlet"
    VIRTUAL_DISK = "VirtualDisk"
    VIRTUAL_NETWORK = "VirtualNetwork"
    CATLET_FARM = "CatletFarm"
    CATLET_SPECIFICATION = "CatletSpecification"


@dataclass(frozen=True, slots=True)
class OperationResource(Value):
    """A resource the operation touched. It stays listed after the resource was deleted."""

    id: str
    """Id of the link between operation and resource; the resource's own id is ``resource_id``."""
    resource_id: str
    resource_type: ResourceType


@dataclass(frozen=True, slots=True)
class TaskReference(Value):
    """What a task produced, if the server says so: a project or a project member."""

    id: str
    type: str
    project_name: str | None = None


@dataclass(frozen=True, slots=True)
class Task(Value):
    """One step of an operation, as the server last showed it."""

    id: str
    parent_task_id: str
    """The parent task, or the operation itself for the primary task."""
    name: str
    """Name of the server's command, such as ``CreateCatletCommand``."""
    status: OperationStatus
    display_name: str | None = None
    progress: int = 0
    """Percent from 0 to 100. 0 means that nothing was reported; a completed task always has 100."""
    reference: TaskReference | None = None
    created: datetime | None = None
    """None on servers before API 1.2, as are the two below."""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def title(self) -> str:
        """The display name, or else the command's name without ``Command``."""
        return self.display_name or self.name.removesuffix("Command") or self.name

    @property
    def percentage(self) -> int | None:
        """The percentage the task itself reports while it runs, or None; it is never made up."""
        return self.progress if self.progress > 0 and not self.status.is_terminal else None

    @property
    def duration(self) -> float | None:
        """Seconds from start to end by the server's clock; None before the end, and on servers before API 1.2."""
        return seconds_between(self.started_at, self.ended_at)


@dataclass(frozen=True, slots=True)
class LogEntry(Value):
    """A line that a task wrote. It has no level, because the server keeps none."""

    id: str
    task_id: str
    message: str
    ticks: int
    """When the server handled the line, in its resolution: 100 ns since 1970."""

    @property
    def timestamp(self) -> datetime:
        """The same time as an aware UTC datetime, cut to microseconds."""
        return from_ticks(self.ticks)


@dataclass(frozen=True, slots=True)
class Operation(Value):
    """A snapshot of an operation: one decoded reply of the server.

    Collections that were not requested are empty, because the server sends ``[]`` in both cases.
    Tasks are in no particular order, as on the wire.
    """

    id: str
    status: OperationStatus
    status_message: str | None = None
    """The error text if the operation failed or timed out, else the status again."""
    requested_by: str | None = None
    created: datetime | None = None
    """None on servers before API 1.2, as are the two below and ``requested_by``."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    resources: tuple[OperationResource, ...] = ()
    log_entries: tuple[LogEntry, ...] = ()
    projects: tuple[Project, ...] = ()
    tasks: tuple[Task, ...] = ()
    result: ResultValue | None = None

    @property
    def primary_task(self) -> Task | None:
        """The task the operation began with, or None as long as the server has not created it."""
        return next((task for task in self.tasks if task.parent_task_id == self.id), None)

    @property
    def title(self) -> str | None:
        """The title of the primary task; None as long as there is none."""
        task = self.primary_task
        return None if task is None else task.title

    @property
    def duration(self) -> float | None:
        """Seconds from start to end, as ``Task.duration``."""
        return seconds_between(self.started_at, self.ended_at)


@dataclass(frozen=True, slots=True)
class CancelRequest(Value):
    """A request to cancel that the server took. Whether the operation will be cancelled, the server does not say.

    ``operation`` is the operation as the reply shows it; None if it shows none, as with every server so far.
    """

    operation_id: str
    operation: Operation | None = None
