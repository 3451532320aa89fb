"""Where the next poll starts to read log entries."""

from __future__ import annotations

from ..model.timestamps import TICKS_PER_SECOND, format_ticks

DEFAULT_OVERLAP = 5.0


def log_time_stamp(newest: int | None, overlap: float = DEFAULT_OVERLAP) -> str | None:
    """The ``log_time_stamp`` that requests the last ``overlap`` seconds before the newest entry again.

    The server filters strictly greater, on a time that it stamps before it commits the entry. So a request from the
    newest entry on would miss entries of an equal or earlier time that appear later. ``newest`` is in ticks of the
    server's clock, None if no entry was seen; the client's clock is not used.
    """
    if newest is None:
        return None
    return format_ticks(max(0, newest - round(overlap * TICKS_PER_SECOND)))
