"""What a connection has done so far, for people who want to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts since the connection was opened, and how operations are polled now."""

    requests: int
    """Requests that were answered, of all kinds."""
    received: int
    """Bytes in the bodies of the answers."""
    polls: int
    """Polls of operations that were answered, by a request of their own or by a list."""
    lists: int
    """Lists of operations that were received to answer polls."""
    uses_lists: bool
    """True while polls that fall due together are answered by one list."""
    reason: str
    """Why, or why not."""
    owned: int = 0
    """Operations in the journal of the connection that it polls now."""
    followed: int = 0
    """Operations in use here that it follows in the journal: another process polls them, or is about to."""
    appended: int = 0
    """Records that it has stored in the journal."""
