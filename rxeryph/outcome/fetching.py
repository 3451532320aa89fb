"""What a result can fetch: the resources its operation touched, as the server has them now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

from .. import model
from ..errors import ClosedError, MissingResultError, NotFoundError, RxEryphError
from ..model import CatletResult, Operation, OperationResource, ResourceType
from ..model.value import Value

T = TypeVar("T")
ResultT = TypeVar("ResultT", bound="Fetching")

Fetch: TypeAlias = Callable[[str], object]
"""Fetches a resource by its id."""

PROJECT = "Project"
"""The kind of a project, beside the members of ``ResourceType``; the server lists projects apart."""


class RunAll(Protocol):
    """Runs functions at the same time and returns their results in order, or raises the first error."""

    def __call__(self, functions: Iterable[Callable[[], T]], /) -> list[T]: ...


class Fetchers:
    """What connects results to a server: a function for each kind of resource, and one that runs several."""

    def __init__(self, by_kind: Mapping[str, Fetch], run_all: RunAll) -> None:
        self.by_kind = by_kind
        self.run_all = run_all

    def connect(self, result: ResultT) -> ResultT:
        """Let ``result`` fetch, and return it."""
        object.__setattr__(result, "_fetchers", self)
        return result


@dataclass(frozen=True, slots=True)
class FetchedResource(Value):
    """A resource looked up after the end: its ``value``, or ``is_deleted``, or the ``error`` that came instead."""

    reference: OperationResource
    value: object | None = None
    is_deleted: bool = False
    error: RxEryphError | None = None


class Fetching(Value):
    """The part of ``OperationResult`` that asks the server.

    Only a result that came from a stream is connected. The connection is no part of the value: it is not compared,
    and a copied or unpickled result has none. Then what would send a request raises MissingResultError.
    """

    __slots__ = ("_fetchers",)
    _fetchers: Fetchers
    operation: Operation

    def fetch_resources(self) -> tuple[FetchedResource, ...]:
        """Look up every resource the operation touched, up to eight at a time, in the order they are listed.

        They are fetched on the calling thread and on the connection's workers. An error stays with its resource; a
        404 means that the resource was deleted; a kind that cannot be fetched carries a MissingResultError. Raises
        ClosedError after the connection was closed, MissingResultError if this result is not connected.
        """
        return self._fetch_all(self.operation.resources)

    @property
    def catlet(self) -> model.Catlet:
        """The catlet the operation made or touched first, fetched now with its configuration (cpu, memory).

        Raises MissingResultError if it touched none, NotFoundError if it was deleted.
        """
        made = self.operation.result
        if isinstance(made, CatletResult):  # a deployment may have deleted another one before
            return self._fetch_one(ResourceType.CATLET, made.catlet_id, model.Catlet)
        return self._first(ResourceType.CATLET, model.Catlet)

    @property
    def catlets(self) -> tuple[model.Catlet, ...]:
        """The catlets the operation touched that still exist, fetched now with their configurations."""
        return self._existing(ResourceType.CATLET, model.Catlet)

    @property
    def catlet_specification(self) -> model.CatletSpecification:
        """The first specification the operation touched, fetched now. Raises as ``catlet`` does."""
        return self._first(ResourceType.CATLET_SPECIFICATION, model.CatletSpecification)

    @property
    def catlet_specifications(self) -> tuple[model.CatletSpecification, ...]:
        """The specifications the operation touched that still exist, fetched now."""
        return self._existing(ResourceType.CATLET_SPECIFICATION, model.CatletSpecification)

    @property
    def virtual_disk(self) -> model.VirtualDisk:
        """The first virtual disk the operation touched, fetched now. Raises as ``catlet`` does."""
        return self._first(ResourceType.VIRTUAL_DISK, model.VirtualDisk)

    @property
    def virtual_disks(self) -> tuple[model.VirtualDisk, ...]:
        """The virtual disks the operation touched that still exist, fetched now."""
        return self._existing(ResourceType.VIRTUAL_DISK, model.VirtualDisk)

    @property
    def virtual_network(self) -> model.VirtualNetwork:
        """The first virtual network the operation touched, fetched now. Raises as ``catlet`` does."""
        return self._first(ResourceType.VIRTUAL_NETWORK, model.VirtualNetwork)

    @property
    def virtual_networks(self) -> tuple[model.VirtualNetwork, ...]:
        """The virtual networks the operation touched that still exist, fetched now."""
        return self._existing(ResourceType.VIRTUAL_NETWORK, model.VirtualNetwork)

    @property
    def project(self) -> model.Project:
        """The first project of the operation, fetched now. Raises MissingResultError if it has none."""
        if not self.operation.projects:
            raise self._missing("belongs to no project")
        return self._fetch_one(PROJECT, self.operation.projects[0].id, model.Project)

    def _first(self, kind: ResourceType, expected: type[T]) -> T:
        found = next((each for each in self.operation.resources if each.resource_type == kind), None)
        if found is None:
            raise self._missing(f"touched no {kind.name.replace('_', ' ').lower()}")
        return self._fetch_one(kind, found.resource_id, expected)

    def _existing(self, kind: ResourceType, expected: type[T]) -> tuple[T, ...]:
        found = self._fetch_all([each for each in self.operation.resources if each.resource_type == kind])
        for item in found:
            if item.error is not None:
                raise item.error
        return tuple(item.value for item in found if isinstance(item.value, expected))

    def _fetch_one(self, kind: str, resource_id: str, expected: type[T]) -> T:
        value = self._fetch(self._connection(), kind, resource_id)
        if not isinstance(value, expected):
            raise self._missing(f"has a {kind} {resource_id} that cannot be read as one")
        return value

    def _fetch_all(self, references: Sequence[OperationResource]) -> tuple[FetchedResource, ...]:
        if not references:
            return ()
        fetchers = self._connection()
        return tuple(fetchers.run_all([partial(self._fetched, fetchers, each) for each in references]))

    def _fetched(self, fetchers: Fetchers, reference: OperationResource) -> FetchedResource:
        try:
            return FetchedResource(reference, self._fetch(fetchers, reference.resource_type, reference.resource_id))
        except NotFoundError:
            return FetchedResource(reference, is_deleted=True)
        except ClosedError:
            raise
        except RxEryphError as error:
            return FetchedResource(reference, error=error)

    def _fetch(self, fetchers: Fetchers, kind: str, resource_id: str) -> object:
        fetch = fetchers.by_kind.get(kind)
        if fetch is None:
            raise self._missing(f"has a {kind} {resource_id}, which cannot be fetched")
        return fetch(resource_id)

    def _connection(self) -> Fetchers:
        try:
            return self._fetchers
        except AttributeError:  # an empty slot
            raise self._missing(
                "can fetch nothing: its result is not connected to a server, because it was copied, unpickled or"
                " replayed. Fetch its resources by their ids"
            ) from None

    def _missing(self, what: str) -> MissingResultError:
        return MissingResultError(
            f"Operation {self.operation.id} {what}.", operation_id=self.operation.id, operation=self.operation
        )
