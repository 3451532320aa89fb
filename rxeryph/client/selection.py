"""Picking operations out of a list, because the server lists all there are and in no order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..errors import ApiVersionError
from ..model import Operation, OperationStatus, ResourceType
from .checks import invalid


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted of a list of operations; nothing that is None matters."""

    status: OperationStatus | str | Sequence[OperationStatus | str] | None = None
    project: str | None = None
    resource_type: ResourceType | str | None = None
    since: datetime | None = None
    top: int | None = None

    def check(self) -> None:
        """Raises InvalidRequestError for what cannot be meant."""
        since, top = self.since, self.top
        if since is not None and (not isinstance(since, datetime) or since.utcoffset() is None):
            raise invalid("since", f"{since!r} is no time with a zone; the server counts in UTC.")
        if top is not None and (isinstance(top, bool) or not isinstance(top, int) or top < 1):
            raise invalid("top", f"{top!r} must be a whole number from 1.")
        for name, value in (("project", self.project), ("resource_type", self.resource_type)):
            if value is not None and not isinstance(value, str):
                raise invalid(name, f"expected a text, got {type(value).__name__}.")
        if self.status is not None and not isinstance(self.status, Iterable):
            raise invalid("status", f"expected one or several texts, got {type(self.status).__name__}.")
        for each in self._statuses:
            if not isinstance(each, str):
                raise invalid("status", f"expected a text, got {type(each).__name__}.")

    @property
    def _statuses(self) -> Sequence[OperationStatus | str]:
        if self.status is None:
            return ()
        return (self.status,) if isinstance(self.status, str) else tuple(self.status)

    @property
    def expand(self) -> tuple[str, ...]:
        """The collections it has to look at."""
        wanted = (("projects", self.project), ("resources", self.resource_type))
        return tuple(name for name, value in wanted if value is not None)

    def apply(self, operations: Iterable[Operation]) -> tuple[Operation, ...]:
        """The operations wanted, newest first where every one tells when it was created.

        Raises ApiVersionError where ``since`` or ``top`` need that and the server does not tell.
        """
        found = tuple(operations)
        created = [operation.created for operation in found]
        if all(moment is not None for moment in created):
            found = tuple(sorted(found, key=lambda each: (_ticks(each), each.id), reverse=True))
        elif self.since is not None or self.top is not None:
            raise ApiVersionError(
                "Servers before API 1.2 do not tell when an operation was created, so nobody can say which ones are"
                " the newest; list them without since= and top=.",
                version="before 1.2",
                required="1.2",
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


def _ticks(operation: Operation) -> float:
    return operation.created.timestamp() if operation.created else 0.0
