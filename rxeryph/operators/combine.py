"""Operators for several streams: merge them, and name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, Literal, TypeGuard, TypeVar, overload

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable, SingleAssignmentDisposable

from ..errors import ClosedError, OperationCancelledError, OperationFailedError, RxEryphError
from ..events import TrackingFailed
from ..model import Operation
from ..scheduling.observable import ScheduledObservable, Tagged, scheduler_of
from ._per_event import per_event
from ._serialized_observer import SerializedObserver

A = TypeVar("A")
T = TypeVar("T")


@overload
def merge(*streams: Observable[A], fail_fast: Literal[True]) -> Observable[A]: ...
@overload
def merge(*streams: Observable[A], fail_fast: bool = False) -> Observable[A | TrackingFailed]: ...
def merge(*streams: Observable[Any], fail_fast: bool = False) -> Observable[Any]:
    """The events of all ``streams`` as they come; each event knows its ``operation_id``.

    .. marble::

        a-----a---|
        --b-------b---|
          merge
        a-b---a---b---|

    Args:
        streams: Any number of them. None gives a stream that completes at once.
        fail_fast: False, the default: when tracking a member fails, a ``TrackingFailed`` event replaces its end and
            the other members continue. True: the first error of a member ends the merged stream.

    A failed operation is an event like any other. Errors that are not about tracking always end the merged stream:
    ClosedError, the error of a user's function, and a failed operation that ``require_success`` made an error.

    Ends when all members have ended, or with such an error. Delivers on the thread of the member the event came from,
    one event at a time, so a slow subscriber delays all members. See also ``tag``, and ``Eryph.track_all``, which
    follows thousands of operations with one subscription.
    """

    for stream in streams:
        if not isinstance(stream, Observable):
            hint = ": write merge(*streams)" if isinstance(stream, Iterable) and not isinstance(stream, str) else ""
            raise TypeError(f"merge() needs streams, each as an argument, not a {type(stream).__name__}{hint}")

    def subscribe(observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
        merged = _Merged(observer, len(streams), fail_fast)
        for stream in streams:
            if merged.observer.is_over:
                break
            merged.join(stream, scheduler)
        return Disposable(merged.dispose)

    return ScheduledObservable(next((stream for stream in streams if scheduler_of(stream)), None), subscribe)


class _Merged:
    """One subscription, to all members."""

    def __init__(self, observer: ObserverBase[Any], count: int, is_fail_fast: bool) -> None:
        self.observer = SerializedObserver(observer)
        self._is_fail_fast = is_fail_fast
        self._running = count
        self._members: dict[_Member[Any], None] = {}  # in order, and removed in one step
        if not count:
            self.observer.on_completed()

    def join(self, stream: Observable[Any], scheduler: SchedulerBase | None) -> None:
        member = _Member(self, stream)
        self._members[member] = None
        member.subscription.disposable = stream.subscribe(
            member.on_next, member.on_error, member.on_completed, scheduler=scheduler
        )

    def dispose(self) -> None:
        self.observer.close()
        for member in tuple(self._members):
            member.subscription.dispose()

    def leave(self, member: _Member[Any], error: Exception | None) -> None:
        with self.observer.lock:
            self._members.pop(member, None)
            if error is not None:
                if self._is_fail_fast or not _is_isolated(error):
                    self.observer.on_error(error)
                    return
                self.observer.on_next(member.failed(error))
            self._running -= 1
            if not self._running:
                self.observer.on_completed()


class _Member(Generic[A]):
    """One of the merged streams."""

    def __init__(self, merged: _Merged, stream: Observable[A]) -> None:
        self._merged = merged
        self._stream = stream
        self.subscription = SingleAssignmentDisposable()
        self.last: A | None = None

    def on_next(self, event: A) -> None:
        with self._merged.observer.lock:
            self.last = event
            self._merged.observer.on_next(event)

    def on_error(self, error: Exception) -> None:
        self._merged.leave(self, error)

    def on_completed(self) -> None:
        self._merged.leave(self, None)

    def failed(self, error: RxEryphError) -> TrackingFailed:
        """The event in place of ``error``, about the operation that the stream, the error or the last event names."""
        places = (self._stream, error, self.last)
        ids = (getattr(place, "operation_id", None) for place in places)
        operation_id = next((found for found in ids if isinstance(found, str) and found), "")
        snapshots = (getattr(place, "operation", None) for place in places)
        operation = next(
            (found for found in snapshots if isinstance(found, Operation) and found.id == operation_id), None
        )
        return TrackingFailed(operation_id, operation, error)


def _is_isolated(error: Exception) -> TypeGuard[RxEryphError]:
    ends_all = (ClosedError, OperationFailedError, OperationCancelledError)
    return isinstance(error, RxEryphError) and not isinstance(error, ends_all)


def tag(value: T) -> Callable[[Observable[A]], Observable[tuple[T, A]]]:
    """Every event as the pair ``(value, event)``, to name the members of a merged stream.

    .. marble::

        s---l---|
          tag("web")
        x---y---|
        x = ("web", s)
        y = ("web", l)

    Args:
        value: Any object; every pair has this very object.

    ``Eryph.track_all`` takes streams with a tag that is a string, and returns their results by these names.

    Ends when the source ends, or with its error. Delivers on the source's thread. See also ``merge``.
    """

    def begin(observer: ObserverBase[tuple[T, A]]) -> Callable[[A], None]:
        return lambda event: observer.on_next((value, event))

    pairs: Callable[[Observable[A]], Observable[tuple[T, A]]] = per_event(begin)
    return lambda source: Tagged(value, source, pairs(source))
