"""Asyncio loops over streams. The event loop is never blocked, and wakes up once for a batch of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from reactivex import Observable
from reactivex.abc import SchedulerBase
from reactivex.disposable import SingleAssignmentDisposable

from ..events import AnyEvent
from ..polling.history import History, Reader
from ..scheduling import blocking_on
from ..scheduling.observable import scheduler_of
from .inbox import Inbox

A = TypeVar("A")


async def aiter_events(
    history: History, position: int = 0, scheduler: SchedulerBase | None = None
) -> AsyncIterator[AnyEvent]:
    """All events from ``position`` on, on the running event loop. A consumer that is far behind pauses the polling.

    Leaving the loop, or cancelling the task, stops reading. Raises the error that the stream ended with, and
    RuntimeError if the event loop itself runs on a worker of the connection, and no other worker would be left.
    """
    loop = asyncio.get_running_loop()
    news = asyncio.Event()

    def notify() -> None:
        try:
            loop.call_soon_threadsafe(news.set)
        except RuntimeError:
            reader.close()  # the event loop was closed before the iterator

    reader = Reader(history, position, notify)
    history.join(reader)
    try:
        while True:
            news.clear()
            while (event := reader.take()) is not None:
                yield event
            if reader.is_at_end:
                return
            history.check_wait()
            with blocking_on(scheduler):
                await news.wait()
    finally:
        reader.close()


def aiterate(observable: Observable[A]) -> AsyncIterator[A]:
    """The values of any ``observable``, whatever its threads, one after another on the running event loop.

    Subscribes when the first value is requested. Leaving the loop, or cancelling the task, disposes. Values that come
    faster than they are taken wait in memory; ``async for`` over an ``OperationStream`` itself slows its polling
    instead. For a limit in seconds use ``asyncio.timeout``. Raises the error that the observable ends with.
    """
    if not isinstance(observable, Observable):
        raise TypeError(f"aiterate() needs an observable such as a stream, not {type(observable).__name__}")
    return _aiterate(observable)


async def _aiterate(observable: Observable[A]) -> AsyncIterator[A]:
    loop = asyncio.get_running_loop()
    news = asyncio.Event()
    subscription = SingleAssignmentDisposable()
    scheduler = scheduler_of(observable)
    is_notified = False  # one wake-up for all values that come before the event loop looks

    def notify() -> None:
        nonlocal is_notified
        if is_notified:
            return
        is_notified = True
        try:
            loop.call_soon_threadsafe(news.set)
        except RuntimeError:
            subscription.dispose()  # the event loop was closed before the iterator

    inbox: Inbox[A] = Inbox(notify)
    try:
        subscription.disposable = observable.subscribe(inbox)
        while True:
            news.clear()
            is_notified = False
            has_ended = inbox.has_ended  # before the items, which are there when it is set
            while inbox.items:
                yield inbox.items.popleft()
            if has_ended:
                inbox.raise_error()
                return
            with blocking_on(scheduler):
                await news.wait()
    finally:
        subscription.dispose()
