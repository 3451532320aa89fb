"""The only reader of a polling source: it stores what the source shows, and then passes it on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ..events import AnyEvent, is_change
from ..polling import PollingSource
from ..polling.history import History, Reader


class Writer(Reader):
    """Moves the events of ``source`` to ``readers``, the history of those who watch, on the thread that brought them.

    ``store`` is called with the changes that one snapshot showed, before they are moved. If it returns False they
    wait for ``resume``, and so does the source. ``ended`` is called at the end of the source, with its error or None,
    and ``stopped`` when nothing more will be moved after ``close``.
    """

    __slots__ = ("_ended", "_moving", "_readers", "_stopped", "_store", "is_stuck", "source")

    def __init__(
        self,
        source: PollingSource,
        readers: History,
        store: Callable[[Sequence[AnyEvent]], bool],
        ended: Callable[[Exception | None], None],
        stopped: Callable[[], None],
    ) -> None:
        super().__init__(source.history, 0)
        self.source = source
        self.is_stuck = False
        """True while events wait that could not be stored."""
        self._readers = readers
        self._store = store
        self._ended = ended
        self._stopped = stopped
        self._moving = threading.Lock()

    @property
    def is_behind(self) -> bool:
        if self.is_closed:
            return False
        return self.is_stuck or self.position < len(self.history.events) or self._readers.is_behind

    @property
    def is_moving(self) -> bool:
        """True while events are stored or moved."""
        return self._moving.locked()

    def notify(self) -> bool:
        while self._has_work and self._moving.acquire(False):
            try:
                self._move()
            finally:
                self._moving.release()
            if self.is_closed:
                self._stopped()
        return self.is_behind

    def resume(self) -> None:
        """Try to store again what could not be stored."""
        self.is_stuck = False
        self.notify()
        self.history.caught_up()

    @property
    def _has_work(self) -> bool:
        history = self.history
        is_new = self.position < len(history.events) or history.has_ended
        return is_new and not self.is_stuck and not self.is_closed

    def _move(self) -> None:
        history, readers = self.history, self._readers
        has_ended = history.has_ended  # first: the end is set only after its events were appended
        while self.position < len(history.events):
            batch = _shown_at_once(history.events, self.position)
            if is_change(batch[0]) and not self._store(batch):
                self.is_stuck = True
                return
            self.position += len(batch)
            readers.append(batch)
            if self.is_closed:
                return
            if readers.is_behind:
                readers.when_caught_up(history.caught_up)
        if has_ended:
            self.close()
            self._ended(history.fresh_error())


def _shown_at_once(events: Sequence[AnyEvent], start: int) -> Sequence[AnyEvent]:
    """The event at ``start`` and those after it that the same snapshot showed."""
    first, end = events[start], start + 1
    while is_change(first) and end < len(events):
        following = events[end]
        if not is_change(following) or following.operation is not first.operation:
            break
        end += 1
    return events[start:end]
