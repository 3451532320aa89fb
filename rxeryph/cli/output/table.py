"""Tables that fit the terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence

from .nouns import As, Column, Document
from .people import cut, shown, width

GAP = 2
SHORTEST_ID = 8
NARROW = 12
"""Columns of the terminal that a cell keeps when wide ones are cut, while others can be left out."""
NARROWEST = 6
"""What it keeps when there is nothing more to leave out."""


def terminal_width() -> int | None:
    """The columns of the terminal; None if stdout is none, and everything is printed in full."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def table(documents: Sequence[Document], columns: Sequence[Column], fit: int | None) -> Iterator[str]:
    """The lines of a table in at most ``fit`` columns; None prints all of every cell."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    ellipsis = "…" if _encoded("…", encoding) == "…" else "..."
    used = [column for column in columns if any(column.value(each) not in (None, []) for each in documents)]
    cells = [[_encoded(_cell(column, documents, each), encoding) for column in used] for each in documents]
    widths = [max(width(column.title), *(width(row[index]) for row in cells)) for index, column in enumerate(used)]
    if fit is not None:
        _fit(used, cells, widths, fit)
    for row in ([column.title for column in used], *cells):
        parts = [cut(cell, wide, ellipsis) for cell, wide in zip(row, widths, strict=True)]
        yield (
            (" " * GAP)
            .join(part + " " * (wide - width(part)) for part, wide in zip(parts, widths, strict=True))
            .rstrip()
        )


def _encoded(text: str, encoding: str) -> str:
    """``text`` as the output will show it, which is as wide."""
    return text.encode(encoding, "replace").decode(encoding)


def _fit(columns: list[Column], cells: list[list[str]], widths: list[int], fit: int) -> None:
    """Cut the widest columns, and leave out spare ones where that is not enough."""
    while True:
        too_much = sum(widths) + GAP * (len(widths) - 1) - fit
        spare = [index for index, each in enumerate(columns) if each.spare]
        limits = [
            wide if each.kind is not As.TEXT or each.path == "id" else NARROW if spare else NARROWEST
            for each, wide in zip(columns, widths, strict=True)
        ]
        room = [max(0, wide - limit) for wide, limit in zip(widths, limits, strict=True)]
        if too_much <= 0:
            return
        if sum(room) >= too_much or not spare:
            _cut(widths, limits, too_much)
            return
        for row in (columns, widths, *cells):
            del row[spare[-1]]  # type: ignore[attr-defined]


def _cut(widths: list[int], limits: list[int], too_much: int) -> None:
    for _ in range(too_much):
        widest = max(range(len(widths)), key=lambda index: (widths[index] - limits[index], widths[index]))
        if widths[widest] <= limits[widest]:
            return  # the terminal is too narrow; a line is wrapped rather than made unreadable
        widths[widest] -= 1


def _cell(column: Column, documents: Sequence[Document], document: Document) -> str:
    value = column.value(document)
    if column.kind is As.SHORT_ID:
        others = [str(each["id"]) for each in documents]
        return next(
            (
                start
                for length in range(SHORTEST_ID, 37)
                if sum(each.startswith(start := str(value)[:length]) for each in others) < 2
            ),
            str(value),
        )
    return shown(value, column.kind)
