"""Operators that fold events into the progress of operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from reactivex import Observable
from reactivex.abc import ObserverBase

from ..events import Event, OperationFinished, StatusChanged, TrackingFailed
from ..model import Operation
from ..tracking import Progress
from ._per_event import per_event


def progress() -> Callable[[Observable[Event]], Observable[Progress]]:
    """Fold the events into ``Progress``: counts by status, task tree, phase, and the percentages that tasks report.

    .. marble::

        s-t-l-p-u-F|
          progress()
        v-w-----y-z|
        v = Progress("op").after(s)
        w = v.after(t)
        y = w.after(l).after(u)
        z = y.after(F)

    There is a value after the first event of an operation, and after each event that changes what its progress shows:
    the status, a task, or the phase. A log entry by itself is no change, unless another phase begins with it. In a
    merged stream, it is the progress of the operation the event is about. Where the first event is not the
    beginning, as in ``stream.live``, or the operation had ended before, the fold starts from the snapshot of that
    event. An operation is forgotten when it has finished.

    Ends when the source ends, or with its error. Delivers on the source's thread. See also ``combine_progress``.
    """

    def begin(observer: ObserverBase[Progress]) -> Callable[[Event], None]:
        latest: dict[str, Progress] = {}

        def on_next(event: Event) -> None:
            changed = _advance(latest, event)
            if isinstance(event, (OperationFinished, TrackingFailed)):
                latest.pop(event.operation_id, None)
            if changed is not None:
                observer.on_next(changed)

        return on_next

    return per_event(begin)


def combine_progress() -> Callable[[Observable[Event]], Observable[Mapping[str, Progress]]]:
    """The latest ``Progress`` of every operation of a merged stream, by operation id, as one value.

    .. marble::

        a---b---t---|
          combine_progress()
        v---w---x---|
        v = {"a": Progress("a").after(a)}
        w = {**v, "b": Progress("b").after(b)}
        x = {**w, "op": Progress.of(t.operation).after(t)}

    There is a new value whenever ``progress`` has one. A value never changes afterwards. Finished
    operations stay in it. Each value is a copy of the mapping, so its cost grows with the number of operations; for
    many thousands ``progress`` is cheaper.

    Ends when the source ends, or with its error. Delivers on the source's thread. See also ``progress``.
    """

    def begin(observer: ObserverBase[Mapping[str, Progress]]) -> Callable[[Event], None]:
        latest: dict[str, Progress] = {}

        def on_next(event: Event) -> None:
            if _advance(latest, event) is not None:
                observer.on_next(MappingProxyType(dict(latest)))

        return on_next

    return per_event(begin)


def _advance(latest: dict[str, Progress], event: Event) -> Progress | None:
    """Add ``event`` to the latest progress of its operation; return the new progress if it looks different."""
    before = latest.get(event.operation_id)
    after = _begun_with(event) if before is None else before.after(event)
    if after is None or after is before:
        return None
    latest[event.operation_id] = after
    return None if before is not None and after.looks_like(before) else after


def _begun_with(event: Event) -> Progress | None:
    if isinstance(event, StatusChanged) and event.previous is None and not event.status.is_terminal:
        return Progress(event.operation_id, event.status)
    operation: Operation | None = getattr(event, "operation", None)
    return None if operation is None else Progress.of(operation).after(event)
