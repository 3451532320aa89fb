"""A subscription to something that a journal shows: it looks again after each append, and within the error budget."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar

from reactivex.abc import DisposableBase, ObserverBase

from ..errors import ClosedError, RxEryphError
from ..polling.history import level_of
from ..retry import Attempts
from ..scheduling.log import logger
from ..scheduling.observers import USER_CODE_ERRORS, as_exception, end_with_error, log_raised, pass_raised
from .access import Access
from .turns import TINY, Turns

ValueT = TypeVar("ValueT")


class Subscription(DisposableBase, Generic[ValueT]):
    """Delivers to ``observer`` what ``look`` finds, on the engine's workers. ``name`` is for the log."""

    def __init__(self, access: Access, name: str, observer: ObserverBase[ValueT]) -> None:
        self.journal = access.journal
        self.name = name
        self.engine = access.engine
        self.is_over = False
        self.turns = Turns(self._step, self.engine)
        self._outage = access.outage
        self._observer = observer
        self._attempts = Attempts(access.settings.error_budget, self.engine.now(), self.engine.random)
        self._retry_at = 0.0
        self._notifications: DisposableBase | None = None

    @abstractmethod
    def look(self) -> float:
        """Deliver what is new; the seconds until the next look. Raises JournalError."""

    def leave(self) -> None:
        """Let go of what is held; may be called again. Raises JournalError."""

    def begin(self) -> None:
        """Deliver from now on."""
        try:
            self.engine.adopt(self)
        except ClosedError as error:
            self.fail(error)
            return
        self.turns.wake()

    def deliver(self, value: ValueT) -> bool:
        """Pass a value to the observer; False if nothing more may be delivered."""
        if self.is_over:
            return False
        try:
            self._observer.on_next(value)
        except USER_CODE_ERRORS as raised:
            log_raised(raised, self.name)
            self.is_over = True
            pass_raised(raised, self._observer.on_error, self.name)
            return False
        return True

    def fail(self, error: Exception) -> None:
        """End with ``error``."""
        if not self.is_over:
            self._leave()
            end_with_error(self._observer, error, self.name, level_of(error))

    def dispose(self) -> None:
        self.is_over = True
        self.turns.wake()  # which leaves, once the observer has returned
        if self.engine.is_closed:
            self._leave()

    def _step(self) -> None:
        if self.is_over:
            self._leave()
            return
        if self.engine.now() < self._retry_at - TINY:
            return  # an append does not make a journal work that has failed; the time is set
        try:
            if self._notifications is None:
                self._notifications = self.journal.subscribe(self.turns.wake)
            wait = self.look()
            self._attempts.succeeded(self.engine.now())
            self._outage.over(self.name)
        except RxEryphError as error:
            retry_in = self._attempts.after(error, self.engine.now())
            if retry_in is None:
                self.fail(error)
                return
            self._outage.failed(self.name, error)
            wait = retry_in
            self._retry_at = self.engine.now() + retry_in
        except USER_CODE_ERRORS as raised:
            self.fail(as_exception(raised))
            return
        if self.is_over:
            self._leave()
        else:
            self.turns.wake_in(wait)

    def _leave(self) -> None:
        self.is_over = True
        self._outage.over(self.name)
        self.turns.rest()
        notifications, self._notifications = self._notifications, None
        if notifications is not None:
            notifications.dispose()
        try:
            self.leave()
        except RxEryphError as error:
            logger.info("%s keeps its lease until that is over: %s", self.name, error)
