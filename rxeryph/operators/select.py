"""Operators that pass some events and drop the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, overload

from reactivex import Observable
from reactivex.abc import ObserverBase

from ..arguments import described
from ..events import (
    Event,
    LogEntriesAdded,
    LogEntryAdded,
    OperationFinished,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
    TrackingFailed,
)
from ..model import OperationStatus
from ._per_event import per_event
from ._tasks import OfTask, TasksCalled

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

WithStatus: TypeAlias = StatusChanged | TaskAdded | TaskUpdated | OperationFinished
"""Events that show a status: of an operation, a task or a result."""


@overload
def of_type(first: type[A], /) -> Callable[[Observable[Any]], Observable[A]]: ...
@overload
def of_type(first: type[A], second: type[B], /) -> Callable[[Observable[Any]], Observable[A | B]]: ...
@overload
def of_type(
    first: type[A], second: type[B], third: type[C], /
) -> Callable[[Observable[Any]], Observable[A | B | C]]: ...
@overload
def of_type(*types: type[Any]) -> Callable[[Observable[Any]], Observable[Any]]: ...
def of_type(*types: type[Any]) -> Callable[[Observable[Any]], Observable[Any]]:
    """Only the events of the given types; the result has these types.

    .. marble::

        s---l---t---l---|
          of_type(LogEntryAdded)
        ----l-------l---|

    Args:
        types: One or more event classes from ``rxeryph.events``. Subclasses count.

    Raises TypeError for anything else.

    Ends when the source ends, or with its error. Delivers on the source's thread. See also ``with_status``.
    """
    if not types:
        raise TypeError("of_type needs at least one event type, such as LogEntryAdded")
    for kind in types:
        if not isinstance(kind, type):
            raise TypeError(f"of_type needs event classes, got {described(kind)}")

    def begin(observer: ObserverBase[Any]) -> Callable[[Any], None]:
        def on_next(event: Any) -> None:
            if isinstance(event, types):
                observer.on_next(event)

        return on_next

    return per_event(begin)


def with_status(*statuses: OperationStatus | str) -> Callable[[Observable[Event]], Observable[WithStatus]]:
    """Only the events whose operation, task or result has one of these statuses now.

    .. marble::

        s-t---l-T-S-F|
          with_status("failed")
        --------T-S-F|

    Args:
        statuses: One or more of ``OperationStatus``, or their names in any letter case. A name that this version does
            not know, because a newer server uses it, is passed as ``OperationStatus("Paused")``.

    Raises ValueError for a name that is not known, and TypeError for anything else.

    Ends when the source ends, or with its error. Delivers on the source's thread. See also ``of_type``.
    """
    if not statuses:
        raise TypeError("with_status needs at least one status, such as OperationStatus.FAILED")
    for status in statuses:
        if not isinstance(status, str):
            raise TypeError(f"with_status needs statuses or their names, got {described(status)}")
    wanted = tuple(map(OperationStatus.named, statuses))

    def begin(observer: ObserverBase[WithStatus]) -> Callable[[Event], None]:
        def on_next(event: Any) -> None:
            kind = type(event)  # event classes have no subclasses, and comparing them is faster than isinstance
            if kind is TaskUpdated or kind is TaskAdded:
                status = event.task.status
            elif kind is StatusChanged:
                status = event.status
            elif kind is OperationFinished:
                status = event.result.status
            else:
                return
            if status in wanted:
                observer.on_next(event)

        return on_next

    return per_event(begin)


def for_task(task: str, *, subtree: bool = False) -> Callable[[Observable[Event]], Observable[OfTask]]:
    """Only the events about one task: its changes and its log entries.

    .. marble::

        s-t-l-x-u-F|
          for_task("CreateCatlet")
        --t-l---u--|
        x = replace(l, entry=LogEntry("x", "another", "line", 0), task=None)

    Args:
        task: The id, the display name or the command of the task, the last with or without ``Command``, in any letter
            case. If several tasks have that name, all of them count.
        subtree: True: the tasks below it too. Default False.

    A task that the server has not shown yet is known by its id only. In a merged stream, each operation has its own
    tasks. Raises TypeError for anything but a string.

    Ends when the source ends, or with its error. Delivers on the source's thread. See also ``errors``.
    """
    if not isinstance(task, str) or not task:
        raise TypeError(f"for_task needs the id, name or display name of a task, got {described(task)}")

    def begin(observer: ObserverBase[OfTask]) -> Callable[[Event], None]:
        operations: dict[str, TasksCalled] = {}

        def on_next(event: Event) -> None:
            if isinstance(event, (LogEntryAdded, TaskAdded, TaskUpdated, LogEntriesAdded)):
                tasks = operations.get(event.operation_id)
                if tasks is None:
                    tasks = operations[event.operation_id] = TasksCalled(task, subtree)
                found = tasks.select(event)
                if found is not None:
                    observer.on_next(found)
            elif isinstance(event, (OperationFinished, TrackingFailed)):
                operations.pop(event.operation_id, None)

        return on_next

    return per_event(begin)
