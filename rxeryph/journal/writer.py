"""The only reader of a polling source: it stores what the source shows, and then passes it on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ..events import AnyEvent, is_change
from ..polling import PollingSource
from ..polling.history import History, Reader


class Writer(Reader):
    """Moves the events of ``source`` to ``readers``, the history of those who watch, once they are stored.

    ``store`` is called with the changes that one snapshot showed, before they are moved. It leads to ``stored`` or
    ``failed``, on any thread. After ``failed`` they wait for ``resume``, and so does the source. ``ended`` is called
    at the end of the source, with its error or None, and ``stopped`` when nothing more will be moved after ``close``.
    """

    __slots__ = (
        "_batch",
        "_ended",
        "_is_stored",
        "_moving",
        "_readers",
        "_stopped",
        "_store",
        "is_stuck",
        "source",
    )

    def __init__(
        self,
        source: PollingSource,
        readers: History,
        store: Callable[[Sequence[AnyEvent]], None],
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
        self._batch: Sequence[AnyEvent] = ()  # what is being stored or moved
        self._is_stored = False  # and it is stored, so it can be moved
        self._moving = threading.Lock()

    @property
    def is_behind(self) -> bool:
        if self.is_closed:
            return False
        return self.is_stuck or self.position < len(self.history.events) or self._readers.is_behind

    @property
    def is_moving(self) -> bool:
        """True while events are stored or moved."""
        return bool(self._batch) or self._moving.locked()

    def notify(self) -> bool:
        while self._has_work and self._moving.acquire(False):
            try:
                self._move()
            finally:
                self._moving.release()
            self._stop()
        return self.is_behind

    def stored(self) -> None:
        """The events that ``store`` was given are stored."""
        self._is_stored = True
        self.notify()
        self.history.caught_up()

    def failed(self) -> None:
        """They could not be stored."""
        self.is_stuck = True
        self._batch = ()
        self._stop()

    def resume(self) -> None:
        """Try to store again what could not be stored."""
        self.is_stuck = False
        self.notify()
        self.history.caught_up()

    def _stop(self) -> None:
        if self.is_closed and not self._batch:
            self._stopped()

    @property
    def _has_work(self) -> bool:
        history = self.history
        if self._batch or self.is_stuck or self.is_closed:
            return self._is_stored
        return self.position < len(history.events) or history.has_ended

    def _move(self) -> None:
        history = self.history
        has_ended = history.has_ended  # first: the end is set only after its events were appended
        while True:
            if self._is_stored:
                self._pass_on()
            if self._batch or self.is_stuck or self.is_closed:
                return
            if self.position >= len(history.events):
                break
            self._batch = _shown_at_once(history.events, self.position)
            if is_change(self._batch[0]):
                self._store(self._batch)
            else:
                self._is_stored = True
        if has_ended:
            self.close()
            self._ended(history.fresh_error())

    def _pass_on(self) -> None:
        readers, batch = self._readers, self._batch
        self._is_stored = False
        self.position += len(batch)
        readers.append(batch)
        self._batch = ()
        if readers.is_behind:
            readers.when_caught_up(self.history.caught_up)


def _shown_at_once(events: Sequence[AnyEvent], start: int) -> Sequence[AnyEvent]:
    """The event at ``start`` and those after it that the same snapshot showed."""
    first, end = events[start], start + 1
    while is_change(first) and end < len(events):
        following = events[end]
        if not is_change(following) or following.operation is not first.operation:
            break
        end += 1
    return events[start:end]
