"""The queue of ``observe_bounded``: it never grows beyond its size, and knows how many events are missing where."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from ..events import LogEntryAdded, OperationFinished, StatusChanged, TaskUpdated, TrackingFailed

A = TypeVar("A")

Strategy = Literal["drop_oldest", "drop_newest", "latest_per_task", "error"]


@dataclass(slots=True)
class Queued(Generic[A]):
    """An event, and the number of events missing before it, by operation."""

    event: A
    missing: dict[str, int] = field(default_factory=dict)


class BoundedQueue(Generic[A]):
    """At most ``maxsize`` events, plus those about the end of an operation, which are never dropped."""

    def __init__(self, maxsize: int, strategy: Strategy) -> None:
        self._maxsize = maxsize
        self._strategy = strategy
        self._queue: deque[Queued[A]] = deque()
        self.missing: dict[str, int] = {}
        """The number of events missing after the last one in the queue, by operation."""

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, event: A) -> None:
        """Add ``event``. If the queue is full, drop it or others, or raise OverflowError: the strategy decides."""
        while len(self._queue) >= self._maxsize:
            place = self._victim(event)
            if place is not None:
                self._drop(place)
            elif _is_about_an_end(event):
                break
            elif self._strategy == "error":
                raise OverflowError(
                    f"observe_bounded({self._maxsize}) is full because its observer is too slow;"
                    " use a larger maxsize or a strategy that drops events."
                )
            else:
                _count(self.missing, event)
                return
        self._queue.append(Queued(event, self.missing))
        self.missing = {}

    def take(self) -> Queued[A]:
        """Remove the next event and return it."""
        return self._queue.popleft()

    def drop_all(self) -> None:
        """Drop all events except those about the end of an operation."""
        while (place := self._oldest()) is not None:
            self._drop(place)

    def clear(self) -> None:
        """Remove all events."""
        self._queue.clear()

    def _victim(self, event: A) -> int | None:
        """The index of the event to drop for ``event``; None if ``event`` itself is the one."""
        if self._strategy == "drop_oldest":
            return self._oldest()
        if self._strategy == "latest_per_task":
            place = self._superseded(event)
            return self._oldest() if place is None else place
        return None

    def _oldest(self) -> int | None:
        return next((place for place, queued in enumerate(self._queue) if not _is_about_an_end(queued.event)), None)

    def _superseded(self, event: A) -> int | None:
        """The index of what ``event`` replaces: an older state of its task, else an older log entry of its task."""
        kinds = (TaskUpdated, LogEntryAdded) if isinstance(event, TaskUpdated) else (LogEntryAdded,)
        task = _task_of(event)
        if task is None:
            return None
        for kind in kinds:
            for place, queued in enumerate(self._queue):
                if isinstance(queued.event, kind) and _task_of(queued.event) == task:
                    return place
        return None

    def _drop(self, place: int) -> None:
        dropped = self._queue[place]
        del self._queue[place]
        missing = dropped.missing
        _count(missing, dropped.event)
        following = self._queue[place].missing if place < len(self._queue) else self.missing
        for operation_id, count in following.items():
            missing[operation_id] = missing.get(operation_id, 0) + count
        if place < len(self._queue):
            self._queue[place].missing = missing
        else:
            self.missing = missing


def _count(missing: dict[str, int], event: object) -> None:
    operation_id = getattr(event, "operation_id", "")
    missing[operation_id] = missing.get(operation_id, 0) + 1


def _is_about_an_end(event: object) -> bool:
    if isinstance(event, StatusChanged):
        return event.status.is_terminal
    return isinstance(event, OperationFinished | TrackingFailed)


def _task_of(event: object) -> tuple[str, str] | None:
    if isinstance(event, TaskUpdated):
        return event.operation_id, event.task.id
    if isinstance(event, LogEntryAdded):
        return event.operation_id, event.entry.task_id
    return None
