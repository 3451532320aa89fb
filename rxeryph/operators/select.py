"""Operators that let some events through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, overload

from reactivex import Observable
from reactivex.abc import ObserverBase

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
"""Events about something that has a status."""


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
    """Only the events of the given types; the result is typed as these.

    .. marble::

        s---l---t---l---|
          of_type(LogEntryAdded)
        ----l-------l---|

    Args:
        types: One or more event classes from ``rxeryph.events``; subclasses count.

    Ends when the source ends. Delivers on the source's thread.
    """
    if not types:
        raise TypeError("of_type needs at least one event type, such as LogEntryAdded")
    for kind in types:
        if not isinstance(kind, type):
            raise TypeError(f"of_type needs event classes, got {kind!r}")

    def begin(observer: ObserverBase[Any]) -> Callable[[Any], None]:
        def on_next(event: Any) -> None:
            if isinstance(event, types):
                observer.on_next(event)

        return on_next

    return per_event(begin)


def with_status(*statuses: OperationStatus | str) -> Callable[[Observable[Event]], Observable[WithStatus]]:
    """Only events about something that is in one of these statuses now: the operation, a task, or the result.

    .. marble::

        s-t---l-T-S-F|
          with_status("failed")
        --------T-S-F|

    Args:
        statuses: One or more of ``OperationStatus``, or their names in any letter case. A name this version
            does not know is allowed, because a newer server may use it; it must be spelled as the server does.

    Ends when the source ends. Delivers on the source's thread.
    """
    if not statuses:
        raise TypeError("with_status needs at least one status, such as OperationStatus.FAILED")
    for status in statuses:
        if not isinstance(status, str):
            raise TypeError(f"with_status needs statuses or their names, got {status!r}")
    wanted = tuple(OperationStatus(status) for status in statuses)

    def begin(observer: ObserverBase[WithStatus]) -> Callable[[Event], None]:
        def on_next(event: Any) -> None:
            kind = type(event)  # the classes of events have no subclasses, and comparing them is faster
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
    """Only events about the tasks that are called ``task``: their changes and their log entries.

    .. marble::

        s-t-l-x-u-F|
          for_task("CreateCatlet")
        --t-l---u--|
        x = replace(l, entry=LogEntry("x", "another", "line", 0), task=None)

    Args:
        task: What the tasks are called: their id, display name, or command with or without ``Command``, in any
            letter case. Every task that is called so counts.
        subtree: True to let the tasks below them through as well.

    An entry of a task the server has not shown yet is known by the task's id only. Where streams are merged, each
    operation has tasks of its own. Ends when the source ends. Delivers on the source's thread.
    """
    if not isinstance(task, str) or not task:
        raise TypeError(f"for_task needs the id, name or display name of a task, got {task!r}")

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
