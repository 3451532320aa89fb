"""Filtering a list of operations, because the server always lists all of them and in no order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..configuration.refusal import invalid
from ..errors import ApiVersionError
from ..model import OpenEnum, Operation, OperationStatus, ResourceType
from .checks import check_time, check_whole_number
from .version import API_1_2


@dataclass(frozen=True, slots=True)
class Selection:
    """Which operations of a list are requested; a member that is None selects all."""

    status: OperationStatus | str | Sequence[OperationStatus | str] | None = None
    project: str | None = None
    resource_type: ResourceType | str | None = None
    since: datetime | None = None
    top: int | None = None

    def check(self) -> None:
        """Raise InvalidRequestError for values that are not valid."""
        if self.since is not None:
            check_time(self.since, "since")
        if self.top is not None:
            check_whole_number(self.top, "top")
        if self.project is not None and not isinstance(self.project, str):
            raise invalid("project", f"expected a string, got {type(self.project).__name__}.")
        if self.resource_type is not None:
            _check_name(ResourceType, self.resource_type, "resource_type")
        if self.status is not None and not isinstance(self.status, Iterable):
            raise invalid("status", f"expected one or several strings, got {type(self.status).__name__}.")
        for each in self._statuses:
            _check_name(OperationStatus, each, "status")

    @property
    def _statuses(self) -> Sequence[OperationStatus | str]:
        if self.status is None:
            return ()
        return (self.status,) if isinstance(self.status, str) else tuple(self.status)

    @property
    def expand(self) -> tuple[str, ...]:
        """The collections that the filters need."""
        needed = (("projects", self.project), ("resources", self.resource_type))
        return tuple(name for name, value in needed if value is not None)

    def apply(self, operations: Iterable[Operation]) -> tuple[Operation, ...]:
        """The selected operations, newest first if the server reports when each was created.

        Raises ApiVersionError when ``since`` or ``top`` need that and the server does not report it.
        """
        found = tuple(operations)
        if all(operation.created is not None for operation in found):
            found = tuple(sorted(found, key=lambda each: (_created_at(each), each.id), reverse=True))
        elif self.since is not None or self.top is not None:
            raise ApiVersionError(
                f"Servers before API {API_1_2} do not report when an operation was created, so the newest ones are"
                " not known; list them without since= and top=.",
                version=f"before {API_1_2}",
                required=str(API_1_2),
            )
        return tuple(each for each in found if all(test(each) for test in self._tests()))[: self.top]

    def _tests(self) -> Iterable[Callable[[Operation], bool]]:
        if self.status is not None:
            statuses = {OperationStatus(each) for each in self._statuses}
            yield lambda each: each.status in statuses
        if self.project is not None:
            project = self.project.casefold()
            yield lambda each: any(
                project in (item.id.casefold(), (item.name or "").casefold()) for item in each.projects
            )
        if self.resource_type is not None:
            kind = ResourceType(self.resource_type)
            yield lambda each: any(item.resource_type == kind for item in each.resources)
        if self.since is not None:
            since = self.since
            yield lambda each: each.created is not None and each.created >= since


def _check_name(kind: type[OpenEnum], value: object, path: str) -> None:
    try:
        kind.named(value)
    except (TypeError, ValueError) as error:
        raise invalid(path, str(error)) from None


def _created_at(operation: Operation) -> float:
    """Seconds since 1970."""
    return operation.created.timestamp() if operation.created else 0.0
