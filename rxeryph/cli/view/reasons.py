"""Why operations failed, for the end of a command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ...model import OperationStatus
from ...outcome import find_failure
from .charset import Charset
from .followed import Followed
from .rows import short_id

MOST = 10
"""How many failed operations explain themselves."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one operation failed, and how to see more."""

    name: str
    task: str
    """The title of the task in which it failed; "" if the server does not show it."""
    message: str
    command: str

    def __str__(self) -> str:
        return f"{self.task}: {self.message}" if self.task else self.message


def reason_of(followed: Followed, charset: Charset, options: str = "") -> Reason | None:
    """Why the operation failed; None unless it did. ``options`` are appended to the next command."""
    operation = followed.operation
    if operation is None or operation.status != OperationStatus.FAILED:
        return None
    failure = find_failure(operation)
    name = followed.name or f"{short_id(followed.operation_id)} ({operation.title or 'operation'})"
    task = failure.task.title if failure.task else ""
    command = f"rxeryph operation show {followed.operation_id}{options}"
    return Reason(*map(charset.clean, (name, task, failure.status_message, command)))


def reasons_of(every: Iterable[Followed], charset: Charset, options: str) -> Iterator[Reason]:
    """The reasons of the first ten that failed."""
    reasons = (reason_of(each, charset, options) for each in every)
    return islice((each for each in reasons if each is not None), MOST)
