"""Operators about how operations end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable
from reactivex import operators as rx

from ..events import OperationFinished

A = TypeVar("A")


def require_success() -> Callable[[Observable[A]], Observable[A]]:
    """Turn an operation that failed or was cancelled into an error of the stream.

    .. marble::

        s---l---F|
          require_success
        s---l---#

    The ``OperationFinished`` of a failed operation is replaced by ``on_error`` with OperationFailedError,
    that of a cancelled one by OperationCancelledError; everything else passes. Ends when the source ends,
    or with that error. Delivers on the source's thread. See also ``OperationResult.raise_for_status``.
    """

    def check(event: A) -> A:
        if isinstance(event, OperationFinished):
            event.result.raise_for_status()
        return event

    return rx.map(check)
