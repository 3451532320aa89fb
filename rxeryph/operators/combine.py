"""Operators that make one stream of several."""

from __future__ import annotations

from typing import TypeVar

import reactivex
from reactivex import Observable

A = TypeVar("A")


def merge(*streams: Observable[A]) -> Observable[A]:
    """The events of all ``streams`` as they come; every event knows its ``operation_id``.

    .. marble::

        a-----a---|
        --b-------b---|
          merge
        a-b---a---b---|

    Ends when all have ended. A failed operation is an event like any other; an error in *tracking* one
    of them ends the merged stream. Delivers on the thread of the stream the event came from, one at a
    time, so a slow subscriber delays them all.
    """
    return reactivex.merge(*streams)
