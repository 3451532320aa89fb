"""Lines at the bottom of a terminal that are drawn again and again, while other output scrolls above them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO, cast

from rich.console import Console, ConsoleRenderable, RenderHook
from rich.control import Control
from rich.file_proxy import FileProxy
from rich.segment import ControlType
from rich.text import Text

Picture = Callable[[int, int], Sequence[Text]]
"""Makes the lines for a width and a height."""


class Region(RenderHook):
    """Draws a picture below whatever else the console prints.

    ``print`` and stderr scroll above it too, unless they are redirected.

    The cursor waits on the line below, where a terminal shows ``^C``. Nothing is hidden or switched on, so that there
    is nothing to restore when the process is killed. No thread is started.
    """

    def __init__(self, console: Console, picture: Picture, *, reflows: bool) -> None:
        self._console = console
        self._picture = picture
        self._reflows = reflows
        self._drawn: list[int] = []
        """Cells of each line that is on the screen now."""
        self._outputs: tuple[TextIO, TextIO] | None = None

    def start(self) -> None:
        """Draw the picture, and keep it below all other output."""
        self._console.push_render_hook(self)
        self._outputs = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = map(self._above, self._outputs)
        self.draw()

    def _above(self, output: TextIO) -> TextIO:
        """``output`` line by line through the console, unless it is written somewhere else."""
        return cast(TextIO, FileProxy(self._console, output)) if output.isatty() else output

    def draw(self) -> None:
        """Draw the picture again."""
        self._console.print(Control())

    def stop(self) -> None:
        """Remove the picture from the screen, and leave the console as it was."""
        if self._outputs is None:
            return
        sys.stdout.flush()
        sys.stderr.flush()
        (sys.stdout, sys.stderr), self._outputs = self._outputs, None
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
