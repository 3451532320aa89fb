"""The operator that starts one operation after another."""

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
from ..scheduling.observable import ScheduledObservable
from ..scheduling.observers import USER_CODE_ERRORS, log_raised

A = TypeVar("A")
B = TypeVar("B")


class Continuation(Protocol):
    """What ``then`` returns for operations, typed so that a type checker can infer a chain of them."""

    @overload
    def __call__(self, source: Observable[AnyEvent], /) -> Observable[AnyEvent]: ...
    @overload
    def __call__(self, source: Observable[A], /) -> Observable[A | AnyEvent]: ...


@overload
def then(fn: Callable[[OperationResult], Observable[AnyEvent]]) -> Continuation: ...
@overload
def then(fn: Callable[[OperationResult], Observable[B]]) -> Callable[[Observable[A]], Observable[A | B]]: ...
def then(fn: Callable[[OperationResult], Observable[B]]) -> Callable[[Observable[A]], Observable[A | B]]:
    """Start the next operation once this one has succeeded, and continue with its events.

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
        fn: Submits the next request with what it needs from the result, and returns its stream, such as
            ``lambda result: eryph.catlets.start(result.catlet.id)``.

    The source succeeds when it completes after at least one OperationFinished, all of them successes, and without a
    TrackingFailed. ``fn`` then gets the last result. Otherwise the chain ends here, and later ``then`` steps are
    skipped.

    ``fn`` is called at most once for the observable that this returns, however many subscribe, and whenever they do:
    keep that observable, and pipe from it. Every subscriber gets the stream that this one call returned, or the error
    it raised. ``fn`` is not called if all subscribers have left before the success. To submit again after a failure,
    make a new chain.

    Ends when the stream of ``fn`` ends, or the source without success, or with the error of either; an ``fn`` that
    returns no observable is a TypeError. Delivers on the threads of the two streams. ``fn`` runs on the thread that
    delivered the end of the source: a worker, or the subscriber's thread where the source had ended before. See also
    ``require_success``.
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
    """One subscription: to the source, and later to the stream that follows."""

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
        # A source that has ended before completes inside ``subscribe``, before its subscriber is able to dispose.
        # The trampoline lets ``subscribe`` return first.
        CurrentThreadScheduler.singleton().schedule(self._follow)

    def _follow(self, scheduler: SchedulerBase, state: object = None) -> None:
        if self._result is not None and not self.subscription.is_disposed:
            self._following.join(self._result, self._attach)

    def _attach(self, stream: Observable[B]) -> None:
        if not self.subscription.is_disposed:
            self._second.disposable = stream.subscribe(self._observer, scheduler=self._scheduler)


class _Following(Generic[B]):
    """The stream of the next operation, asked for once and kept."""

    def __init__(self, fn: Callable[[OperationResult], Observable[B]]) -> None:
        self._fn = fn
        self._lock = threading.Lock()
        self._is_asked = False
        self._stream: Observable[B] | None = None
        self._waiting: list[Callable[[Observable[B]], None]] = []

    def join(self, result: OperationResult, attach: Callable[[Observable[B]], None]) -> None:
        """Call ``attach`` with the stream: now, or later on the thread that is asking for it."""
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
                raise TypeError(f"The function given to then() must return the next stream, not {kind}")
        except Exception as raised:  # noqa: BLE001 - every subscriber gets it
            stream = _ending_with(raised)
        finally:  # whatever was raised, ``fn`` is never called again and no subscriber waits for it forever
            with self._lock:
                self._stream = stream
                waiting, self._waiting = self._waiting, []
            for attach in waiting:
                try:
                    attach(stream)
                except USER_CODE_ERRORS as raised:  # the other subscribers must still be attached
                    log_raised(raised)


def _ending_with(error: Exception) -> Observable[Any]:
    def subscribe(observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
        observer.on_error(error)
        return Disposable()

    return Observable(subscribe)
