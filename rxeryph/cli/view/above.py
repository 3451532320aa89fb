"""What is printed while rows are drawn, kept until it can be drawn above them."""

from __future__ import annotations

import io
import sys
from collections import deque
from typing import TextIO, cast


class Above:
    """Takes the place of stdout and stderr, unless they are redirected, and keeps what is written to them.

    Any thread and any signal handler may write; ``take`` is called by the thread that draws.
    """

    def __init__(self) -> None:
        self._written: deque[str] = deque()
        self._begun = ""
        self._outputs: tuple[TextIO, TextIO] | None = None

    def start(self) -> None:
        """Take the place of both."""
        self._outputs = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = map(self._stream_for, self._outputs)

    def stop(self) -> None:
        """Put both back."""
        if self._outputs is not None:
            (sys.stdout, sys.stderr), self._outputs = self._outputs, None

    def take(self) -> list[str]:
        """The lines that were written since the last call. One without an end waits for it, until ``stop``."""
        self._begun += "".join(self._written.popleft() for _ in range(len(self._written)))
        complete, end, begun = self._begun.rpartition("\n")
        if self._outputs is None and begun:
            complete, end, begun = self._begun, "\n", ""
        self._begun = begun
        return complete.split("\n") if end else []

    def _stream_for(self, output: TextIO) -> TextIO:
        return cast(TextIO, _Kept(output, self._written)) if output.isatty() else output


class _Kept(io.TextIOBase):
    def __init__(self, output: TextIO, written: deque[str]) -> None:
        self._output = output
        self._written = written

    def write(self, text: str) -> int:
        self._written.append(text)
        return len(text)

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._output.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._output.encoding
