"""Events kept in order, and their readers.

A list, and one integer per reader. A *push* reader calls an observer; a *pull* reader is notified of news and takes
it when it likes. Each event reaches a reader once, in order, never two at a time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from types import TracebackType

from reactivex.abc import ObserverBase

from ..errors import ClosedError
from ..events import AnyEvent
from ..process import FORKED, Process
from ..scheduling.observers import USER_CODE_ERRORS, complete, end_with_error, is_interrupt, log_raised, pass_raised

PULL_SLACK = 1000
"""How many events a pull reader may lag behind before polling waits for it."""


def level_of(error: Exception) -> int:
    """At which level an end by ``error`` is logged: closing the connection is no failure."""
    return logging.INFO if isinstance(error, ClosedError) else logging.ERROR


class Reader:
    """One reader's place in the history."""

    __slots__ = ("_notify", "history", "is_closed", "position", "slack")

    def __init__(
        self,
        history: History,
        position: int,
        notify: Callable[[], None] | None = None,
        slack: int = PULL_SLACK,
    ) -> None:
        self.history = history
        self.position = position
        self.slack = slack
        self.is_closed = False
        self._notify = notify

    def notify(self) -> bool:
        """There is news: an event, or the end. Returns True when polling should wait for this reader."""
        if self._notify is not None and not self.is_closed:
            self._notify()
        return self.is_behind

    @property
    def is_behind(self) -> bool:
        """True when polling should wait for this reader."""
        return not self.is_closed and len(self.history.events) - self.position > self.slack

    @property
    def is_delivering_here(self) -> bool:
        """True on a thread that this reader must leave before more can come."""
        return False

    @property
    def is_at_end(self) -> bool:
        """True when everything was read and nothing more will come."""
        return self.history.has_ended and self.position >= len(self.history.events)

    def take(self) -> AnyEvent | None:
        """The next event, or None when there is none yet. Raises the error the stream ended with."""
        history = self.history
        if self.position < len(history.events):
            event = history.events[self.position]
            self.position += 1
            history.caught_up()
            return event
        if history.has_ended and (error := history.fresh_error()) is not None:
            raise error
        return None

    def close(self) -> None:
        """Read no further. A second call does nothing."""
        self.is_closed = True
        self.history.leave(self)


class PushReader(Reader):
    """A reader that hands each event to an observer, on the thread that brought the event."""

    __slots__ = ("_delivering", "_observer", "_on_next", "_thread", "interrupted_by")

    def __init__(self, history: History, position: int, observer: ObserverBase[AnyEvent]) -> None:
        super().__init__(history, position, slack=0)
        self._observer = observer
        self._on_next = observer.on_next
        self._delivering = threading.Lock()
        self._thread: int | None = None
        self.interrupted_by: BaseException | None = None
        """Ctrl-C while the observer was called on the main thread."""

    @property
    def is_behind(self) -> bool:
        return not self.is_closed and (self._thread is not None or self.position < len(self.history.events))

    @property
    def is_delivering_here(self) -> bool:
        """True inside this observer's own ``on_next``."""
        return self._thread == threading.get_ident()

    def notify(self) -> bool:
        """Deliver what is there, unless a delivery is under way: that one then delivers this too."""
        history = self.history
        while not self.is_closed and self._delivering.acquire(False):
            self._thread = threading.get_ident()
            try:
                is_over = self._deliver()
            finally:
                self._thread = None
                self._delivering.release()
            if is_over:
                self.close()
            # Another thread may have appended between our last look and the release, and left that to us.
            elif self.position >= len(history.events) and not history.has_ended:
                history.caught_up()
                return False
        return not self.is_closed

    def _deliver(self) -> bool:
        """Deliver until nothing is left or the reader is closed. Returns True after the end or an error."""
        history, on_next = self.history, self._on_next
        events = history.events
        while not self.is_closed:
            # Read in this order: the end is set only after its events were appended.
            has_ended = history.has_ended
            position = self.position
            if position >= len(events):
                if has_ended:
                    self._deliver_end()
                return has_ended
            self.position = position + 1
            try:
                on_next(events[position])
            except USER_CODE_ERRORS as raised:
                log_raised(raised, history.name)
                pass_raised(raised, self._observer.on_error, history.name)
                if is_interrupt(raised):
                    self.interrupted_by = raised
                return True
        return False

    def _deliver_end(self) -> None:
        error, name = self.history.fresh_error(), self.history.name
        if error is None:
            complete(self._observer, name)
        else:
            end_with_error(self._observer, error, name, level_of(error))


