"""``replay`` delivers the events in a file that ``record`` wrote, at the same times as then."""

from __future__ import annotations

import os
import threading
from typing import cast

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import SerialDisposable
from reactivex.scheduler import CurrentThreadScheduler

from ..arguments import check_number
from ..errors import ConfigurationError
from ..events import AnyEvent
from ..scheduling import MonotonicScheduler
from ..scheduling.observers import USER_CODE_ERRORS, is_interrupt, log_raised, pass_raised
from .recording import stopwatch
from .recording_file import RecordedEnd, RecordedEvent, read_recording


def replay(
    path: str | os.PathLike[str], *, speed: float = 1.0, scheduler: SchedulerBase | None = None
) -> Observable[AnyEvent]:
    """The stream that was recorded in ``path``: the same events at the same times, and the same end.

    Args:
        path: A file that ``record`` wrote.
        speed: How many times as fast as then, more than 0. Default 1.0; ``float("inf")`` is all at once.
        scheduler: Its clock measures the times, its threads deliver. Default: the subscriber's, else a thread of its
            own.

    Each subscriber gets its own replay from the beginning; the file is read while it runs. Results are not connected
    to a server. An error of another library comes back as a RxEryphError that names it. Raises ConfigurationError for
    a speed out of range.

    Ends as the recorded stream did; a recording that was left early completes after its last event. A file that
    cannot be read, has another version or a broken line ends the stream with a ConfigurationError that names the
    line, after the events before that line. Delivers on the scheduler's threads, and on the subscribing thread the
    events that are due at once. See also ``record``.
    """
    try:
        check_number(speed, "speed must be more than 0", above=0, is_finite=False)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{error}.", member="speed") from None
    file = os.fspath(path)

    def subscribe(observer: ObserverBase[AnyEvent], subscribed: SchedulerBase | None = None) -> DisposableBase:
        player = _Player(file, speed, observer, scheduler or subscribed)
        CurrentThreadScheduler.singleton().schedule(player.play)  # so that the subscriber can dispose inside on_next
        return player

    return Observable(subscribe)


class _Player(DisposableBase):
    """One replay: delivers the events that are due, and schedules itself for the rest."""

    def __init__(
        self, path: str, speed: float, observer: ObserverBase[AnyEvent], scheduler: SchedulerBase | None
    ) -> None:
        self._file = read_recording(path)
        self._speed = speed
        self._observer = observer
        self._own = MonotonicScheduler("rxeryph-replay")  # it starts its thread when it is used
        self._scheduler = scheduler or self._own
        self._elapsed = stopwatch(self._scheduler)
        self._waiting = SerialDisposable()
        self._next: RecordedEvent | RecordedEnd | None = None
        self._is_over = False
        self._playing = threading.Lock()

    def play(self, *_: object) -> None:
        """Deliver the events that are due, first the one waited for; an action for any scheduler."""
        wait = None
        try:
            with self._playing:
                wait = self._deliver(0.0 if self._next is None else self._next.at)
        except USER_CODE_ERRORS as raised:
            self._is_over = True
            log_raised(raised, "a replay")
            pass_raised(raised, self._observer.on_error, "a replay")
            if is_interrupt(raised):
                raise
        finally:
            if self._is_over:
                self._release()
        if wait is not None:
            self._waiting.disposable = self._scheduler.schedule_relative(wait, self.play)

    def _deliver(self, position: float) -> float | None:
        """Deliver all events up to ``position``, and those due; return the seconds until the next, None at the end.

        ``position`` counts because after a wait the clock may be a tiny part behind it.
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
            if isinstance(recorded, RecordedEvent):
                self._observer.on_next(cast(AnyEvent, recorded.event))
                continue
            self._is_over = True
            if recorded.error is not None:
                self._observer.on_error(recorded.error)
            else:
                self._observer.on_completed()
        return None

    def dispose(self) -> None:
        """Deliver nothing more, close the file and end the thread of this replay."""
        self._is_over = True
        self._waiting.dispose()
        self._release()

    def _release(self) -> None:
        if self._playing.acquire(False):  # else ``play`` is running, and releases at its end
            try:
                self._file.close()
            finally:
                self._playing.release()
        self._own.close(timeout=0.0)
