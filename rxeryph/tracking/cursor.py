"""From where to ask for log entries next."""

from __future__ import annotations

from ..model.timestamps import TICKS_PER_SECOND, format_ticks

DEFAULT_OVERLAP = 5.0


def log_time_stamp(newest: int | None, overlap: float = DEFAULT_OVERLAP) -> str | None:
    """The ``log_time_stamp`` that asks again for the last ``overlap`` seconds before the newest entry.

    The server filters strictly greater on a time it stamps before the entry is committed, so asking from
    the newest entry on would lose entries of equal or earlier time that show up later. ``newest`` is in
    ticks of the server's clock, None when no entry was seen; the client's own clock plays no part.
    """
    if newest is None:
        return None
    return format_ticks(max(0, newest - round(overlap * TICKS_PER_SECOND)))
