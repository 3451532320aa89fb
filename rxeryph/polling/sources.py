"""What a stream needs of its source, wherever the events come from."""

from __future__ import annotations

from typing import Protocol

from reactivex.abc import SchedulerBase

from ..model import Operation
from .history import History
from .policies import PollingPolicy


class Source(Protocol):
    """The events of one operation for all readers of its ``history``."""

    @property
    def operation_id(self) -> str:
        """The id of the operation."""
        ...

    @property
    def history(self) -> History:
        """The events so far, and their readers."""
        ...

    @property
    def scheduler(self) -> SchedulerBase:
        """A scheduler for time operators."""
        ...

    @property
    def operation(self) -> Operation | None:
        """The last snapshot with all log entries seen, None before the first."""
        ...

    @property
    def policy(self) -> PollingPolicy:
        """When to ask again. Setting it also changes the wait under way."""
        ...

    @policy.setter
    def policy(self, policy: PollingPolicy) -> None: ...

    def submitted(self) -> None:
        """The server has just accepted the submit of this operation, and may not show it yet."""
        ...
