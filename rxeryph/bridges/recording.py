"""``record`` writes the events of a stream to a file; ``replay`` in ``replaying`` is the way back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from reactivex import Observable
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import CompositeDisposable, Disposable

from ..errors import ConfigurationError
from ..scheduling.log import logger
from ..scheduling.observable import ScheduledObservable, scheduler_of
from .recording_file import COMPLETED, DISPOSED, ERROR, RecordingWriter

A = TypeVar("A")


def record(path: str | os.PathLike[str]) -> Callable[[Observable[A]], Observable[A]]:
    """Pass all events on unchanged, and write them to a new file for ``replay``.

    .. marble::

        s---l---F|
          record("run.ndjson")
        s---l---F|

    Args:
        path: The file. It is created on subscribing, and an existing file is never overwritten.

    The file is JSON lines in UTF-8. Each event is in it before it is passed on, with the seconds since the
    subscription. Channel tokens, values marked as secret in a configuration, and results of unknown types
    are left out.

    One subscription writes one file, so a second subscriber is refused; put the ``share()`` of reactivex behind
    ``record`` for several. A file that exists or cannot be written, and a value that is not an event, end the stream
    with ConfigurationError.

    Ends when the source ends, or with its error or such an error. Delivers on the source's thread. See also
    ``rxeryph.replay``.
    """
    file = os.fspath(path)

    return lambda source: ScheduledObservable(source, partial(_record, source, file))


def _record(
    source: Observable[A], path: str, observer: ObserverBase[A], scheduler: SchedulerBase | None
) -> DisposableBase:
    """One subscription to ``source``, written to ``path``."""
    elapsed = stopwatch(scheduler or scheduler_of(source))
    try:
        writer = RecordingWriter(path)
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
        except ConfigurationError as unwritten:  # the error of the stream is more important
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
        except ConfigurationError as error:  # no subscriber is left to get it
            logger.error("The end of a stream was not recorded: %s", error)

    return CompositeDisposable(
        source.subscribe(on_next, on_error, on_completed, scheduler=scheduler), Disposable(leave)
    )


def stopwatch(scheduler: SchedulerBase | None) -> Callable[[], float]:
    """Counts the seconds from now, on the clock of ``scheduler``, or without one on the monotonic clock."""
    if scheduler is None:
        began = time.monotonic()
        return lambda: time.monotonic() - began
    since = scheduler.now
    return lambda: max(0.0, (scheduler.now - since).total_seconds())  # a wall clock may have been set back
