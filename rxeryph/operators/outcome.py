"""Operators about how operations end, and what goes wrong before that."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar, cast

from reactivex import Observable
from reactivex.abc import ObserverBase

from ..errors import OperationError
from ..events import (
    Event,
    LogEntriesAdded,
    LogEntryAdded,
    OperationFinished,
    TaskAdded,
    TaskUpdated,
    TrackingFailed,
)
from ..model import OperationStatus
from ..outcome import OperationResult
from ._per_event import per_event

A = TypeVar("A")

AboutFailure: TypeAlias = TaskAdded | TaskUpdated | LogEntryAdded | TrackingFailed
"""Events about what failed."""

_KEPT = 100
"""How many log entries of a task are kept in case it fails."""


def results() -> Callable[[Observable[Event]], Observable[OperationResult]]:
    """The ``OperationResult`` of every operation that finishes, whatever its status.

    .. marble::

        s---l---F|
          results()
        --------r|
        r = F.result

    Ends when the source ends, or with its error. Delivers on the source's thread. See also ``require_success``.
    """

    def begin(observer: ObserverBase[OperationResult]) -> Callable[[Event], None]:
        def on_next(event: Event) -> None:
            if isinstance(event, OperationFinished):
                observer.on_next(event.result)

        return on_next

    return per_event(begin)


def require_success() -> Callable[[Observable[A]], Observable[A]]:
    """Turn an operation that failed or was cancelled into an error of the stream.

    .. marble::

        s---l---F|
          require_success
        s---l---#

    OperationFailedError replaces the ``OperationFinished`` of a failed operation, OperationCancelledError that of a
    cancelled one. All other events pass.

    Ends when the source ends, or with its error or such an error. Delivers on the source's thread. See also
    ``OperationResult.raise_for_status``.
    """

    def begin(observer: ObserverBase[A]) -> Callable[[A], None]:
        def on_next(event: A) -> None:
            if type(event) is OperationFinished:  # as in with_status
                try:
                    cast(OperationFinished, event).result.raise_for_status()
                except OperationError as error:
                    observer.on_error(error)
                    return
            observer.on_next(event)

        return on_next

    return per_event(begin)


def errors() -> Callable[[Observable[Event]], Observable[AboutFailure]]:
    """What goes wrong, as it happens: each failed task, the log entries it had written, and those it writes later.

    .. marble::

        s-t-l-m-T-----n-F|
          errors()
        --------(Tlm)-n--|

    This is derived by the client, because log entries have no level: an entry counts when its task has failed, and
    may be harmless. For this the last 100 entries of each running task are kept. A failed task comes once, as the
    ``TaskAdded`` or ``TaskUpdated`` that shows it. Entries of a ``LogEntriesAdded`` come one by one. In
    ``track_all`` and isolating merges ``TrackingFailed`` passes too.

    Ends when the source ends, or with its error. Delivers on the source's thread. See also
    ``OperationResult.failure``.
    """

    def begin(observer: ObserverBase[AboutFailure]) -> Callable[[Event], None]:
        operations: dict[str, _Failures] = {}

        def on_next(event: Event) -> None:
            failures = operations.get(event.operation_id)
            if failures is None:
                failures = operations[event.operation_id] = _Failures()
            for found in failures.after(event):
                observer.on_next(found)
            if isinstance(event, (OperationFinished, TrackingFailed)):
                operations.pop(event.operation_id, None)

        return on_next

    return per_event(begin)


class _Failures:
    """The failed tasks of one operation, and the log entries of the others."""

    def __init__(self) -> None:
        self._failed: set[str] = set()
        self._logged: dict[str, deque[LogEntryAdded]] = {}

    def after(self, event: Event) -> Iterable[AboutFailure]:
        """The events about failures that come with ``event``."""
        match event:
            case TaskAdded(task=task) | TaskUpdated(task=task) if task.id not in self._failed:
                if task.status == OperationStatus.FAILED:
                    self._failed.add(task.id)
                    return event, *self._logged.pop(task.id, ())
                if task.status.is_terminal:
                    self._logged.pop(task.id, None)
            case LogEntryAdded(entry=entry, task=task):
                if entry.task_id in self._failed or (task is not None and task.status == OperationStatus.FAILED):
                    return (event,)
                self._logged.setdefault(entry.task_id, deque(maxlen=_KEPT)).append(event)
            case LogEntriesAdded(operation_id, operation, entries):
                tasks = {task.id: task for task in operation.tasks}
                apart = [LogEntryAdded(operation_id, operation, one, tasks.get(one.task_id)) for one in entries]
                return [found for one in apart for found in self.after(one)]
            case TrackingFailed():
                return (event,)
        return ()
