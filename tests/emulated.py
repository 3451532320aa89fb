"""What a person sees on an emulated screen."""

from __future__ import annotations

import pyte


def lines_of(screen: pyte.Screen) -> list[str]:
    """The lines without spaces at the ends and without empty ones at the bottom."""
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    return lines
