"""Events of running operations, one after another on the main thread, where Ctrl-C and errors arrive."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator

from reactivex import Observable

from ..errors import OperationTimeoutError
from ..events import AnyEvent, OperationFinished
from ..result import OperationResult
from ..stream import OperationStream
from .views import View

SLICE = 0.2
"""Seconds between two looks at the clock; also how long Ctrl-C may take on Windows."""


def each(stream: Observable[AnyEvent], timeout: float | None = None) -> Iterator[AnyEvent | None]:
    """The events of ``stream``, and now and then None. Raises its error, and TimeoutError after ``timeout``."""
    arrived: queue.SimpleQueue[AnyEvent | Exception | None] = queue.SimpleQueue()
    subscription = stream.subscribe(arrived.put, arrived.put, lambda: arrived.put(None))
    deadline = None if timeout is None else time.monotonic() + timeout
    try:
        while True:
            left = SLICE if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                item = arrived.get(timeout=min(SLICE, left))
            except queue.Empty:
                yield None
                continue
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        subscription.dispose()


def follow(stream: Observable[AnyEvent], view: View, timeout: float | None = None) -> dict[str, OperationResult]:
    """Show every event until the stream ends; the results by operation id."""
    results = {}
    with view:
        for event in each(stream, timeout):
            if event is None:
                view.tick()
                continue
            view.show(event)
            if isinstance(event, OperationFinished):
                results[event.operation_id] = event.result
        view.summary(results)
    return results


def follow_one(stream: OperationStream, view: View, timeout: float | None) -> OperationResult:
    """Follow one operation to its end. Raises OperationTimeoutError after ``timeout`` seconds."""
    try:
        return follow(stream, view, timeout)[stream.operation_id]
    except TimeoutError:
        now = f"is {stream.operation.status.value}" if stream.operation else "was not seen"
        raise OperationTimeoutError(
            f"Operation {stream.operation_id} {now} after {timeout:g} s; it goes on at the server."
            f" Go on watching with: rxeryph watch {stream.operation_id}",
            operation_id=stream.operation_id,
            operation=stream.operation,
        ) from None
