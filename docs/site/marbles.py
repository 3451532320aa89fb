"""The drawings in the docstrings of operators become pictures, made from the lines that the tests run."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import griffe

STEP, ROW, MARGIN = 24, 48, 22
"""Pixels from column to column, from row to row, and from the first row to the top."""
COLOURS = 6
"""How many colours of circles ``site.css`` has."""
DRAWING = re.compile(r"\.\. marble::\n\n((?: {4}.*\n?)+)")


class Marbles(griffe.Extension):
    """Replaces each drawing by a picture, with the lines that explain its letters below it."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        if func.docstring is not None:
            func.docstring.value = DRAWING.sub(lambda match: figure(match[1]), func.docstring.value)


def figure(drawing: str) -> str:
    """The lines of a drawing as one line of HTML."""
    lines = [line[4:].rstrip() for line in drawing.splitlines()]
    letters = [line for line in lines if re.match(r"\w = ", line)]
    *sources, call, outcome = (line for line in lines if line not in letters)
    caption = "".join(f"<code>{escape(line)}</code>" for line in letters)
    caption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="marble">{svg(sources, call.strip(), outcome)}{caption}</figure>\n'


def svg(sources: list[str], call: str, outcome: str) -> str:
    """The sources, the operator in a box, and what comes out. ``site.css`` has the colours."""
    columns = max(len(row) for row in (*sources, outcome))
    width = max(STEP * (columns + 1), 9 * len(call) + 2 * STEP)
    middle = MARGIN + ROW * len(sources)
    height = middle + ROW + MARGIN
    rows = [*(row(line, MARGIN + ROW * place) for place, line in enumerate(sources)), row(outcome, middle + ROW)]
    box = f'<rect x="1" y="{middle - 15}" width="{width - 2}" height="30" rx="4"/>'
    label = f'<text class="call" x="{width / 2:g}" y="{middle + 5}">{escape(call)}</text>'
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg {size} role="img" aria-label="Marbles of {escape(call)}">{box}{label}{"".join(rows)}</svg>'


def row(line: str, y: int) -> str:
    """One stream: a line, and a circle for each event. Events of the same second share an outline."""
    end = STEP * (len(line) + 0.5)
    drawn = [f'<path d="M{STEP / 2:g} {y}H{end:g}"/>']
    for group in re.finditer(r"\((\w+)(\|?)\)", line):
        left, width = STEP * (group.start() + 1.5) - 1, STEP * len(group[1]) + 2
        drawn.append(f'<rect class="same" x="{left:g}" y="{y - 14}" width="{width}" height="28" rx="14"/>')
    for column, character in enumerate(line):
        x = STEP * (column + 1)
        if character == "|":
            drawn.append(f'<path d="M{x} {y - 12}v24"/>')
        elif character == "#":
            drawn.append(f'<path d="M{x - 8} {y - 8}l16 16m0 -16l-16 16"/>')
        elif character.isalpha():
            drawn.append(f'<circle class="c{ord(character) % COLOURS}" cx="{x}" cy="{y}" r="10"/>')
            drawn.append(f'<text x="{x}" y="{y + 4}">{character}</text>')
    return "".join(drawn)
