"""``record`` writes the events of a stream to a file, ``replay`` makes the same stream of it again."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar, cast

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable
from reactivex.scheduler import CurrentThreadScheduler

from ..errors import ConfigurationError
from ..events import AnyEvent
from ..scheduling import MonotonicScheduler
from .recording_file import COMPLETED, DISPOSED, ERROR, RecordedEvent, RecordingWriter, read_recording

logger = logging.getLogger("rxeryph")

A = TypeVar("A")


def record(path: str | os.PathLike[str]) -> Callable[[Observable[A]], Observable[A]]:
    """Pass all events on untouched and write them to a new file, for ``replay``.

    .. marble::

        s---l---F|
          record("run.ndjson")
        s---l---F|

    Args:
        path: The file. It is made when somebody subscribes and never overwritten.

    The file is JSON lines in UTF-8; each event is in it before it is passed on, with the seconds since the
    subscription. Channel tokens, values marked as secret in a configuration, and results of unknown types
    are left out.

    A file that exists or cannot be written, and a value that is no event, end the stream with ConfigurationError.
    One subscription writes one file: of two subscribers the second is refused; reactivex's ``share()``
    behind ``record`` lets several share one. Ends when the source ends. Delivers on the source's thread.
    """
    file = os.fspath(path)

    def recorded(source: Observable[A]) -> Observable[A]:
        return _Recorded(source, file)

    return recorded


class _Recorded(Observable[A]):
    def __init__(self, source: Observable[A], path: str) -> None:
        super().__init__()
        self.scheduler = getattr(source, "scheduler", None)  # for the time operators that come after
        self._source = source
        self._path = path

    def _subscribe_core(self, observer: ObserverBase[A], scheduler: SchedulerBase | None = None) -> DisposableBase:
        elapsed = _stopwatch(scheduler or self.scheduler)
        try:
            writer = RecordingWriter(self._path)
        except ConfigurationError as error:
            observer.on_error(error)
            return Disposable()

        def on_next(event: A) -> None:
            try:
                writer.write(event, elapsed())
            except ConfigurationError as error:
                observer.on_error(error)
            else:
                observer.on_next(event)

        def on_error(error: Exception) -> None:
            try:
                writer.end(ERROR, elapsed(), error)
            except ConfigurationError as unwritten:  # the stream's own error matters more
                logger.error("The end of a stream was not recorded: %s", unwritten)
            observer.on_error(error)

        def on_completed() -> None:
            try:
                writer.end(COMPLETED, elapsed())
            except ConfigurationError as error:
                observer.on_error(error)
            else:
                observer.on_completed()

        def leave() -> None:
            try:
                writer.end(DISPOSED, elapsed())
            except ConfigurationError as error:  # nobody listens any more
                logger.error("The end of a stream was not recorded: %s", error)

        return CompositeDisposable(
            self._source.subscribe(on_next, on_error, on_completed, scheduler=scheduler), Disposable(leave)
        )


def _stopwatch(scheduler: SchedulerBase | None) -> Callable[[], float]:
    """Seconds from now on by the clock of ``scheduler``; by the monotonic clock without one."""
    if not isinstance(scheduler, SchedulerBase):
        began = time.monotonic()
        return lambda: time.monotonic() - began
    since = scheduler.now
    return lambda: max(0.0, (scheduler.now - since).total_seconds())  # a wall clock may have been set back


def replay(
    path: str | os.PathLike[str], *, speed: float = 1.0, scheduler: SchedulerBase | None = None
) -> Observable[AnyEvent]:
    """The stream that was recorded in ``path``: the same events at the same times, and the same end.

    Args:
        path: A file that ``record`` wrote.
        speed: How many times as fast, more than 0; ``float("inf")`` is all at once.
        scheduler: The clock and the threads to deliver on. None: the subscriber's, else a thread of its own.

    What is due at once comes on the subscribing thread, the rest on the scheduler's. Each subscriber gets a replay
    of its own from the beginning; the file is read as it goes. A recording of a stream that was left early
    completes after its last event. Results are not connected to a server, and an error that is not of this
    library comes back as a RxEryphError that names it.

    A file that cannot be read, has another version or a broken line is a ConfigurationError with the line on
    ``on_error``; one that was broken off is so after all its whole events.

    Raises ConfigurationError for a speed that is none.
    """
    if not speed > 0:
        raise ConfigurationError(f"speed must be more than 0, not {speed}.", member="speed")
    file = os.fspath(path)

    def subscribe(observer: ObserverBase[AnyEvent], subscribed: SchedulerBase | None = None) -> DisposableBase:
        player = _Player(file, speed, observer, scheduler or subscribed)
        CurrentThreadScheduler.singleton().schedule(player.play)  # once the subscriber is able to leave
        return player

    return Observable(subscribe)


class _Player(DisposableBase):
    """One replay: delivers what is due, and sees to it that it comes back for the rest."""

    def __init__(
        self, path: str, speed: float, observer: ObserverBase[AnyEvent], scheduler: SchedulerBase | None
    ) -> None:
        self._file = read_recording(path)
        self._speed = speed
        self._observer = observer
        self._own = MonotonicScheduler("rxeryph-replay") if scheduler is None else None
        self._scheduler = scheduler or self._own
        self._elapsed = _stopwatch(self._scheduler)
        self._waiting = SerialDisposable()
        self._next: RecordedEvent | None = None
        self._is_over = False
        self._playing = threading.Lock()

    def play(self, *_: object) -> None:
        """Deliver what is due, the event waited for first; an action for any scheduler."""
        wait = None
        try:
            with self._playing:
                wait = self._deliver(0.0 if self._next is None else self._next.at)
        except BaseException:  # of the subscriber
            self._is_over = True
            raise
        finally:
            if self._is_over:
                self._release()
        if wait is not None and self._scheduler is not None:
            self._waiting.disposable = self._scheduler.schedule_relative(wait, self.play)

    def _deliver(self, position: float) -> float | None:
        """Deliver all up to ``position`` and what is due meanwhile; the seconds until the next, None at the end.

        By position, because a clock may say that a tiny part of what was waited for is still missing.
        """
        while not self._is_over:
            try:
                recorded = self._next = self._next or next(self._file)
            except ConfigurationError as error:
                self._is_over = True
                self._observer.on_error(error)
                break
            wait = recorded.at / self._speed - self._elapsed()
            if recorded.at > position and wait > 0:
                return wait
            self._next = None
            if recorded.event is not None:
                self._observer.on_next(cast(AnyEvent, recorded.event))
                continue
            self._is_over = True
            if recorded.error is not None:
                self._observer.on_error(recorded.error)
            else:
                self._observer.on_completed()
        return None

    def dispose(self) -> None:
        """Deliver nothing more, close the file and end the own thread."""
        self._is_over = True
        self._waiting.dispose()
        self._release()

    def _release(self) -> None:
        if self._playing.acquire(False):  # else whoever plays does it in the end
            try:
                self._file.close()
            finally:
                self._playing.release()
        if self._own is not None:
            self._own.close(timeout=0.0)
