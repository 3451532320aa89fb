"""A scheduler for time operators: the engine's clock, its workers' threads."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from reactivex import typing
from reactivex.abc import DisposableBase
from reactivex.disposable import CompositeDisposable, SingleAssignmentDisposable

from .timer import ClockScheduler

if TYPE_CHECKING:
    from .engine import Engine

logger = logging.getLogger("rxeryph")

StateT = TypeVar("StateT")


class DeliveryScheduler(ClockScheduler):
    """Runs actions on the engine's workers when they are due, so that they may call a user's code.

    The clock is the engine's: monotonic, whatever happens to the wall clock. Actions that are due at the same
    time may run side by side. An action that raises is logged and harms no other; after the engine was closed
    nothing runs.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def _seconds(self) -> float:
        return self._engine.now()

    def _add(self, due: float, action: typing.ScheduledAction[StateT], state: StateT | None) -> DisposableBase:
        made = SingleAssignmentDisposable()  # what the action itself gives back

        def run() -> None:
            if made.is_disposed:
                return
            try:
                made.disposable = self.invoke_action(action, state)
            except Exception:  # a user's code; the worker lives on
                logger.exception("A scheduled action raised")

        if due <= self._engine.now():
            self._engine.submit(run)
            return made
        return CompositeDisposable(made, self._engine.call_at(due, lambda: self._engine.submit(run)))
