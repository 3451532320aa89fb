"""New operations, no matter who started them: one list per poll."""

from __future__ import annotations

from collections.abc import Callable

from reactivex.abc import ObserverBase

from ..errors import RxEryphError
from ..model import Operation
from ..scheduling.log import logger
from ..scheduling.observers import USER_CODE_ERRORS, end_with_error, log_raised, pass_raised
from .asking import Done
from .engine import Engine
from .history import level_of
from .loop import PollLoop
from .pace import Pace
from .rounds import Elements
from .source import PollingSettings

NAME = "the watch for new operations"


class Discovery:
    """Lists the operations again and again for one observer, which gets each one that is new.

    ``ask`` asks for a list, and ``load`` reads one of its elements. The first list is what is known already, unless
    ``include_running`` asks for those in it that still run. A list that fails is logged and asked for again within
    the error budget. An element that cannot be read is logged once and left out.
    """

    def __init__(
        self,
        ask: Callable[[Done[Elements]], None],
        load: Callable[[bytes], Operation],
        observer: ObserverBase[Operation],
        engine: Engine,
        settings: PollingSettings,
        *,
        include_running: bool = False,
    ) -> None:
        self._pace = Pace(settings.policy, settings.error_budget, engine.random)
        self._loop: PollLoop[Elements] = PollLoop(self, engine, self._pace)
        self._ask = ask
        self._load = load
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

    @property
    def is_calm(self) -> bool:
        """The same: the observer has returned."""
        return self.is_wanted

    def ask(self, done: Done[Elements]) -> None:
        """Ask for a list."""
        self._ask(done)

    def when_ready(self, action: Callable[[], None]) -> None:
        """Run ``action`` now: the observer has returned."""
        action()

    def succeeded(self, answer: Elements, now: float) -> float | None:
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

    def _new_in(self, elements: Elements) -> list[Operation]:
        is_first = self._seen is None
        seen = self._seen = self._seen or set()
        unseen = elements.keys() - seen
        seen |= unseen
        if is_first and not self._include_running:
            return []
        new = [
            operation for operation in map(self._read, (elements[each] for each in unseen)) if operation is not None
        ]
        if is_first:
            new = [operation for operation in new if not operation.status.is_terminal]
        # Oldest first, where the server says when; the list itself is in no meaningful order.
        return sorted(new, key=lambda each: (each.created.timestamp() if each.created else 0.0, each.id))

    def _read(self, text: bytes) -> Operation | None:
        try:
            return self._load(text)
        except RxEryphError as error:
            logger.warning("A new operation cannot be read, and is left out: %s", error)
            return None
