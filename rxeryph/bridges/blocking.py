"""Blocking loops over streams: only the calling thread waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from reactivex import Observable
from reactivex.abc import SchedulerBase

from ..arguments import check_number
from ..events import AnyEvent
from ..polling.history import History, Reader
from ..scheduling import blocking_on
from ..scheduling.observable import scheduler_of
from .inbox import Inbox

A = TypeVar("A")

SLICE = 0.2
"""Longest single wait in seconds, because Ctrl-C does not interrupt an endless wait on Windows."""


def wait_for(event: threading.Event, timeout: float | None, scheduler: SchedulerBase | None) -> bool:
    """Wait up to ``timeout`` seconds (None: no limit) on the monotonic clock; True if ``event`` was set.

    ``scheduler`` is that of the stream that sets it. Raises RuntimeError on a worker of its connection if no other
    worker would be left.
    """
    if event.is_set():
        return True
    with blocking_on(scheduler):
        return _wait(event, timeout)


def _wait(event: threading.Event, timeout: float | None) -> bool:
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        left = SLICE if deadline is None else deadline - time.monotonic()
        if event.wait(max(0.0, min(SLICE, left))):
            return True
        if deadline is not None and time.monotonic() >= deadline:
            return False


def iter_events(history: History, scheduler: SchedulerBase | None = None) -> Iterator[AnyEvent]:
    """All events from the beginning, waiting for new ones; leaving the loop stops reading.

    Raises the error that the stream ended with, and what ``wait_for`` raises.
    """
    news = threading.Event()
    reader = Reader(history, 0, news.set)
    history.join(reader)
    try:
        while True:
            news.clear()
            while (event := reader.take()) is not None:
                yield event
            if reader.is_at_end:
                return
            history.check_wait()
            wait_for(news, None, scheduler)
    finally:
        reader.close()


def iterate(
    observable: Observable[A], timeout: float | None = None, *, tick: Callable[[], object] | None = None
) -> Iterator[A]:
    """The values of any ``observable``, one after another on the calling thread.

    Subscribes when the first value is requested; leaving the loop disposes. The observable must end within
    ``timeout`` seconds from then (None: no limit). ``tick`` is called on the calling thread about five times a second
    while no value comes, to refresh a display. Values that come faster than they are taken wait in memory; iterating
    over an ``OperationStream`` itself slows its polling instead.

    Raises the error that the observable ends with, TimeoutError, and what ``wait_for`` raises.
    """
    if not isinstance(observable, Observable):
        raise TypeError(f"iterate() needs an observable such as a stream, not {type(observable).__name__}")
    if timeout is not None:
        check_number(timeout, "iterate() needs 0 or more seconds, or None for no limit", least=0, is_finite=False)
    return _iterate(observable, timeout, tick)


def _iterate(observable: Observable[A], timeout: float | None, tick: Callable[[], object] | None) -> Iterator[A]:
    news = threading.Event()
    inbox: Inbox[A] = Inbox(news.set)
    scheduler = scheduler_of(observable)
    deadline = None if timeout is None else time.monotonic() + timeout
    subscription = observable.subscribe(inbox)
    try:
        while True:
            news.clear()
            has_ended = inbox.has_ended  # before the items, which are there when it is set
            while inbox.items and (has_ended or deadline is None or time.monotonic() < deadline):
                yield inbox.items.popleft()
            if has_ended:
                inbox.raise_error()
                return
            left = SLICE if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"The stream has not ended within {timeout:g} s.")
            if not wait_for(news, min(SLICE, left), scheduler) and tick is not None:
                tick()
    finally:
        subscription.dispose()
