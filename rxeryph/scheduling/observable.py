"""The observable that every operator returns, and the choice of the scheduler that time operators run on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable

from ..arguments import check_subscriber
from .timer import MonotonicScheduler

A = TypeVar("A", covariant=True)
T = TypeVar("T", covariant=True)

Subscribe = Callable[[ObserverBase[A], SchedulerBase | None], DisposableBase]


class ScheduledObservable(Observable[A]):
    """The result of an operator on ``source``; it remembers the scheduler of the connection behind it."""

    def __init__(self, source: Observable[Any] | None, subscribe: Subscribe[A]) -> None:
        super().__init__(subscribe)
        self.scheduler = scheduler_of(source)

    def subscribe(
        self,
        on_next: ObserverBase[A] | Callable[[A], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        on_completed: Callable[[], None] | None = None,
        *,
        scheduler: SchedulerBase | None = None,
    ) -> DisposableBase:
        """As in reactivex. Raises TypeError for what is neither an observer nor a function."""
        check_subscriber(on_next, on_error, on_completed)
        return super().subscribe(on_next, on_error, on_completed, scheduler=scheduler)


class Tagged(ScheduledObservable[tuple[T, A]]):
    """The result of ``tag(value)`` on ``source``: ``pairs`` of the value and each event."""

    def __init__(self, value: T, source: Observable[A], pairs: Observable[tuple[T, A]]) -> None:
        super().__init__(source, lambda observer, scheduler: pairs.subscribe(observer, scheduler=scheduler))
        self.value = value
        self.source = source


def scheduler_of(source: Observable[Any] | None) -> SchedulerBase | None:
    """The scheduler of the connection behind ``source``; None where another library's operator hides it."""
    found = getattr(source, "scheduler", None)
    return found if isinstance(found, SchedulerBase) else None


def choose_scheduler(
    given: SchedulerBase | None, subscribed: SchedulerBase | None, source: Observable[Any]
) -> tuple[SchedulerBase, DisposableBase]:
    """The scheduler of one subscription: the operator's argument, the subscriber's, the connection's, or a new one.

    Dispose the second value at the end of the subscription: it ends the thread of a new scheduler. The default of
    reactivex, a thread for each timeout, is never used.
    """
    found = given or subscribed or scheduler_of(source)
    if found is not None:
        return found, Disposable()
    own = MonotonicScheduler("rxeryph-operator")
    return own, Disposable(lambda: own.close(timeout=0.0))
