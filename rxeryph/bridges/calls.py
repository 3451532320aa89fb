"""Calls that block, made on the workers of a connection for a coroutine that waits without blocking."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ..errors import ClosedError
from ..polling import Engine
from ..scheduling import blocking_on
from ..scheduling.observers import USER_CODE_ERRORS, as_exception

T = TypeVar("T")

logger = logging.getLogger("rxeryph")


async def call_on_worker(engine: Engine, name: str, function: Callable[[], T]) -> T:
    """What ``function`` returns or raises, called on a worker. ``name`` is for messages.

    A call whose task is cancelled before a worker has begun it is never made. Later, it runs to its end, and its
    outcome is logged. Raises ClosedError if the connection is closed before it begins; a request that is under way
    then raises ClosedError itself.
    """
    call = _Call(name, function, asyncio.get_running_loop())
    engine.adopt(call)
    engine.submit(call.run)
    try:
        with blocking_on(engine.delivery):
            return await call.future
    finally:
        call.abandon()


class _Call(Generic[T]):
    """One call, and the future that waits for its outcome. It begins, or it is abandoned before, but never both."""

    def __init__(self, name: str, function: Callable[[], T], loop: asyncio.AbstractEventLoop) -> None:
        self.future: asyncio.Future[T] = loop.create_future()
        self._name = name
        self._function = function
        self._context = contextvars.copy_context()
        self._loop = loop
        self._lock = threading.Lock()
        self._has_begun = self._is_abandoned = False

    def run(self) -> None:
        """Make the call, on a worker."""
        with self._lock:
            if self._is_abandoned:
                return
            self._has_begun = True
        try:
            result = self._context.run(self._function)
        except USER_CODE_ERRORS as raised:
            error = RuntimeError(f"{self._name} raised {raised!r}") if isinstance(raised, StopIteration) else raised
            self._post(self._fail, as_exception(error))
        else:
            self._post(self._succeed, result)

    def fail(self, error: Exception) -> None:
        """The connection was closed; the call is not made if it has not begun."""
        if self.abandon():
            self._post(
                self._fail, ClosedError(f"The connection was closed before {self._name} began; nothing was sent.")
            )

    def abandon(self) -> bool:
        """Do not make the call; False if it has begun, or was abandoned before."""
        with self._lock:
            if self._has_begun or self._is_abandoned:
                return False
            self._is_abandoned = True
            return True

    def _post(self, settle: Callable[..., None], outcome: object) -> None:
        try:
            self._loop.call_soon_threadsafe(settle, outcome)
        except RuntimeError:  # the event loop was closed before the call ended
            self._note(outcome)

    def _succeed(self, result: T) -> None:
        if self.future.done():
            self._note(result)
        else:
            self.future.set_result(result)

    def _fail(self, error: Exception) -> None:
        if self.future.done():
            self._note(error)
        else:
            self.future.set_exception(error)

    def _note(self, outcome: object) -> None:
        verb = "raised" if isinstance(outcome, Exception) else "returned"
        logger.info("%s was no longer awaited when it %s %r", self._name, verb, outcome)
