"""Processes that tests start, and which do not outlive them."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def piped(*command: str) -> Iterator[subprocess.Popen[str]]:
    """The process of a command, with pipes for its output. It is killed at the end, also when a test fails."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def can_be_interrupted() -> None:
    """Let processes that are started from here take Ctrl-C, also if a shell with ``&`` has started the tests."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
