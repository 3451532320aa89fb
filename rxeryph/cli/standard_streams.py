"""stdin, stdout and stderr: what to do when one is closed, or cannot be written."""

from __future__ import annotations

import errno
import os
import select
import sys

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
"""Errors of a disk that takes no more."""


def open_closed_streams() -> None:
    """Read nothing from a closed stdin (``<&-``), and print nothing to a closed stdout or stderr (``>&-``)."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)  # open until the process ends
            setattr(sys, name, open(nowhere, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def discard_output() -> None:
    """Let what is still buffered vanish, because writing it when the process ends would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_reader_gone() -> bool:
    """True if stdout is a pipe that no one reads any more. Only where a system can say so without a write."""
    if not hasattr(select, "poll"):
        return False
    output = select.poll()
    try:
        output.register(sys.stdout, 0)  # the end of the other side is reported without being asked for
    except (OSError, ValueError):  # not a file, as in a test
        return False
    return bool(output.poll(0))
