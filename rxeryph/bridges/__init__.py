"""From a history of events to a blocking or an asyncio consumer."""

from .asynchronous import aiter_events
from .blocking import iter_events, wait_for

__all__ = ["aiter_events", "iter_events", "wait_for"]
