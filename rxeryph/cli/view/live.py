"""The view of a terminal: one row per operation, redrawn in place, with the log scrolling above."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.text import Text

from ...events import AnyEvent, OperationFinished, PollFailed, TrackingFailed
from ...outcome import OperationResult
from .board import Board
from .cells import padded
from .charset import charset_of
from .layout import Line, Role, layout
from .log_lines import log_line, repeats_bar, with_short_digests
from .reasons import Reason, reason_of, reasons_of
from .region import Region, reflows
from .rows import choose, count_of_rest, row_of

STYLES = {
    Role.PLAIN: "",
    Role.NAME: "cyan",
    Role.QUIET: "dim",
    Role.RUNNING: "cyan",
    Role.TROUBLE: "yellow",
    Role.COMPLETED: "green",
    Role.FAILED: "red",
    Role.CANCELLED: "yellow",
    Role.BAR: "cyan",
}

SHORTEST_GAP = 0.1
"""Seconds between two drawings, however fast events come."""

SHARE = 0.1
"""The share of the time that drawing may take; with thousands of operations, the gaps become longer."""

FRAMES = 5
"""Frames of the spinner per second."""


def terminal() -> Console | None:
    """The console of a terminal whose cursor can be moved; None if stdout is something else.

    It has no styles at all with NO_COLOR.
    """
    console = Console(highlight=False)
    if not console.is_terminal or console.is_dumb_terminal:
        return None
    return Console(highlight=False, color_system=None) if os.environ.get("NO_COLOR") else console


class LiveView:
    """Redraws the rows with events and ticks, on the calling thread."""

    def __init__(
        self,
        console: Console,
        names: Mapping[str, str],
        now: Callable[[], float] = time.monotonic,
        *,
        options: str = "",
    ) -> None:
        self._console = console
        self._now = now
        self._options = options
        self._charset = charset_of(console.encoding, os.environ, is_legacy_windows=console.legacy_windows)
        self._board = Board(names, self._charset, now())
        self._region = Region(console, self._picture, reflows=reflows())
        self._is_running = False
        self._next = 0.0
        """When the rows may be drawn again."""
        self._log: list[tuple[str, str, Role]] = []
        """Name, text and role of each log line that was not printed yet."""
        self._has_log = False
        """True if the log has lines, which an empty line separates from the rows."""

    def __enter__(self) -> Self:
        self._region.start()
        self._is_running = True
        self._next = self._now() + SHORTEST_GAP
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_running:
            self._end(self._room(self._console.height))

    def name(self, operation_id: str, name: str) -> None:
        self._board.name(operation_id, name, self._now())
        self._draw_soon()

    def show(self, event: AnyEvent) -> None:
        followed = self._board.note(event, self._now())
        text = log_line(event)
        if text is not None and not repeats_bar(event):
            is_trouble = isinstance(event, PollFailed | TrackingFailed)
            self._add_line(event.operation_id, text, Role.TROUBLE if is_trouble else Role.QUIET)
        elif isinstance(event, OperationFinished) and self._has_hidden_rows():
            reason = reason_of(followed, self._charset)
            if reason is not None:
                self._add_line(event.operation_id, f"Failed: {reason}", Role.FAILED)
        self._draw_soon()

    def tick(self) -> None:
        self._draw_soon()

    def summary(self, results: Mapping[str, OperationResult]) -> None:
        self._end(None)

    def _draw_soon(self) -> None:
        if self._is_running and self._now() >= self._next:
            self._draw()

    def _draw(self) -> None:
        began = self._now()
        log, self._log = self._log, []
        self._region.draw(line for each in log for line in self._log_lines(*each))
        ended = self._now()
        self._next = ended + max(SHORTEST_GAP, (ended - began) / SHARE)

    def _end(self, room: int | None) -> None:
        """Print the log to its end, the rows (up to ``room``) as they stay, and the reasons of failures."""
        self._draw()
        self._is_running = False
        self._region.stop()
        for line in self._lines(self._console.width, room, None):
            self._console.print(line)
        for reason in reasons_of(self._board.all, self._charset, self._options):
            self._console.print()
            self._print_reason(reason)

    def _picture(self, width: int, height: int) -> list[Text]:
        return self._lines(width, self._room(height), int(self._now() * FRAMES))

    @staticmethod
    def _room(height: int) -> int:
        """Lines for the rows: the log and an empty line keep a quarter of the screen, and the cursor a line."""
        return max(1, height - 1 - min(6, max(1, height // 4)))

    def _has_hidden_rows(self) -> bool:
        return len(self._board.all) > self._room(self._console.height)

    def _lines(self, width: int, room: int | None, frame: int | None) -> list[Text]:
        """The rows, below an empty line."""
        board, symbols = self._board, self._charset.symbols
        shown, rest = choose(list(board.all), len(board.all) if room is None else room)
        rows = [row_of(each, self._now(), self._charset) for each in shown]
        lines = layout(rows, board.names, width, symbols, frame)
        if rest:
            lines.append(((count_of_rest(rest)[:width], Role.QUIET),))
        return [Text(), *map(styled, lines)] if self._has_log else [*map(styled, lines)]

    def _add_line(self, operation_id: str, text: str, role: Role) -> None:
        short = with_short_digests(self._charset.clean(text), self._charset.symbols.ellipsis)
        self._has_log = True
        self._log.append((self._board.shown_names[operation_id], short, role))

    def _log_lines(self, name: str, text: str, role: Role) -> Iterable[Text]:
        column = self._board.names.column(self._console.width)
        return self._wrapped(Text(padded(name, column) + "  ", STYLES[Role.NAME]), Text(text, STYLES[role]))

    def _wrapped(self, start: Text, text: Text) -> Iterator[Text]:
        """The lines of ``text`` behind ``start``, which is as wide as further lines are indented."""
        width = self._console.width
        if start.cell_len > width // 2:
            yield start + text
            return
        first, *further = text.wrap(self._console, width - start.cell_len)
        yield start + first
        for line in further:
            yield Text(" " * start.cell_len) + line

    def _print_reason(self, reason: Reason) -> None:
        where = f' in "{reason.task}"' if reason.task else ""
        self._console.print(Text(f"{reason.name} failed{where}:", STYLES[Role.FAILED]))
        self._console.print(*self._wrapped(Text("  "), Text(reason.message)), sep="\n")
        hint = "  To see more, run:"
        fits = len(hint) + 1 + len(reason.command) <= self._console.width
        # On a line of its own, the terminal wraps the command, so that it can be copied.
        self._console.print(Text(f"{hint}{' ' if fits else chr(10)}{reason.command}"), soft_wrap=True)


def styled(line: Line) -> Text:
    """A line in the styles of its parts, never wrapped."""
    text = Text(no_wrap=True, overflow="ignore")
    for part, role in line:
        text.append(part, STYLES[role])
    return text
