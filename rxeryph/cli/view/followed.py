"""One operation as a view knows it, folded from its events. Pure: the time is passed in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...errors import RxEryphError
from ...events import AnyEvent, PollFailed, PollRecovered, TrackingFailed
from ...model import Operation, OperationStatus
from ...model.timestamps import seconds_between
from ...outcome import Report
from ...tracking import Progress


@dataclass(frozen=True, slots=True)
class Followed:
    """The state of one operation; ``after`` is the state after an event.

    Times are seconds on the clock of the view.
    """

    operation_id: str
    name: str
    """The name for people; "" if it has none."""
    progress: Progress
    began: float
    """When it began: as early as the server's times say, or when it was first mentioned."""
    operation: Operation | None = None
    """The last snapshot; None as long as the server has shown none."""
    ended: float | None = None
    """When its end was seen."""
    failed_polls: int = 0
    """Failed polls in a row, now."""
    error: RxEryphError | None = None
    """Why polls fail now, or why it could not be followed to its end."""
    is_lost: bool = False

    @classmethod
    def new(cls, operation_id: str, name: str, at: float) -> Followed:
        """An operation of which only the id is known."""
        return cls(operation_id, name, Progress(operation_id), at)

    def named(self, name: str) -> Followed:
        """The same operation with another name; "" for none."""
        return replace(self, name=name)

    @property
    def status(self) -> OperationStatus | None:
        """The status that the server reported; None if it has reported none."""
        return None if self.operation is None else self.operation.status

    @property
    def has_ended(self) -> bool:
        """True if nothing will change any more."""
        return self.ended is not None

    def seconds(self, at: float) -> float:
        """How long it took, by the server's clock if possible, or has taken so far."""
        if self.operation is not None and self.operation.status.is_terminal:
            known = seconds_between(self.operation.created, self.operation.ended_at)
            if known is not None:
                return known
        return (at if self.ended is None else self.ended) - self.began

    def after(self, event: AnyEvent, at: float) -> Followed:
        """The state after ``event``, which came at the moment ``at``."""
        new = replace(self, progress=self.progress.after(event))._showing(event.operation, at)
        match event:
            case PollFailed(error=error, attempt=attempt):
                return replace(new, failed_polls=attempt, error=error)
            case TrackingFailed(error=error):
                return replace(new, error=error, is_lost=True, ended=at)
            case PollRecovered():
                return replace(new, failed_polls=0, error=None)
        return new

    def _showing(self, operation: Operation | None, at: float) -> Followed:
        if operation is None or operation is self.operation:
            return self
        ended = self.ended
        if ended is None and operation.status.is_terminal:
            ended = at
        return replace(self, operation=operation, began=min(self.began, at - _age(operation)), ended=ended)


def _age(operation: Operation) -> float:
    """Seconds from the operation's beginning to the newest time that the server shows; 0 if it shows none."""
    return max(0.0, seconds_between(operation.created, Report(operation).updated_at) or 0.0)
