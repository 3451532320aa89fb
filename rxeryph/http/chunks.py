"""A body that comes in chunks, as eryph sends each list: several thousand of them in a large one."""

from __future__ import annotations

import re
from http.client import IncompleteRead
from io import BufferedReader

from .exchange import BUFFER, TooLargeError

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LONGEST_LINE = 64 * 1024


def read_chunks(source: BufferedReader, largest: int) -> bytes:
    """The whole body. Raises TooLargeError, IncompleteRead, and ValueError for what is no proper chunk.

    ``HTTPResponse`` takes five calls for each chunk; here one match in what has arrived is enough.
    """
    pieces: list[bytes] = []
    left = largest
    block, position = b"", 0
    while True:
        while (found := _SIZE.match(block, position)) is None:
            block, position = _more(source, block[position:]), 0
        size, position = int(found[1], 16), found.end()
        if not size:
            _skip_trailer(source, block[position:])
            return b"".join(pieces)
        left -= size
        if left < 0:
            raise TooLargeError
        end = position + size
        if end + 2 > len(block):
            block, position, end = block[position:] + source.read(end + 2 - len(block)), 0, size
            if len(block) < size + 2:
                raise IncompleteRead(b"")
        if block[end : end + 2] != b"\r\n":
            raise ValueError("a chunk is longer than it says")
        pieces.append(block[position:end])
        position = end + 2


def _more(source: BufferedReader, block: bytes) -> bytes:
    """``block``, which is no whole line yet, with what arrives next."""
    if b"\n" in block or len(block) > _LONGEST_LINE:
        raise ValueError("it has no valid chunk size")
    arrived = source.read1(BUFFER)
    if not arrived:
        raise IncompleteRead(b"")
    return block + arrived


def _skip_trailer(source: BufferedReader, block: bytes) -> None:
    """Read the lines after the last chunk up to the empty one, which is the end of the reply."""
    while True:
        line, is_whole, block = block.partition(b"\n")
        if not is_whole:
            block = _more(source, line)
        elif line in (b"", b"\r"):
            return
