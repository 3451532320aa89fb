"""A scheduler for time operators: the timer's clock, the workers' threads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeAlias, TypeVar

from reactivex import typing
from reactivex.abc import DisposableBase, SchedulerBase
from reactivex.disposable import CompositeDisposable, SingleAssignmentDisposable

from ..process import Process
from .log import logger
from .observers import USER_CODE_ERRORS
from .timer import ClockScheduler
from .workers import Submit

StateT = TypeVar("StateT")

Blocking: TypeAlias = Callable[[], AbstractContextManager[None]]


class DeliveryScheduler(ClockScheduler):
    """Runs actions on the workers when ``timer`` has them due, so that they may call a user's code.

    It has the timer's monotonic clock. Actions that are due at the same time may run at once on several workers. An
    action that raises is logged and harms no other. After the workers are closed nothing runs.
    """

    def __init__(self, timer: SchedulerBase, submit: Submit, blocking: Blocking = nullcontext) -> None:
        super().__init__()
        self._timer = timer
        self._submit = submit
        self._process = Process()
        self._blocking = blocking

    def blocking(self) -> AbstractContextManager[None]:
        """Enter it around a wait for what the workers bring; it raises RuntimeError if no worker would be left.

        Raises RuntimeError in a forked process, which has no workers.
        """
        self._process.check()
        return self._blocking()

    def seconds(self) -> float:
        return self._timer.to_seconds(self._timer.now)

    def _add(self, due: float, action: typing.ScheduledAction[StateT], state: StateT | None) -> DisposableBase:
        self._process.check()
        made = SingleAssignmentDisposable()  # what the action itself returns

        def run() -> None:
            if made.is_disposed:
                return
            try:
                made.disposable = self.invoke_action(action, state)
            except USER_CODE_ERRORS:  # the worker survives it
                logger.exception("A scheduled action raised")

        def hand_over(scheduler: SchedulerBase, state: object = None) -> None:
            self._submit(run)

        wait = due - self.seconds()
        if wait <= 0:
            self._submit(run)
            return made
        return CompositeDisposable(made, self._timer.schedule_relative(wait, hand_over))


def blocking_on(scheduler: SchedulerBase | None) -> AbstractContextManager[None]:
    """``blocking`` of the connection that ``scheduler`` belongs to; without one, any thread may wait."""
    return scheduler.blocking() if isinstance(scheduler, DeliveryScheduler) else nullcontext()
