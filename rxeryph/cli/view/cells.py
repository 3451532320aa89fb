"""Text measured in the cells of a terminal, two for a wide character. Text here has no control characters."""

from __future__ import annotations

from itertools import accumulate

from rich.cells import get_character_cell_size

SHORTEST_PATH = 8
"""Cells of the end of a path that are worth showing."""


def width_of(text: str) -> int:
    """The number of cells."""
    return len(text) if text.isascii() else sum(map(get_character_cell_size, text))


def padded(text: str, width: int) -> str:
    """``text`` with spaces up to ``width`` cells."""
    return text + " " * (width - width_of(text))


def cut(text: str, width: int, ellipsis: str) -> str:
    """``text`` in at most ``width`` cells; what does not fit is cut off the end."""
    return _joined(text, "", width, ellipsis, width)


def cut_middle(text: str, width: int, ellipsis: str) -> str:
    """The same, cut out of the middle."""
    return _joined(text, text, width, ellipsis, (width - width_of(ellipsis) + 1) // 2)


def cut_activity(text: str, width: int, ellipsis: str) -> str:
    """The same for a phrase that may end with a path: if there is room, the end of the path stays too.

    If there is not enough for the whole phrase, its part up to a colon stays: "Create catlet db: …/20250101:sda".
    """
    phrase, _, path = text.rpartition(" ")
    if width_of(text) > width and "/" in path:
        subject, colon, _ = phrase.partition(": ")
        for start in (phrase, f"{subject}:" if colon else phrase):
            start = f"{start} {ellipsis}".lstrip()
            room = width - width_of(start)
            if room >= SHORTEST_PATH:
                end = _end(path, room)
                slash = end.find("/")
                return start + (end[slash + 1 :] if 0 <= slash < len(end) // 3 else end)
    return cut(text, width, ellipsis)


def _joined(text: str, tail: str, width: int, ellipsis: str, start_width: int) -> str:
    if width_of(text) <= width:
        return text
    room = width - width_of(ellipsis)
    if room <= 0:
        return _start(text, width)
    start = _start(text, min(start_width, room))
    return start.rstrip() + ellipsis + _end(tail, room - width_of(start))


def _start(text: str, width: int) -> str:
    """The longest beginning of at most ``width`` cells."""
    ends = accumulate(map(get_character_cell_size, text))
    return text[: next((place for place, end in enumerate(ends) if end > width), len(text))]


def _end(text: str, width: int) -> str:
    return _start(text[::-1], width)[::-1]
