"""Lines at the bottom of a terminal that are drawn again and again, while other output scrolls above them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.console import Console, ConsoleRenderable, Group, RenderHook
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from .above import Above

Picture = Callable[[int, int], Sequence[Text]]
"""Makes the lines for a width and a height."""


class Region(RenderHook):
    """Draws a picture below whatever else the console prints, on the thread that calls.

    The cursor waits on the line below, where a terminal shows ``^C``. Nothing is hidden or switched on, so that there
    is nothing to restore when the process is killed.
    """

    def __init__(self, console: Console, picture: Picture, *, reflows: bool) -> None:
        self._console = console
        self._picture = picture
        self._reflows = reflows
        self._drawn: list[int] = []
        """Cells of each line that is on the screen now."""
        self._above = Above()
        self._is_started = False

    def start(self) -> None:
        """Draw the picture, and keep it below all other output."""
        self._is_started = True
        self._console.file = self._console.file  # this stdout, not the one that takes its place
        self._console.push_render_hook(self)
        self._above.start()
        self.draw()

    def draw(self, lines: Iterable[Text] = ()) -> None:
        """Draw the picture again, below what was printed and below ``lines``, which the terminal wraps."""
        printed = map(Text.from_ansi, self._above.take())
        self._console.print(Group(*printed, *lines), end="", soft_wrap=True)

    def stop(self) -> None:
        """Remove the picture from the screen, and leave the console as it was."""
        if not self._is_started:
            return
        self._is_started = False
        self._above.stop()
        self._picture = lambda width, height: ()
        self.draw()
        self._console.pop_render_hook()

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Erase the picture, let the console print, and draw the picture below."""
        width, height = self._console.size
        erase = erasing(rows_of(self._drawn, width if self._reflows else None, height))
        lines = self._picture(width, height)
        self._drawn = [line.cell_len for line in lines]
        return [erase, *renderables, *lines]


def rows_of(drawn: Sequence[int], width: int | None, height: int) -> int:
    """Rows that lines of so many cells take on the screen; ``width`` is None where long lines do not wrap again."""
    rows = len(drawn) if width is None else sum(max(1, -(-cells // width)) for cells in drawn)
    return min(rows, height - 1)


def erasing(rows: int) -> Control:
    """Erases the line of the cursor and ``rows`` lines above it."""
    line = (ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))
    return Control(*line, *((ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2)) * rows)


def reflows(environ: Mapping[str, str] = os.environ) -> bool:
    """True for a terminal that wraps lines again when it becomes narrower, as nearly all do."""
    if environ.get("TERM") == "linux" or "XTERM_VERSION" in environ:
        return False
    if environ.get("TERM", "").startswith("screen") and "TMUX" not in environ:
        return False
    return sys.platform != "win32" or "WT_SESSION" in environ
