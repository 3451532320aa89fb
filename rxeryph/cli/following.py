"""Show events on the main thread, where Ctrl-C and errors of the output arrive."""

from __future__ import annotations

from reactivex import Observable

from ..bridges import iterate
from ..errors import OperationTimeoutError, RxEryphError
from ..events import AnyEvent, OperationFinished
from ..outcome import OperationResult
from ..streams import OperationStream
from .view import View


def follow(stream: Observable[AnyEvent], view: View, timeout: float | None = None) -> dict[str, OperationResult]:
    """Show every event until the stream ends. Returns the results by operation id."""
    results = {}
    with view:
        for event in iterate(stream, timeout, tick=view.tick):
            view.show(event)
            if isinstance(event, OperationFinished):
                results[event.operation_id] = event.result
        view.summary(results)
    return results


def follow_one(stream: OperationStream, view: View, timeout: float | None) -> OperationResult:
    """Follow one operation to its end. Raises OperationTimeoutError after ``timeout`` seconds."""
    try:
        return follow(stream, view, timeout)[stream.operation_id]
    except TimeoutError as error:
        if isinstance(error, RxEryphError):  # a request timed out, not the caller
            raise
        now = f"is {stream.operation.status.value}" if stream.operation else "was not seen"
        raise OperationTimeoutError(
            f"Operation {stream.operation_id} {now} after {timeout:g} s; it keeps running on the server."
            f" To continue watching, run: rxeryph watch {stream.operation_id}",
            operation_id=stream.operation_id,
            operation=stream.operation,
        ) from None
