"""The operator that starts one operation after another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, overload

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable, SerialDisposable, SingleAssignmentDisposable
from reactivex.scheduler import CurrentThreadScheduler

from ..arguments import check_function
from ..events import AnyEvent, OperationFinished, TrackingFailed
from ..outcome import OperationResult
from ..scheduling.observable import ScheduledObservable
from ..scheduling.observers import USER_CODE_ERRORS, as_exception, is_interrupt, log_raised, pass_raised

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

    check_function(fn, "then() needs a function from a result to the next stream")

    def followed(source: Observable[A]) -> Observable[A | B]:
        following = _Following(fn)
        if isinstance(source, _Chained):
            return _Chained(source.source, (*source.steps, following))
        return _Chained(source, (following,))

    return followed


class _Chained(ScheduledObservable[Any]):
    """A source and the steps after it: any number of them, without a subscription inside another one for each."""

    def __init__(self, source: Observable[Any], steps: tuple[_Following, ...]) -> None:
        super().__init__(source, self._follow)
        self.source = source
        self.steps = steps

    def _follow(self, observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
        chain = _Chain(observer, scheduler)
        chain.begin(self)
        return chain.subscription


class _Chain:
    """One subscription: to the source, and later to the streams that follow, one after the other."""

    def __init__(self, observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> None:
        self._observer = observer
        self._scheduler = scheduler
        self._left: deque[_Following] = deque()
        self._result: OperationResult | None = None
        self._is_broken = False
        self.subscription = SerialDisposable()

    def begin(self, chained: _Chained) -> None:
        """Follow ``chained``, and forget what was before it."""
        self._left = deque(chained.steps)
        self._result, self._is_broken = None, False
        self._subscribe(chained.source)

    def _subscribe(self, stream: Observable[Any]) -> None:
        current = SingleAssignmentDisposable()
        self.subscription.disposable = current  # before another thread can replace it by the next one
        current.disposable = stream.subscribe(
            self._on_next, self._observer.on_error, self._on_completed, scheduler=self._scheduler
        )

    def _on_next(self, event: object) -> None:
        if isinstance(event, OperationFinished):
            self._result = event.result
            self._is_broken = self._is_broken or not event.result.succeeded
        elif isinstance(event, TrackingFailed):
            self._is_broken = True
        self._observer.on_next(event)

    def _on_completed(self) -> None:
        if self._result is None or self._is_broken or not self._left:
            self._observer.on_completed()
            return
        # A source that has ended before completes inside ``subscribe``, before its subscriber is able to dispose.
        # The trampoline lets ``subscribe`` return first.
        CurrentThreadScheduler.singleton().schedule(self._follow)

    def _follow(self, scheduler: SchedulerBase, state: object = None) -> None:
        if self._result is not None and not self.subscription.is_disposed:
            self._left.popleft().join(self._result, self._attach)

    def _attach(self, stream: Observable[Any]) -> None:
        if self.subscription.is_disposed:
            return
        try:
            if isinstance(stream, _Chained) and not self._left:
                self.begin(stream)  # nothing comes after it, so a chain without end needs no more memory
            else:
                self._subscribe(stream)
        except USER_CODE_ERRORS as raised:
            log_raised(raised)
            pass_raised(raised, self._observer.on_error)


class _Following:
    """The stream of the next operation, asked for once and kept."""

    def __init__(self, fn: Callable[[OperationResult], Observable[Any]]) -> None:
        self._fn = fn
        self._lock = threading.Lock()
        self._is_asked = False
        self._stream: Observable[Any] | None = None
        self._waiting: list[Callable[[Observable[Any]], None]] = []

    def join(self, result: OperationResult, attach: Callable[[Observable[Any]], None]) -> None:
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
        interrupt: BaseException | None = None
        try:
            stream = self._fn(result)
            if not isinstance(stream, Observable):
                kind = type(stream).__name__
                raise TypeError(f"The function given to then() must return the next stream, not {kind}")
        except USER_CODE_ERRORS as raised:  # every subscriber gets it
            stream = _ending_with(as_exception(raised))
            interrupt = raised if is_interrupt(raised) else None
        with self._lock:
            self._stream = stream
            waiting, self._waiting = self._waiting, []
        for attach in waiting:
            attach(stream)
        if interrupt is not None:
            raise interrupt


def _ending_with(error: Exception) -> Observable[Any]:
    def subscribe(observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
        observer.on_error(error)
        return Disposable()

    return Observable(subscribe)
