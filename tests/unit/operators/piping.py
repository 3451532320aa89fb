"""What an operator makes of events, without time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reactivex
from reactivex import Observable, Subject
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import Disposable
from reactivex.testing import TestScheduler

from tests.unit.operators.watching import END, Watch

Operator = Callable[[Observable[Any]], Observable[Any]]


def passed(operator: Operator, *events: object) -> list[Any]:
    """What comes out when ``events`` go in and the source completes, which must pass on."""
    watch = Watch()
    reactivex.from_iterable(events).pipe(operator).subscribe(watch)
    assert watch.seen[-1:] == [END]
    return watch.seen[:-1]


def check_a_subscription(operator: Operator, going_in: object, coming_out: object) -> None:
    """Nothing happens before somebody subscribes; errors pass; whoever left hears nothing and is forgotten.

    The scheduler of the subscriber goes on to the source.
    """
    source = Subject[Any]()
    piped = source.pipe(operator)
    assert not source.observers
    gone, stayed = Watch(), Watch()
    leaving = piped.subscribe(gone)
    piped.subscribe(stayed)
    assert len(source.observers) == 2
    source.on_next(going_in)
    leaving.dispose()
    assert len(source.observers) == 1
    error = ValueError("from the source")
    source.on_error(error)
    assert gone.seen == [coming_out]
    assert stayed.seen == [coming_out, error]
    assert not source.observers

    given: list[SchedulerBase | None] = []

    def subscribe(observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
        given.append(scheduler)
        return Disposable()

    scheduler = TestScheduler()
    Observable(subscribe).pipe(operator).subscribe(Watch(), scheduler=scheduler)
    assert given == [scheduler]
