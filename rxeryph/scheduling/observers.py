"""What happens when an observer raises. Observers run user code, which may raise anything; no one else is affected.

An observer that raises in ``on_next`` loses its subscription. The error is logged and passed to its own ``on_error``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from reactivex.abc import ObserverBase

from .log import logger

USER_CODE_ERRORS = BaseException
"""What is caught wherever a user's code is called: everything. ``pytest.fail`` and ``asyncio.CancelledError`` are no
Exceptions, and must not end a thread that others need either."""

SOME_STREAM = "a stream"


def as_exception(raised: BaseException) -> Exception:
    """``raised`` as an Exception, which is what ``on_error`` takes."""
    if isinstance(raised, Exception):
        return raised
    error = RuntimeError(f"User code raised {raised!r}")
    error.__cause__ = raised
    return error


def is_interrupt(raised: BaseException) -> bool:
    """True for Ctrl-C, which Python raises on the main thread: it is for the program, not only for a subscriber."""
    return isinstance(raised, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()


def log_raised(raised: BaseException, name: str = SOME_STREAM) -> None:
    """Log what a subscriber of the stream ``name`` raised in ``on_next``."""
    logger.error("A subscriber of %s raised; its subscription ends", name, exc_info=raised)


def pass_raised(raised: BaseException, on_error: Callable[[Exception], None], name: str = SOME_STREAM) -> None:
    """Pass what an observer raised in ``on_next`` to its own ``on_error``."""
    error = as_exception(raised)
    try:
        on_error(error)
    except USER_CODE_ERRORS as again:
        if again is not error:  # else it has no on_error of its own
            logger.exception("A subscriber of %s raised in on_error", name)


def end_with_error(observer: ObserverBase[Any], error: Exception, name: str, level: int = logging.ERROR) -> None:
    """Call ``on_error`` because the stream ``name`` ended with ``error``.

    An observer without an ``on_error`` of its own raises ``error`` again; that is logged at ``level``.
    """
    try:
        observer.on_error(error)
    except USER_CODE_ERRORS as raised:
        if raised is error:
            logger.log(level, "No subscriber handled the error that ended %s: %s", name, error)
        else:
            logger.exception("A subscriber of %s raised in on_error", name)


def complete(observer: ObserverBase[Any], name: str) -> None:
    """Call ``on_completed``."""
    try:
        observer.on_completed()
    except USER_CODE_ERRORS:
        logger.exception("A subscriber of %s raised in on_completed", name)
