"""Operators that let one operation follow another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar, overload

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import CompositeDisposable, Disposable, SingleAssignmentDisposable
from reactivex.scheduler import CurrentThreadScheduler

from ..events import AnyEvent, OperationFinished, TrackingFailed
from ..outcome import OperationResult
from ..scheduling.observers import USER_CODE_ERRORS, log_raised
from ._scheduled_observable import ScheduledObservable

A = TypeVar("A")
B = TypeVar("B")


class Continuation(Protocol):
    """What ``then`` gives for operations, typed so that a chain of them can be inferred."""

    @overload
    def __call__(self, source: Observable[AnyEvent], /) -> Observable[AnyEvent]: ...
    @overload
    def __call__(self, source: Observable[A], /) -> Observable[A | AnyEvent]: ...


@overload
def then(fn: Callable[[OperationResult], Observable[AnyEvent]]) -> Continuation: ...
@overload
def then(fn: Callable[[OperationResult], Observable[B]]) -> Callable[[Observable[A]], Observable[A | B]]: ...
def then(fn: Callable[[OperationResult], Observable[B]]) -> Callable[[Observable[A]], Observable[A | B]]:
    """Start the next operation once this one has succeeded, and go on with its events.

    .. marble::

        s---C|
        -------t---F|
          then(lambda result: second)
        s---C--t---F|

    .. marble::

        s---F|
          then(lambda result: second)
        s---F|

    Args:
        fn: Submits the next request with what it takes from the result, and returns its stream, such as
            ``lambda result: eryph.catlets.start(result.catlet.id)``.

    It succeeded when the source completes with an OperationFinished, all it had were successes, and none had
    TrackingFailed; ``fn`` gets the last result. Otherwise a chain ends there, and no later ``then`` does anything.

    ``fn`` is called at most once for the observable this gives, however many subscribe to it, again or late:
    keep it, and pipe from it. What ``fn`` returned or raised is remembered, and every subscriber gets that. It is
    not called when all have left before the success. Submitting again after a failure is your own decision.

    Ends when the stream of ``fn`` ends, where the chain ends, or with the error of ``fn`` (TypeError where that
    returned no observable). ``fn`` runs on the thread that delivered the end of the source: a worker, or
    that of a subscriber where the source had ended before.
    """

    def followed(source: Observable[A]) -> Observable[A | B]:
        following = _Following(fn)

        def subscribe(observer: ObserverBase[A | B], scheduler: SchedulerBase | None) -> DisposableBase:
            chain: _Chain[B] = _Chain(observer, scheduler, following)
            chain.first.disposable = source.subscribe(
                chain.on_next, observer.on_error, chain.on_completed, scheduler=scheduler
            )
            return chain.subscription

        return ScheduledObservable(source, subscribe)

    return followed


class _Chain(Generic[B]):
    """One subscription: to the source, and later to what follows."""

    def __init__(
        self, observer: ObserverBase[Any], scheduler: SchedulerBase | None, following: _Following[B]
    ) -> None:
        self._observer = observer
        self._scheduler = scheduler
        self._following = following
        self._result: OperationResult | None = None
        self._is_broken = False
        self.first, self._second = SingleAssignmentDisposable(), SingleAssignmentDisposable()
        self.subscription = CompositeDisposable(self.first, self._second)

    def on_next(self, event: object) -> None:
        if isinstance(event, OperationFinished):
            self._result = event.result
            self._is_broken = self._is_broken or not event.result.succeeded
        elif isinstance(event, TrackingFailed):
            self._is_broken = True
        self._observer.on_next(event)

    def on_completed(self) -> None:
        if self._result is None or self._is_broken:
            self._observer.on_completed()
            return
        # A source that ended long ago ends again inside ``subscribe``, where whoever has enough of it already
        # cannot say so. The trampoline lets ``subscribe`` come to its end first.
        CurrentThreadScheduler.singleton().schedule(self._follow)

    def _follow(self, scheduler: SchedulerBase, state: object = None) -> None:
        if self._result is not None and not self.subscription.is_disposed:
            self._following.join(self._result, self._attach)

    def _attach(self, stream: Observable[B]) -> None:
        if not self.subscription.is_disposed:
            self._second.disposable = stream.subscribe(self._observer, scheduler=self._scheduler)


class _Following(Generic[B]):
    """The stream of the next operation, asked for once and remembered."""

    def __init__(self, fn: Callable[[OperationResult], Observable[B]]) -> None:
        self._fn = fn
        self._lock = threading.Lock()
        self._is_asked = False
        self._stream: Observable[B] | None = None
        self._waiting: list[Callable[[Observable[B]], None]] = []

    def join(self, result: OperationResult, attach: Callable[[Observable[B]], None]) -> None:
        """Call ``attach`` with the stream: now, or on the thread that is asking for it."""
        with self._lock:
            stream = self._stream
            if stream is None:
                self._waiting.append(attach)
                if self._is_asked:
                    return
                self._is_asked = True
        if stream is None:
            self._ask(result)
        else:
            attach(stream)

    def _ask(self, result: OperationResult) -> None:
        stream: Observable[B] = _ending_with(RuntimeError("The function given to then() was interrupted"))
        try:
            stream = self._fn(result)
            if not isinstance(stream, Observable):
                kind = type(stream).__name__
                raise TypeError(f"The function given to then() has to return the next stream, not {kind}")
        except Exception as raised:  # noqa: BLE001 - it is told to every subscriber
            stream = _ending_with(raised)
        finally:  # whatever happened: it is never asked again, and nobody waits in vain
            with self._lock:
                self._stream = stream
                waiting, self._waiting = self._waiting, []
            for attach in waiting:
                try:
                    attach(stream)
                except USER_CODE_ERRORS as raised:  # the others are still to be attached
                    log_raised(raised)


def _ending_with(error: Exception) -> Observable[Any]:
    def subscribe(observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
        observer.on_error(error)
        return Disposable()

    return Observable(subscribe)
