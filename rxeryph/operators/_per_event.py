"""The shape of the operators that look at one event at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase

from ..scheduling.observable import ScheduledObservable

A = TypeVar("A")
B = TypeVar("B")


def per_event(begin: Callable[[ObserverBase[B]], Callable[[A], None]]) -> Callable[[Observable[A]], Observable[B]]:
    """An operator in a single layer: ``begin`` returns the function that is called with every event.

    ``begin`` is called once per subscription, with its observer, so its state belongs to that subscription.
    """

    def operator(source: Observable[A]) -> Observable[B]:
        def subscribe(observer: ObserverBase[B], scheduler: SchedulerBase | None) -> DisposableBase:
            return source.subscribe(begin(observer), observer.on_error, observer.on_completed, scheduler=scheduler)

        return ScheduledObservable(source, subscribe)

    return operator
