"""A journal that cannot be used now: reported like a poll that failed, and tried again within the error budget."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import RxEryphError
from ..events import PollFailed, PollRecovered
from ..model import Operation
from ..polling.history import History
from ..retry import Attempts
from .access import Access
from .turns import TINY


class Trouble:
    """The failures in a row of a journal, for one operation. Not thread-safe."""

    def __init__(
        self,
        operation_id: str,
        history: History,
        operation: Callable[[], Operation | None],
        access: Access,
    ) -> None:
        self._operation_id = operation_id
        self._history = history
        self._operation = operation
        self._now = access.engine.now
        self._outage = access.outage
        self._attempts = Attempts(access.settings.error_budget, self._now(), access.engine.random)
        self._retry_at = 0.0

    @property
    def wait(self) -> float:
        """Seconds until the next attempt; 0.0 if it may be made now."""
        wait = self._retry_at - self._now()
        return wait if wait > TINY else 0.0

    def resumed(self) -> None:
        """Someone watches again. Seconds in which no one did are no silence."""
        self._attempts.resumed(self._now())

    def failed(self, error: Exception) -> None:
        """The journal could not be read or written: report it, or end with ``error`` if the budget is spent."""
        now = self._now()
        retry_in = self._attempts.after(error, now)
        if retry_in is None or not isinstance(error, RxEryphError):
            self.over()
            self._history.end(error)
            return
        self._outage.failed(self._operation_id, error)
        self._retry_at = now + retry_in
        failed = PollFailed(self._operation_id, self._operation(), error, self._attempts.failures, retry_in)
        self._history.append((failed,))

    def over(self) -> None:
        """The journal works, or is not used any more."""
        self._outage.over(self._operation_id)

    def recovered(self) -> None:
        """The journal was read or written."""
        now = self._now()
        failures, silent_for = self._attempts.failures, self._attempts.silent_for(now)
        self._attempts.succeeded(now)
        self.over()
        self._retry_at = 0.0
        if failures and (operation := self._operation()) is not None:
            self._history.append((PollRecovered(self._operation_id, operation, failures, silent_for),))
