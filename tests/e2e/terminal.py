"""A command on a pseudo terminal, whose screen a terminal emulator draws."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import pyte

from tests.emulated import lines_of

PATIENCE = 60.0
"""Seconds to wait for a screen."""

END = b"\0"
"""Written after the command. What is on its way when a terminal is closed is lost on some systems."""


class Terminal:
    """Runs a command of rxeryph. ``screen`` is what a person sees, ``history`` what has scrolled away at the top.

    It is a terminal that does not wrap its lines again when it is resized, like xterm.
    """

    def __init__(self, *arguments: str, columns: int = 80, rows: int = 24, **environ: str) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=10_000, ratio=1e-9)
        self.written = b""
        """Every byte that the command wrote."""
        self._stream = pyte.ByteStream(self.screen)
        self._master, self._slave = pty.openpty()
        self._has_ended = False
        self._set_size(columns, rows)
        hidden = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PYTHONWARNINGS", "TMUX")
        inherited = {name: value for name, value in os.environ.items() if name not in hidden}
        usual = {"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)", "PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rxeryph", *arguments],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**inherited, **usual, **environ},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self._ender = threading.Thread(target=self._end)
        self._ender.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.finish()
        self._ender.join()
        os.close(self._slave)
        os.close(self._master)

    @property
    def lines(self) -> list[str]:
        """The screen, without spaces at the ends and empty lines at the bottom."""
        return lines_of(self.screen)

    @property
    def history(self) -> list[str]:
        """Everything from the first line on, screen included."""
        columns = self.screen.columns
        above = ["".join(line[x].data for x in range(columns)).rstrip() for line in self.screen.history.top]
        return [*above, *self.lines]

    def has(self, pattern: str) -> bool:
        """True if a line of the screen matches."""
        return any(re.search(pattern, line) for line in self.lines)

    def until(self, condition: Callable[[], bool] | str) -> Self:
        """Wait for a screen."""
        is_met = condition if callable(condition) else lambda: self.has(condition)
        deadline = time.monotonic() + PATIENCE
        while not is_met():
            assert self._read(deadline), "\n".join(["the screen never came; the last one:", *self.lines])
        return self

    def finish(self) -> int:
        """Wait for the end; returns the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def resize(self, columns: int, rows: int) -> None:
        """Change the size between two drawings, after all that was written has been drawn."""
        while self._read(time.monotonic() + 0.02):
            pass
        self.screen.resize(rows, columns)
        self._set_size(columns, rows)

    def press(self, key: bytes) -> None:
        """Send a key, such as Ctrl-C: ``b"\\x03"``."""
        os.write(self._master, key)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _end(self) -> None:
        self.process.wait()
        os.write(self._slave, END)

    def _read(self, deadline: float) -> bool:
        """Feed what the command wrote to the screen; False at its end or after the deadline."""
        if self._has_ended:
            return False
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        data = os.read(self._master, 65536)
        self._has_ended = data.endswith(END)
        self.written += data.removesuffix(END)
        self._stream.feed(data.removesuffix(END))
        return True
