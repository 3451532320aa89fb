"""A pseudo terminal for commands that run in this process, and what is on its screen at the end."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios
import threading

import pyte
import pytest

LINES = 300
END = b"\0"


class Terminal:
    """Takes the place of stdin, stdout and stderr while a command runs; ``typed`` is what a person types."""

    def __init__(self, columns: int, typed: str = "") -> None:
        self.columns = columns
        self._typed = typed
        self._screen = pyte.Screen(columns, LINES)
        self._stream = pyte.ByteStream(self._screen)

    def run(self, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, list[str]]:
        """The exit code of a command, and the lines of the screen."""
        from rxeryph.cli.app import run

        controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, self.columns, 0, 0))
        written = bytearray()
        reader = threading.Thread(target=_read, args=(controller, written), daemon=True)
        reader.start()
        os.write(controller, self._typed.encode())
        with (
            open(os.dup(terminal), encoding="utf-8") as stdin,
            open(os.dup(terminal), "w", encoding="utf-8") as stdout,
            open(os.dup(terminal), "w", encoding="utf-8") as stderr,
            monkeypatch.context() as patch,
        ):
            for name, value in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr), ("__stdout__", stdout)):
                patch.setattr(sys, name, value)
            patch.setenv("TERM", "xterm")
            patch.delenv("COLUMNS", raising=False)
            code = run(list(arguments))
        os.write(terminal, END)  # not its closing: what is still on its way is lost then on some systems
        reader.join(60.0)
        assert written.endswith(END), bytes(written)
        os.close(terminal)
        os.close(controller)
        self._stream.feed(bytes(written.removesuffix(END)))
        return code, [line.rstrip() for line in self._screen.display if line.strip()]


def _read(controller: int, written: bytearray) -> None:
    while not written.endswith(END):
        written += os.read(controller, 65536)
