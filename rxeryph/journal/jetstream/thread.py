"""The thread of a ``NatsJournal``: an event loop, and functions of other threads that wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from ...errors import ClosedError, JournalError
from ...process import Process, ProcessLock
from ...scheduling.log import logger

ResultT = TypeVar("ResultT")


class LoopThread:
    """A daemon thread with an event loop, from the beginning until ``close``."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._process = Process()
        self._lock = ProcessLock()
        self._is_closed = False
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._note)
        self._thread = threading.Thread(target=self._serve, name="rxeryph-journal", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise ClosedError after the end, and in a fork."""
        if not self._process.is_this:
            raise ClosedError(
                "This journal was opened by another process, of which this one is a fork. Open it again here."
            )
        if self._is_closed:
            raise self._closed()

    def run(self, function: Callable[..., Coroutine[Any, Any, ResultT]], *arguments: Any) -> ResultT:
        """What the coroutine returns. Raises what it raises, and ClosedError after the end or in a fork."""
        self.check()
        if threading.current_thread() is self._thread:
            raise RuntimeError("A function that a journal notifies must not use the journal; it would wait for ever.")
        with self._lock:
            if self._is_closed:
                raise self._closed()
            future = asyncio.run_coroutine_threadsafe(function(*arguments), self._loop)
        try:
            return future.result()
        except CancelledError:
            raise self._closed() from None
        except JournalError:
            if self._is_closed:  # which ended its connection
                raise self._closed() from None
            raise
        finally:
            future.cancel()  # does nothing, unless the waiting was interrupted

    def close(self, finish: Callable[[], Awaitable[None]]) -> None:
        """End what runs, then ``finish``, then the thread."""
        if not self._process.is_this:
            return
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._end(finish)))
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _end(self, finish: Callable[[], Awaitable[None]]) -> None:
        try:
            await finish()
        finally:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._loop.stop()

    def _note(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # nats-py may break down in a task of its own when a connection is lost. Who uses the connection notices.
        # Python says so when it collects the task, which may be long after the end: then it is no news.
        if self._is_closed:
            return
        logger.info("The journal %s: %s: %r", self._place, context["message"], context.get("exception"))

    def _closed(self) -> ClosedError:
        return ClosedError(f"The journal {self._place} is closed.")
