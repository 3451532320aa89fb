"""Reading what others wrote: local files and JSON, within limits and without surprises."""

from __future__ import annotations

import json
import os
import stat
from os import PathLike

LARGEST_FILE = 1024 * 1024
"""Bytes; no configuration, lock file or key comes near it."""


def read_file(path: str | PathLike[str], largest: int = LARGEST_FILE) -> bytes:
    """The content of a file. Never waits, as a named pipe would make it do, and reads ``largest`` bytes at most.

    Raises OSError when it cannot be read, and ValueError when it is not an ordinary file, is larger, or has a
    path that no file can have.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is not an ordinary file")
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"it is larger than {largest // 1024} KiB")
    return content


def read_json(content: str | bytes) -> object:
    """The value of a JSON text.

    Raises ValueError if it is broken or nested too deeply. Neither the error nor anything attached to it holds the
    content, which may be secret.
    """
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at line {error.lineno}, column {error.colno}"
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError:
        reason = "it is not UTF-8, or a number in it has too many digits"
    raise ValueError(reason)
