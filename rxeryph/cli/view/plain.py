"""Lines for pipes, files and terminals that cannot move the cursor."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Self

from ...errors import RxEryphError
from ...events import AnyEvent, StatusChanged
from ...model import OperationStatus
from ...outcome import OperationResult
from .board import Board
from .cells import padded
from .charset import ASCII, Charset
from .log_lines import log_line
from .reasons import Reason, reason_of, reasons_of
from .rows import row_of


class PlainView:
    """One line for each log entry and each change of phase or status, without control codes."""

    def __init__(
        self, names: Mapping[str, str], now: Callable[[], float] = time.monotonic, *, options: str = ""
    ) -> None:
        self._now = now
        self._options = options
        self._began = now()
        self._charset = Charset(ASCII, sys.stdout.encoding or "utf-8")
        self._board = Board(names, self._charset, self._began)
        self._printed: dict[str, tuple[OperationStatus, str | None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, RxEryphError | KeyboardInterrupt):
            for reason in self._reasons():
                print(f"{reason.name} failed: {reason}")
            self._advise()

    def name(self, operation_id: str, name: str) -> None:
        self._board.name(operation_id, name, self._now())

    def show(self, event: AnyEvent) -> None:
        followed = self._board.note(event, self._now())
        text = log_line(event)
        if text is not None:
            self._print(event.operation_id, text)
        before = self._printed.get(event.operation_id)
        if before is None and not isinstance(event, StatusChanged):
            return  # no status was reported yet
        status = followed.progress.status
        phase = followed.progress.phase or (before and before[1])
        if (status, phase) != before:
            self._printed[event.operation_id] = status, phase
            shown = f": {phase}" if phase and not status.is_terminal else ""
            self._print(event.operation_id, f"[{status.value}{shown}]")

    def tick(self) -> None:
        """Nothing to redraw."""

    def summary(self, results: Mapping[str, OperationResult]) -> None:
        print()
        for followed in self._board.all:
            row = row_of(followed, self._now(), self._charset)
            why = reason_of(followed, self._charset) or row.text
            print(f"{self._padded(row.name)}  {row.word:<9}  {row.time:>8}  {why}".rstrip())
        self._advise()

    def _reasons(self) -> Iterator[Reason]:
        return reasons_of(self._board.all, self._charset, self._options)

    def _advise(self) -> None:
        for reason in self._reasons():
            print(f"To see more of {reason.name}, run: {reason.command}")
        sys.stdout.flush()

    def _print(self, operation_id: str, text: str) -> None:
        name = self._padded(self._board.shown_names[operation_id])
        print(f"{self._now() - self._began:6.1f}s  {name}  {self._charset.clean(text)}", flush=True)

    def _padded(self, name: str) -> str:
        return padded(name, self._board.names.longest)
