"""Rows as lines of a given width. When space is short, the middle shrinks first; a name of up to 16 characters stays.

Pure: a line is a tuple of parts, each a string and the role that decides its style.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from .cells import cut, cut_activity, cut_middle, padded, width_of
from .charset import Symbols
from .rows import Kind, Row

WIDEST = 120
"""Cells beyond which lines do not grow: the time stays near the name."""

WORD = 9
"""Cells of the longest word for a state."""

COMPLETE_NAME = 16
"""Characters of a name that are always shown, unless the whole line has no room for them."""


class Role(StrEnum):
    """What a part of a line is, for its style."""

    PLAIN = ""
    NAME = "name"
    QUIET = "quiet"
    RUNNING = "running"
    TROUBLE = "trouble"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BAR = "bar"


Line: TypeAlias = tuple[tuple[str, Role], ...]

_ROLES = {
    Kind.RUNNING: Role.RUNNING,
    Kind.TROUBLE: Role.TROUBLE,
    Kind.WAITING: Role.QUIET,
    Kind.QUEUED: Role.QUIET,
    Kind.COMPLETED: Role.COMPLETED,
    Kind.FAILED: Role.FAILED,
    Kind.CANCELLED: Role.CANCELLED,
    Kind.LOST: Role.TROUBLE,
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths that all rows share; 0 for what is left out."""

    name: int
    gap: int
    middle: int
    bar: int
    time: int

    @classmethod
    def of(cls, name: int, rows: Sequence[Row], width: int) -> Columns:
        """The columns of ``rows`` in ``width`` cells, if the longest name has ``name`` cells."""
        name = min(name, width)
        gap = 2 if width >= 40 else 1
        time = max((width_of(row.time) for row in rows), default=4)
        time = max(time, 6)
        middle = width - name - 2 * gap - 2 - time
        if middle < 10:  # without the time
            time, middle = 0, width - name - gap - 2
        bar = min(max(middle // 4, 0), 24)
        return cls(name, gap, max(0, middle), bar if bar >= 5 else 0, time)


class Names:
    """The cells that all names need, also those without a row, so that columns stay in place."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._complete = 0
        """Of the longest name that is never shortened."""
        self.longest = 0
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        self.longest = max(self.longest, width_of(name))
        if len(name) <= COMPLETE_NAME:
            self._complete = max(self._complete, width_of(name))

    def column(self, width: int) -> int:
        """The cells of the names in lines of ``width`` cells."""
        return max(self._complete, min(self.longest, longest_name(width)))


def longest_name(width: int) -> int:
    """The cells to which names of more than 16 characters are shortened, in lines of ``width`` cells."""
    return max(COMPLETE_NAME, min(width, WIDEST) // 4)


def layout(rows: Sequence[Row], names: Names, width: int, symbols: Symbols, frame: int | None) -> list[Line]:
    """One line per row, none wider than ``width`` cells.

    ``frame`` moves the spinner; None is for rows that are not drawn again.
    """
    width = min(width, WIDEST)
    columns = Columns.of(names.column(width), rows, width)
    return [_line(row, columns, width, symbols, frame) for row in rows]


def _line(row: Row, columns: Columns, width: int, symbols: Symbols, frame: int | None) -> Line:
    name = row.name
    if len(name) > COMPLETE_NAME:
        name = cut_middle(name, longest_name(width), symbols.ellipsis)
    name = cut(name, columns.name, symbols.ellipsis)
    parts = [(padded(name, columns.name), Role.NAME)]
    if width - columns.name > columns.gap:
        parts += [(" " * columns.gap, Role.PLAIN), (_symbol(row.kind, symbols, frame), _ROLES[row.kind])]
    if columns.middle:
        middle = [*_middle(row, columns, symbols, is_still=frame is None)]
        used = sum(width_of(text) for text, _ in middle)
        parts += [(" ", Role.PLAIN), *middle]
        if columns.time:
            time = row.time.rjust(columns.time)
            parts += [(" " * (columns.middle - used + columns.gap), Role.PLAIN), (time, Role.QUIET)]
    return trimmed(parts)


def _symbol(kind: Kind, symbols: Symbols, frame: int | None) -> str:
    match kind:
        case Kind.COMPLETED:
            return symbols.completed
        case Kind.FAILED:
            return symbols.failed
        case Kind.CANCELLED:
            return symbols.cancelled
        case Kind.TROUBLE | Kind.LOST:
            return symbols.trouble
        case Kind.RUNNING if frame is not None:
            return symbols.running[frame % len(symbols.running)]
    return symbols.queued


def _middle(row: Row, columns: Columns, symbols: Symbols, *, is_still: bool) -> Iterator[tuple[str, Role]]:
    """State, activity and bar, in at most the cells of the middle."""
    room, ellipsis = columns.middle, symbols.ellipsis
    bar = [] if row.percent is None or room < 5 else [*_bar(row.percent, columns.bar, symbols)]
    room -= sum(width_of(text) for text, _ in bar)
    word = row.word or ("Running" if is_still and row.kind == Kind.RUNNING else "")
    text = row.text
    left = room
    if word:
        shown = cut(padded(word, WORD) if text and room > WORD + 10 else word, left, ellipsis)
        yield shown, _ROLES[row.kind]
        left -= width_of(shown)
        if text and left >= 6:
            yield "  ", Role.PLAIN
            left -= 2
        else:
            text = ""
    shown = (cut_activity if row.kind in (Kind.RUNNING, Kind.TROUBLE) else cut)(text, left, ellipsis)
    yield shown, Role.QUIET if row.kind == Kind.WAITING else Role.PLAIN
    if bar:
        yield " " * (left - width_of(shown)), Role.PLAIN
        yield from bar


def _bar(percent: int, width: int, symbols: Symbols) -> Iterator[tuple[str, Role]]:
    """The bar after a gap, and the percentage in five cells."""
    percent = min(max(percent, 0), 100)
    if width:
        halves = 2 * width * percent // 100
        full = symbols.full * (halves // 2) + (symbols.half if halves % 2 else "")
        yield "  ", Role.PLAIN
        yield full, Role.BAR
        yield symbols.rest * (width - width_of(full)), Role.QUIET
    yield f"{percent:4d}%", Role.PLAIN


def trimmed(parts: Sequence[tuple[str, Role]]) -> Line:
    """A line without spaces at its end."""
    line = [part for part in parts if part[0]]
    while line and not line[-1][0].strip():
        line.pop()
    if line:
        line[-1] = (line[-1][0].rstrip(), line[-1][1])
    return tuple(line)
