"""Asyncio consumers: no event loop is ever blocked, and one wake-up carries a whole batch of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ..events import AnyEvent
from ..polling.history import History, Reader


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
