"""Other processes that use the journal under test: what ``JournalContract`` needs of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SOON = 30.0
"""Seconds that a test waits for another thread or process, at most."""

APPEND = """
import itertools
for number in itertools.count():
    journal.append("op", number, b"%d" % number)
    print(number, flush=True)
"""

SHARE = """
from rxeryph.errors import JournalConflictError
for _ in range(25):
    while True:
        number = len(journal.read(operation_id="op"))
        try:
            print(journal.append("op", number, name.encode()).number, flush=True)
            break
        except JournalConflictError:
            pass
"""

HOLD = """
print(journal.acquire("op", "a process", 1.0) is not None, flush=True)
input()
"""


@contextmanager
def running(code: str, program: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that opens the journal and runs ``program``; it is killed if it still runs at the end."""
    command = [sys.executable, "-c", f"{code}\n{program}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints; empty at the end."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def elsewhere(code: str, number: int) -> None:
    """Append in another process."""
    with running(code, f'journal.append("op", {number}, b"")') as process:
        assert process.wait(SOON) == 0
