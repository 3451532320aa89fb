"""How events are shown: redrawn lines on a terminal, plain lines elsewhere, JSON for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ...events import AnyEvent, LogEntryAdded, OperationFinished, PollFailed, PollRecovered
from ...model import OperationStatus
from ...model.text import escaped_json, one_line
from ...outcome import OperationResult
from ...tracking import Progress


class View(Protocol):
    """Shows events as they arrive, and a summary at the end.

    ``name`` adds an operation, or renames one, at any time; one that was never named is shown with the beginning of
    its id. All calls come from one thread.
    """

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def name(self, operation_id: str, name: str) -> None: ...
    def show(self, event: AnyEvent) -> None: ...
    def tick(self) -> None: ...
    def summary(self, results: Mapping[str, OperationResult]) -> None: ...


def make_view(names: Mapping[str, str], *, as_json: bool) -> View:
    """Choose the view for the current output. ``names`` maps operation ids to display names."""
    if as_json:
        return JsonView()
    console = Console()
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveView(console, names)
    return PlainView(names)


class JsonView:
    """One event per line, as JSON."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def name(self, operation_id: str, name: str) -> None:
        """Names are for people; every event has the id."""

    def show(self, event: AnyEvent) -> None:
        print(escaped_json(json.dumps(event.to_dict(), ensure_ascii=False)), flush=True)

    def tick(self) -> None:
        """Nothing to redraw."""

    def summary(self, results: Mapping[str, OperationResult]) -> None:
        """The ``finished`` events already contain the results."""


