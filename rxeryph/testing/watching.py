"""``watch``: what an observable emits in virtual time, and when."""

from __future__ import annotations

from typing import TypeVar

from reactivex import Observable
from reactivex.abc import ObserverBase
from reactivex.scheduler import VirtualTimeScheduler

T = TypeVar("T")


class Watched(ObserverBase[T]):
    """An observer that remembers what came, and at which second of the virtual clock."""

    def __init__(self, scheduler: VirtualTimeScheduler) -> None:
        self.timed: list[tuple[float, T]] = []
        """Each second and the value that came then."""
        self.error: Exception | None = None
        self.is_completed = False
        self.ended_at: float | None = None
        """The second of ``on_error`` or ``on_completed``; None before."""
        self._scheduler = scheduler

    def __repr__(self) -> str:
        end = "completed" if self.is_completed else repr(self.error) if self.error else "not ended"
        return f"Watched({self.timed!r}, {end})"

    @property
    def values(self) -> list[T]:
        """What came, in order."""
        return [value for _, value in self.timed]

    def on_next(self, value: T) -> None:
        self.timed.append((self._now(), value))

    def on_error(self, error: Exception) -> None:
        self.error = error
        self.ended_at = self._now()

    def on_completed(self) -> None:
        self.is_completed = True
        self.ended_at = self._now()

    def _now(self) -> float:
        return round(self._scheduler.to_seconds(self._scheduler.now), 6)


def watch(observable: Observable[T], scheduler: VirtualTimeScheduler, until: float = 3600.0) -> Watched[T]:
    """Subscribe, let virtual time pass up to the second ``until`` (default 3600), dispose, and return what came.

    To act meanwhile, subscribe a ``Watched(scheduler)`` yourself and call ``scheduler.advance_to``.
    """
    watched: Watched[T] = Watched(scheduler)
    subscription = observable.subscribe(watched, scheduler=scheduler)
    try:
        scheduler.advance_to(until)
    finally:
        subscription.dispose()
    return watched
