"""Operators that let some events through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from reactivex import Observable
from reactivex import operators as rx

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


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
    return rx.filter(lambda event: isinstance(event, types))