class _Board:
    """The progress of each operation, folded from its events."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = {operation_id: one_line(name) for operation_id, name in names.items()}
        self.progress = {operation_id: Progress(operation_id) for operation_id in names}
        self.ended: dict[str, float] = {}
        self.began = time.monotonic()

    def add(self, operation_id: str, name: str) -> None:
        """Name an operation."""
        self.names[operation_id] = one_line(name)
        self.progress.setdefault(operation_id, Progress(operation_id))

    def note(self, event: AnyEvent) -> Progress:
        """Record ``event`` and return the new progress of its operation."""
        operation_id = event.operation_id
        after = self.progress.get(operation_id, Progress(operation_id)).after(event)
        self.progress[operation_id] = after
        if isinstance(event, OperationFinished):
            self.ended[operation_id] = self.elapsed()
        return after

    def name(self, operation_id: str) -> str:
        return self.names.get(operation_id, one_line(operation_id[:8]))

    @property
    def width(self) -> int:
        return max((len(name) for name in self.names.values()), default=8)

    def elapsed(self) -> float:
        return time.monotonic() - self.began


class PlainView:
    """One line for each log entry and each change of phase or status, without control codes."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._board = _Board(names)
        self._printed: dict[str, tuple[OperationStatus, str | None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def name(self, operation_id: str, name: str) -> None:
        self._board.add(operation_id, name)

    def show(self, event: AnyEvent) -> None:
        progress = self._board.note(event)
        text = _line(event)
        if text is not None:
            self._print(event.operation_id, text)
        status, phase = self._printed.get(event.operation_id, (None, None))
        now = (progress.status, progress.phase or phase)
        if now != (status, phase):
            self._printed[event.operation_id] = now
            shown = f": {now[1]}" if now[1] and not now[0].is_terminal else ""
            self._print(event.operation_id, f"[{now[0].value}{shown}]")

    def tick(self) -> None:
        """Nothing to redraw."""

    def summary(self, results: Mapping[str, OperationResult]) -> None:
        print()
        for row in _rows(self._board, results):
            print("  ".join(cell for cell in row if cell), flush=True)

    def _print(self, operation_id: str, text: str) -> None:
        board = self._board
        print(f"{board.elapsed():6.1f}s  {board.name(operation_id):<{board.width}}  {one_line(text)}", flush=True)


class LiveView:
    """One redrawn line per operation, with the log scrolling above."""

    def __init__(self, console: Console, names: Mapping[str, str]) -> None:
        self._console = console
        self._board = _Board(names)
        self._spinner = Spinner("line")
        # Events and ticks redraw it on this thread; rich starts no thread of its own.
        self._live = Live(console=console, auto_refresh=False, transient=True, get_renderable=self._picture)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def name(self, operation_id: str, name: str) -> None:
        self._board.add(operation_id, name)
        self._live.refresh()

    def show(self, event: AnyEvent) -> None:
        self._board.note(event)
        text = _line(event)
        if text is not None:
            name = Text(f"{self._board.name(event.operation_id):<{self._board.width}}  ", style="cyan")
            is_trouble = isinstance(event, PollFailed)
            self._console.print(name.append(text, style="red" if is_trouble else "dim"), soft_wrap=False)
        self._live.refresh()

    def tick(self) -> None:
        self._live.refresh()

    def summary(self, results: Mapping[str, OperationResult]) -> None:
        self._live.stop()
        table = Table(box=None, pad_edge=False)
        for title in ("", "outcome", "duration", ""):
            table.add_column(title, overflow="fold")
        for name, outcome, duration, why in _rows(self._board, results):
            style = "green" if outcome == OperationStatus.COMPLETED.value else "red"
            table.add_row(Text(name, style="cyan"), Text(outcome, style=style), duration, Text(why))
        self._console.print()
        self._console.print(table)

    def _picture(self) -> Group:
        lines = []
        for operation_id, progress in self._board.progress.items():
            grid = Table.grid(padding=(0, 2))
            grid.add_column(width=self._board.width)
            grid.add_column(width=9)
            grid.add_column(width=7, justify="right")
            grid.add_column(width=26)
            grid.add_column(no_wrap=True, overflow="ellipsis")
            elapsed = self._board.ended.get(operation_id, self._board.elapsed())
            percentages = [*progress.percentages.values()]
            row: list[object] = [Text(self._board.name(operation_id), style="cyan"), _status(progress.status)]
            row.append(Text(f"{elapsed:.1f}s", style="dim"))
            if percentages:
                measured = Table.grid(padding=(0, 1))
                measured.add_row(ProgressBar(total=100, completed=percentages[0], width=20), f"{percentages[0]:3d}%")
                row.append(measured)
            else:
                row.append("" if progress.status.is_terminal else self._spinner)
            phase = None if progress.status.is_terminal else progress.phase
            row.append(Text(one_line(phase or progress.title or "")))
            grid.add_row(*row)  # type: ignore[arg-type]
            lines.append(grid)
        return Group(*lines)


def _status(status: OperationStatus) -> Text:
    styles = {
        OperationStatus.COMPLETED: "green",
        OperationStatus.FAILED: "red",
        OperationStatus.CANCELLED: "yellow",
    }
    return Text(one_line(status.value), style=styles.get(status, ""))


def _line(event: AnyEvent) -> str | None:
    """The log line for an event, if it has one."""
    match event:
        case LogEntryAdded(entry=entry):
            return one_line(entry.message)
        case PollFailed(error=error, retry_in=retry_in):
            return f"{error} Retrying in {retry_in:.1f} s."
        case PollRecovered(failures=failures):
            return f"The server responds again after {failures} failed poll{'s' if failures > 1 else ''}."
        case _:
            return None


def _rows(board: _Board, results: Mapping[str, OperationResult]) -> list[tuple[str, str, str, str]]:
    """Name, outcome, duration (by the server's clock) and reason of failure of each operation."""
    rows = []
    for operation_id in sorted(results, key=list(board.progress).index):
        result = results[operation_id]
        began, ended = result.operation.created, result.operation.ended_at
        duration = f"{(ended - began).total_seconds():.1f} s" if began and ended else ""
        why = "" if result.succeeded else result.status_message
        task = result.failure.task if result.failure else None
        if task is not None:
            why = f"{task.title}: {why}"
        name = f"{board.name(operation_id):<{board.width}}"
        rows.append((name, f"{one_line(result.status.value):<9}", f"{duration:>8}", one_line(why)))
    return rows


def prepare_output() -> None:
    """Print a question mark for a character that the output cannot encode, as with old Windows code pages."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
