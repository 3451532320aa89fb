"""Events as log lines."""

from __future__ import annotations

import re

from ...events import AnyEvent, LogEntryAdded, PollFailed, PollRecovered, TrackingFailed

_PROGRESS = re.compile(r"=>\s*[\d.,\s]+%\s*completed\s*$")
_DIGEST = re.compile(r"\b([0-9a-f]{4})[0-9a-f]{24,}([0-9a-f]{4})\b")


def log_line(event: AnyEvent) -> str | None:
    """The line of an event; None if it has none."""
    match event:
        case LogEntryAdded(entry=entry):
            return entry.message
        case PollFailed(error=error, retry_in=retry_in):
            return f"{error} Retrying in {retry_in:.1f} s."
        case PollRecovered(failures=failures):
            return f"The server responds again after {failures} failed poll{'s' if failures > 1 else ''}."
        case TrackingFailed(error=error):
            return f"No longer followed: {error}"
        case _:
            return None


def repeats_bar(event: AnyEvent) -> bool:
    """True for a line that only repeats the percentage that its task reports, as of a download."""
    if not isinstance(event, LogEntryAdded) or event.task is None or not event.task.progress:
        return False
    return _PROGRESS.search(event.entry.message) is not None


def with_short_digests(text: str, ellipsis: str) -> str:
    """``text`` with the first and last four digits of each digest."""
    return _DIGEST.sub(rf"\1{ellipsis}\2", text)
