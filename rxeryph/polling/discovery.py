"""New operations, no matter who started them: one list request per round."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from reactivex.abc import ObserverBase

from ..model import Operation
from ..scheduling.observers import USER_CODE_ERRORS, end_with_error, log_raised, pass_raised
from .asking import Done, ask_on_worker
from .engine import Engine
from .history import level_of
from .loop import PollLoop
from .pace import Pace
from .source import PollingSettings

logger = logging.getLogger("rxeryph")

NAME = "the watch for new operations"


class Discovery:
    """Lists the operations again and again for one observer, which gets each one that is new.

    The first list is what is known already, unless ``include_running`` asks for those in it that still run.
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
        self._pace = Pace(settings.policy, settings.error_budget, engine.random)
        self._loop: PollLoop[Iterable[Operation]] = PollLoop(self, engine, self._pace)
        self._engine = engine
        self._fetch = fetch
        self._observer = observer
        self._include_running = include_running
        self._seen: set[str] | None = None
        self._is_over = False

    def begin(self) -> None:
        """Ask for the first list, soon."""
        self._loop.watch()

    def dispose(self) -> None:
        """Deliver nothing more; a request under way is left alone."""
        self._is_over = True
        self._loop.stop()

    # -- for the loop

    @property
    def is_wanted(self) -> bool:
        """True until the end."""
        return not self._is_over

    def ask(self, done: Done[Iterable[Operation]]) -> None:
        """Ask for a list."""
        ask_on_worker(self._engine, self._fetch, done)

    def when_ready(self, action: Callable[[], None]) -> None:
        """Run ``action`` now: the observer has returned."""
        action()

    def succeeded(self, answer: Iterable[Operation], now: float) -> float | None:
        """Deliver the operations that are new; when to ask again, None at the end."""
        self._pace.recovered(now)
        new = self._new_in(answer)
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
        return self._pace.after_answer(now, bool(new))

    def failed(self, error: Exception, now: float) -> float | None:
        """Log that a list failed, or end because of it; when to ask again, None at the end."""
        retry_in = self._pace.after_failure(error, now)
        if retry_in is None:
            self.end(error)
            return None
        logger.warning("Listing operations failed, again in %.1f s: %s", retry_in, error)
        return now + retry_in

    def end(self, error: Exception) -> None:
        """End the subscription with ``error``, unless it has ended already."""
        if not self._is_over:
            self._is_over = True
            end_with_error(self._observer, error, NAME, level_of(error))

    def _new_in(self, answer: Iterable[Operation]) -> list[Operation]:
        is_first = self._seen is None
        seen = self._seen = self._seen or set()
        new = [operation for operation in answer if operation.id not in seen]
        seen.update(operation.id for operation in new)
        if is_first:
            new = [each for each in new if self._include_running and not each.status.is_terminal]
        # Oldest first, where the server says when; the list itself is in no meaningful order.
        return sorted(new, key=lambda each: (each.created.timestamp() if each.created else 0.0, each.id))
