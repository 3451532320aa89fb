"""An emulated screen as SVG."""

from __future__ import annotations

from html import escape
from itertools import groupby

import pyte
from pyte.screens import Char

CELL, LINE, MARGIN = 8.4, 19, 14
BACKGROUND, FOREGROUND, QUIET = "#1c2028", "#d7dce5", "#828b9b"
COLOURS = {"red": "#f0717a", "green": "#83c874", "brown": "#e2b556", "cyan": "#62c4d8"}
"""By the emulator's names; its brown is yellow."""
FONT = "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def svg(screen: pyte.Screen, title: str) -> str:
    """The screen without the empty lines at its bottom."""
    last = max(y for y, line in enumerate(screen.display) if line.strip())
    width = screen.columns * CELL + 2 * MARGIN
    height = (last + 1) * LINE + 2 * MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}"'
        f' viewBox="0 0 {width:g} {height:g}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
        f'<g font-family="{FONT}" font-size="14" fill="{FOREGROUND}" xml:space="preserve">',
    ]
    for y in range(last + 1):
        lines += _line(screen, y)
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _line(screen: pyte.Screen, y: int) -> list[str]:
    cells = [(x, screen.buffer[y][x]) for x in range(screen.columns)]
    runs = [[*run] for _, run in groupby(cells, lambda cell: _colour(cell[1]))]
    return [_text(run, y) for run in runs if any(char.data.strip() for _, char in run)]


def _text(run: list[tuple[int, Char]], y: int) -> str:
    """One colour. The length is given, so that columns are aligned in every font."""
    written = "".join(char.data for _, char in run)
    shown = written.strip()
    x = run[0][0] + len(written) - len(written.lstrip())
    place = f'x="{MARGIN + x * CELL:g}" y="{MARGIN + (y + 0.74) * LINE:g}" textLength="{len(shown) * CELL:g}"'
    colour = _colour(run[0][1])
    fill = "" if colour == FOREGROUND else f' fill="{colour}"'
    return f"<text {place}{fill}>{escape(shown, quote=False)}</text>"


def _colour(char: Char) -> str:
    return QUIET if char.blink else COLOURS.get(char.fg, FOREGROUND)
