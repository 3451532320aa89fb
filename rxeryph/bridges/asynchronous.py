"""Asyncio consumers: no event loop is ever blocked, and one wake-up carries a whole batch of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from reactivex import Observable
from reactivex.disposable import SingleAssignmentDisposable

from ..events import AnyEvent
from ..polling.history import History, Reader
from .inbox import Inbox

A = TypeVar("A")


async def aiter_events(history: History, position: int = 0) -> AsyncIterator[AnyEvent]:
    """All events from ``position`` on, on the running loop. A consumer that lags far behind pauses the polling.

    Leaving the loop, or cancelling the task, stops reading. Raises the error the stream ended with.
    """
    loop = asyncio.get_running_loop()
    news = asyncio.Event()

    def notify() -> None:
        try:
            loop.call_soon_threadsafe(news.set)
        except RuntimeError:
            reader.close()  # the loop was closed without the iterator

    reader = Reader(history, position, notify)
    history.join(reader)
    try:
        while True:
            news.clear()
            while (event := reader.take()) is not None:
                yield event
            if reader.is_at_end:
                return
            await news.wait()
    finally:
        reader.close()


async def aiterate(observable: Observable[A]) -> AsyncIterator[A]:
    """What ``observable`` emits, one after another on the running loop; any observable will do, on any thread.

    Subscribes when the first is asked for; leaving the loop, or cancelling the task, disposes. What comes faster
    than it is taken waits in memory; ``async for`` over an ``OperationStream`` itself slows its polling down
    instead. For a limit in seconds use ``asyncio.timeout``. Raises the error the observable ends with.
    """
    loop = asyncio.get_running_loop()
    news = asyncio.Event()
    subscription = SingleAssignmentDisposable()
    is_told = False  # one wake-up for all that comes until the loop looks

    def notify() -> None:
        nonlocal is_told
        if is_told:
            return
        is_told = True
        try:
            loop.call_soon_threadsafe(news.set)
        except RuntimeError:
            subscription.dispose()  # the loop was closed without the iterator

    inbox: Inbox[A] = Inbox(notify)
    try:
        subscription.disposable = observable.subscribe(inbox)
        while True:
            news.clear()
            is_told = False
            has_ended = inbox.has_ended  # before the items, which are there when it is set
            while inbox.items:
                yield inbox.items.popleft()
            if has_ended:
                inbox.raise_error()
                return
            await news.wait()
    finally:
        subscription.dispose()
