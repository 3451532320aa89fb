"""From a stream to a blocking or an asyncio consumer; ``recording`` is the bridge to a file and back."""

from .asynchronous import aiter_events, aiterate
from .blocking import iter_events, iterate, wait_for

__all__ = ["aiter_events", "aiterate", "iter_events", "iterate", "wait_for"]
