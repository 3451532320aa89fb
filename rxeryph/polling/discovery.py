"""Operations that appear, whoever started them: one list request per round."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from reactivex.abc import ObserverBase

from ..model import Operation
from ..scheduling.observers import USER_CODE_ERRORS, end_with_error, log_raised, pass_raised
from .engine import Engine
from .history import level_of
from .loop import PollLoop
from .source import PollingSettings

logger = logging.getLogger("rxeryph")

NAME = "the watch for new operations"


class Discovery(PollLoop[Iterable[Operation]]):
    """Lists the operations again and again for one observer, and tells it of each one that is new.

    What the first list shows is known already, unless ``include_running`` asks for those that still run.
    A list that fails is logged and asked for again within the error budget.
    """

    def __init__(
        self,
        fetch: Callable[[], Iterable[Operation]],
        observer: ObserverBase[Operation],
        engine: Engine,
        settings: PollingSettings,
        *,
        include_running: bool = False,
    ) -> None:
        super().__init__(engine, settings.policy, settings.error_budget)
        self._fetch = fetch
        self._observer = observer
        self._include_running = include_running
        self._seen: set[str] | None = None
        self._is_over = False

    def begin(self) -> None:
        """Ask for the first list, soon."""
        self._watch()

    def dispose(self) -> None:
        """Tell nothing more; a request under way is left alone."""
        self._is_over = True
        self._stop()

    @property
    def _is_wanted(self) -> bool:
        return not self._is_over

    def _ask(self) -> Iterable[Operation]:
        return self._fetch()

    def _succeeded(self, answer: Iterable[Operation], now: float) -> float | None:
        self._recovered(now)
        is_first = self._seen is None
        seen = self._seen = self._seen or set()
        new = [operation for operation in answer if operation.id not in seen]
        seen.update(operation.id for operation in new)
        if is_first:
            new = [each for each in new if self._include_running and not each.status.is_terminal]
        # Oldest first, where the server tells; the list itself is in no order that means anything.
        new.sort(key=lambda each: (each.created.timestamp() if each.created else 0.0, each.id))
        for operation in new:
            if self._is_over:
                return None
            try:
                self._observer.on_next(operation)
            except USER_CODE_ERRORS as raised:
                log_raised(raised, NAME)
                self._is_over = True
                pass_raised(raised, self._observer.on_error, NAME)
                return None
        return self._next_due(now, bool(new))

    def _failed(self, error: Exception, now: float) -> float | None:
        retry_in = self._bear(error, now)
        if retry_in is None:
            self._end(error)
            return None
        logger.warning("Listing operations failed, again in %.1f s: %s", retry_in, error)
        return now + retry_in

    def _end(self, error: Exception) -> None:
        if self._is_over:
            return
        self._is_over = True
        end_with_error(self._observer, error, NAME, level_of(error))
