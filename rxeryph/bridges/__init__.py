"""From a stream to a loop, blocking or on asyncio, and in ``recording`` to a file and back."""

from .asynchronous import aiter_events, aiterate
from .blocking import iter_events, iterate, wait_for

__all__ = ["aiter_events", "aiterate", "iter_events", "iterate", "wait_for"]
