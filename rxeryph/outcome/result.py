"""What came of an operation: its outcome, its log, and the resources it touched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from ..errors import (
    MissingResultError,
    NotFoundError,
    OperationCancelledError,
    OperationFailedError,
    RxEryphError,
)
from ..model import (
    Catlet,
    CatletResult,
    CatletSpecification,
    LogEntry,
    Operation,
    OperationResource,
    OperationStatus,
    Project,
    ResourceType,
    ResultValue,
    Task,
    VirtualDisk,
    VirtualNetwork,
)
from ..model.plain import one_line
from .failure import Failure, find_failure
from .report import Report

Fetch = Callable[[str], object]
ValueT = TypeVar("ValueT")

PROJECT = "Project"
"""The key under which a project is fetched; projects are no resources of an operation."""


@dataclass(frozen=True, slots=True)
class FetchedResource:
    """A resource looked up after the end: its ``value``, or ``is_deleted``, or the ``error`` that came instead."""

    reference: OperationResource
    value: object | None = None
    is_deleted: bool = False
    error: RxEryphError | None = None


@dataclass(frozen=True, slots=True)
class OperationResult:
    """The end of an operation, Completed, Failed and Cancelled alike.

    Reading it sends no request, except for ``fetch_resources()`` and what is named after a noun of the server
    (``catlet``, ``virtual_disks``, ``project`` ...): these ask the server on the caller's thread, for several on
    up to eight threads, and raise what goes wrong there.
    """

    operation: Operation
    """The final snapshot with every log entry, sorted by the server's time."""
    fetchers: Mapping[str, Fetch] = field(default_factory=dict, repr=False, compare=False)
    """How to fetch a resource by its id, for each resource type; given by the session."""

    @property
    def status(self) -> OperationStatus:
        """How it ended."""
        return self.operation.status

    @property
    def succeeded(self) -> bool:
        """True for Completed. It does not promise that the catlet is in the wished state."""
        return self.status == OperationStatus.COMPLETED

    @property
    def failed(self) -> bool:
        """True for Failed."""
        return self.status == OperationStatus.FAILED

    @property
    def cancelled(self) -> bool:
        """True for Cancelled, which the server's own time limit of one day gives too."""
        return self.status == OperationStatus.CANCELLED

    @property
    def status_message(self) -> str:
        """The server's text; the error text when it failed."""
        return self.operation.status_message or self.status.value

    @property
    def result_type(self) -> str | None:
        """Type of the result, None for most operations: creating a catlet has none, see ``catlet``."""
        return None if self.operation.result is None else self.operation.result.result_type

    @property
    def typed_result(self) -> ResultValue | None:
        """The result itself; a type this version does not know is kept as ``UnknownResult``."""
        return self.operation.result

    @property
    def resources(self) -> tuple[OperationResource, ...]:
        """What the operation touched, deleted things included."""
        return self.operation.resources

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks. Some may still say Running: a failed operation does not stop its other tasks."""
        return self.operation.tasks

    @property
    def log_entries(self) -> tuple[LogEntry, ...]:
        """Every entry that was seen, sorted by the server's time."""
        return self.operation.log_entries

    @property
    def projects(self) -> tuple[Project, ...]:
        """The projects the operation belongs to."""
        return self.operation.projects

    @property
    def failure(self) -> Failure | None:
        """Why it failed, derived (see ``Failure``); None unless it failed."""
        return find_failure(self.operation) if self.failed else None

    def report(self) -> Report:
        """All there is to know about the operation: text when printed, ``to_dict()`` as data."""
        return Report(self.operation)

    def raise_for_status(self) -> OperationResult:
        """Return the result itself when it succeeded.

        Raises OperationFailedError or OperationCancelledError, with the operation attached.
        """
        if self.succeeded:
            return self
        task = self.operation.primary_task
        name = f"Operation {self.operation.id}" + (f" ({one_line(task.title)})" if task else "")
        if self.cancelled:
            raise OperationCancelledError(
                f"{name} was cancelled: {one_line(self.status_message)}",
                operation_id=self.operation.id,
                operation=self.operation,
            )
        failure = find_failure(self.operation)
        where = f" in task {one_line(failure.task.title)!r}" if failure.task and failure.task is not task else ""
        raise OperationFailedError(
            f"{name} failed{where}: {one_line(failure.status_message)}",
            operation_id=self.operation.id,
            operation=self.operation,
        )

    def fetch_resources(self) -> tuple[FetchedResource, ...]:
        """Look up every resource the operation touched, up to eight at a time, in the order they are listed.

        An error stays with its resource. A 404 after the end means that the resource was deleted. A type
        that cannot be fetched carries a MissingResultError.
        """
        return self._fetch_all(self.resources)

    @property
    def catlet(self) -> Catlet:
        """The catlet the operation made or touched first, fetched now with its configuration (cpu, memory).

        Raises MissingResultError when it touched none, NotFoundError when it was deleted.
        """
        made = self.typed_result
        if isinstance(made, CatletResult):  # a deployment may have deleted another one before
            return self._fetch_one(ResourceType.CATLET, made.catlet_id, Catlet)
        return self._first(ResourceType.CATLET, Catlet)

    @property
    def catlets(self) -> tuple[Catlet, ...]:
        """The catlets the operation touched that still exist, fetched now with their configurations."""
        return self._existing(ResourceType.CATLET, Catlet)

    @property
    def catlet_specification(self) -> CatletSpecification:
        """The first specification the operation touched, fetched now. Raises as ``catlet`` does."""
        return self._first(ResourceType.CATLET_SPECIFICATION, CatletSpecification)

    @property
    def catlet_specifications(self) -> tuple[CatletSpecification, ...]:
        """The specifications the operation touched that still exist, fetched now."""
        return self._existing(ResourceType.CATLET_SPECIFICATION, CatletSpecification)

    @property
    def virtual_disk(self) -> VirtualDisk:
        """The first virtual disk the operation touched, fetched now. Raises as ``catlet`` does."""
        return self._first(ResourceType.VIRTUAL_DISK, VirtualDisk)

    @property
    def virtual_disks(self) -> tuple[VirtualDisk, ...]:
        """The virtual disks the operation touched that still exist, fetched now."""
        return self._existing(ResourceType.VIRTUAL_DISK, VirtualDisk)

    @property
    def virtual_network(self) -> VirtualNetwork:
        """The first virtual network the operation touched, fetched now. Raises as ``catlet`` does."""
        return self._first(ResourceType.VIRTUAL_NETWORK, VirtualNetwork)

    @property
    def virtual_networks(self) -> tuple[VirtualNetwork, ...]:
        """The virtual networks the operation touched that still exist, fetched now."""
        return self._existing(ResourceType.VIRTUAL_NETWORK, VirtualNetwork)

    @property
    def project(self) -> Project:
        """The first project of the operation, fetched now. Raises MissingResultError when it has none."""
        if not self.projects:
            raise self._missing("belongs to no project")
        return self._fetch_one(PROJECT, self.projects[0].id, Project)

    def _first(self, kind: ResourceType, expected: type[ValueT]) -> ValueT:
        found = next((each for each in self.resources if each.resource_type == kind), None)
        if found is None:
            raise self._missing(f"touched no {kind.name.replace('_', ' ').lower()}")
        return self._fetch_one(kind, found.resource_id, expected)

    def _existing(self, kind: ResourceType, expected: type[ValueT]) -> tuple[ValueT, ...]:
        found = self._fetch_all([each for each in self.resources if each.resource_type == kind])
        for item in found:
            if item.error is not None:
                raise item.error
        return tuple(item.value for item in found if isinstance(item.value, expected))

    def _fetch_one(self, kind: str, resource_id: str, expected: type[ValueT]) -> ValueT:
        fetch = self.fetchers.get(kind)
        if fetch is None:
            raise self._missing(f"has a {kind} {resource_id}, but this result is not connected to a server")
        value = fetch(resource_id)
        if not isinstance(value, expected):
            raise self._missing(f"has a {kind} {resource_id} that cannot be read as one")
        return value

    def _fetch_all(self, references: Sequence[OperationResource]) -> tuple[FetchedResource, ...]:
        if not references:
            return ()
        with ThreadPoolExecutor(min(8, len(references)), thread_name_prefix="rxeryph-fetch") as pool:
            return tuple(pool.map(self._fetched, references))

    def _fetched(self, reference: OperationResource) -> FetchedResource:
        fetch = self.fetchers.get(reference.resource_type)
        if fetch is None:
            kind = reference.resource_type.value
            return FetchedResource(reference, error=self._missing(f"has a {kind}, which cannot be fetched"))
        try:
            return FetchedResource(reference, fetch(reference.resource_id))
        except NotFoundError:
            return FetchedResource(reference, is_deleted=True)
        except RxEryphError as error:
            return FetchedResource(reference, error=error)

    def _missing(self, what: str) -> MissingResultError:
        return MissingResultError(
            f"Operation {self.operation.id} {what}.", operation_id=self.operation.id, operation=self.operation
        )
