"""A scheduler for time operators: the engine's clock, its workers' threads."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from reactivex import typing
from reactivex.abc import DisposableBase
from reactivex.disposable import CompositeDisposable, SingleAssignmentDisposable
from reactivex.scheduler.periodicscheduler import PeriodicScheduler

if TYPE_CHECKING:
    from .engine import Engine

logger = logging.getLogger("rxeryph")

StateT = TypeVar("StateT")


class DeliveryScheduler(PeriodicScheduler):
    """Runs actions on the engine's workers when they are due, so that they may call a user's code.

    The clock is the engine's: monotonic, whatever happens to the wall clock. Actions that are due at the same
    time may run side by side. An action that raises is logged and harms no other; after the engine was closed
    nothing runs.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    @property
    def now(self) -> datetime:
        return self._engine.scheduler.now

    def schedule(self, action: typing.ScheduledAction[StateT], state: StateT | None = None) -> DisposableBase:
        """Run ``action`` on a worker as soon as one is free."""
        return self._at(None, action, state)

    def schedule_relative(
        self,
        duetime: typing.RelativeTime,
        action: typing.ScheduledAction[StateT],
        state: StateT | None = None,
    ) -> DisposableBase:
        """Run ``action`` on a worker after ``duetime`` (seconds, or a timedelta)."""
        return self._at(self._engine.now() + max(0.0, self.to_seconds(duetime)), action, state)

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: typing.ScheduledAction[StateT],
        state: StateT | None = None,
    ) -> DisposableBase:
        """Run ``action`` on a worker at ``duetime`` on the engine's clock."""
        return self._at(self.to_seconds(duetime), action, state)

    def _at(self, due: float | None, action: typing.ScheduledAction[StateT], state: StateT | None) -> DisposableBase:
        made = SingleAssignmentDisposable()  # what the action itself gives back

        def run() -> None:
            if made.is_disposed:
                return
            try:
                made.disposable = self.invoke_action(action, state)
            except Exception:  # a user's code; the worker lives on
                logger.exception("A scheduled action raised")

        if due is None:
            self._engine.submit(run)
            return made
        return CompositeDisposable(made, self._engine.call_at(due, lambda: self._engine.submit(run)))