class History:
    """An append-only list of events with any number of readers.

    ``on_watch`` is called when the first reader has come and when the last one has left. It must read
    ``is_watched`` itself, because two such calls may overtake each other. It is not called after the end.
    """

    def __init__(self, on_watch: Callable[[], None], name: str = "a stream") -> None:
        self.name = name
        self.events: list[AnyEvent] = []
        self.has_ended = False
        self.error: Exception | None = None
        self.readers: tuple[Reader, ...] = ()
        """The readers to notify; replaced by another tuple when one comes or leaves."""
        self._process = Process()
        self.watches = 0
        """How often a first reader has come."""
        self._lock = threading.Lock()
        self._traceback: TracebackType | None = None
        self._waiting: list[Callable[[], None]] = []
        self._on_watch = on_watch

    @property
    def is_watched(self) -> bool:
        """True while there is any reader."""
        return bool(self.readers)

    def join(self, reader: Reader) -> None:
        """Add a reader, or one that has left; it is notified at once of what is already there.

        Raises ClosedError in a forked process, unless the history has ended.
        """
        self.check_process()
        if not self._process.is_this:
            reader.is_closed = False
            reader.notify()
            return
        with self._lock:
            reader.is_closed = False
            is_first = not self.readers
            self.watches += is_first
            self.readers = (*self.readers, reader)
        reader.notify()
        if is_first and not self.has_ended:
            self._on_watch()

    def leave(self, reader: Reader) -> None:
        """Remove a reader."""
        if not self._process.is_this:
            return
        with self._lock:
            if reader not in self.readers:
                return
            self.readers = tuple(other for other in self.readers if other is not reader)
            is_last = not self.readers
        if is_last and not self.has_ended:
            self._on_watch()
        self.caught_up()

    def append(self, events: Sequence[AnyEvent]) -> None:
        """Add events and notify every reader, on this thread; without any, that a poll was made."""
        self.events.extend(events)  # in one step, so that no lock is needed
        self._notify()

    def _notify(self) -> None:
        for reader in self.readers:
            reader.notify()

    def end(self, error: Exception | None = None) -> None:
        """Nothing more will come: completed, or ended by ``error``. Only the first call counts."""
        with self._lock:
            if self.has_ended:
                return
            self.error = error
            self._traceback = error.__traceback__ if error is not None else None
            self.has_ended = True
            self._waiting.clear()
        self._notify()

    def fresh_error(self) -> Exception | None:
        """The error the stream ended with, with its traceback of then: raising it again and again adds nothing."""
        return None if self.error is None else self.error.with_traceback(self._traceback)

    @property
    def is_behind(self) -> bool:
        """True while any reader is behind."""
        for reader in self.readers:  # noqa: SIM110 - as a loop it costs half as much
            if reader.is_behind:
                return True
        return False

    def when_caught_up(self, action: Callable[[], None]) -> None:
        """Run ``action`` once no reader is behind: now, or later on the thread of the slowest reader."""
        if not self._waiting and not self.is_behind:
            action()
            return
        with self._lock:
            self._waiting.append(action)
        self.caught_up()

    def caught_up(self) -> None:
        """A reader made progress; run the waiting actions if it was the last one behind."""
        if not self._waiting or not self._process.is_this:
            return
        with self._lock:
            for reader in self.readers:
                if reader.is_behind:
                    return
            actions, self._waiting = self._waiting, []
        for action in actions:
            action()

    @property
    def is_delivering_here(self) -> bool:
        """True inside a handler of this very stream."""
        return any(reader.is_delivering_here for reader in self.readers)

    def check_process(self) -> None:
        """Raise ClosedError in a fork of the process that made it, where nothing more will come."""
        if not (self._process.is_this or self.has_ended):
            raise ClosedError(FORKED)

    def check_wait(self) -> None:
        """Raise where waiting for more would never end: RuntimeError inside a handler of this very stream,
        ClosedError in a forked process."""
        self.check_process()
        if self.is_delivering_here:
            raise RuntimeError(
                f"Waiting inside a handler of {self.name} would wait for itself;"
                " wait outside, or use the OperationFinished event."
            )
