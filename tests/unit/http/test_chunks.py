"""Chunks: however a body is cut into them, and however they arrive, it is the same body."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from rxeryph.http.chunks import read_chunks


class Arriving(io.RawIOBase):
    """Bytes that arrive in pieces."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._pieces.pop(0) if self._pieces else b""
        count = min(len(piece), len(buffer))
        buffer[:count] = piece[:count]
        if count < len(piece):
            self._pieces.insert(0, piece[count:])
        return count


@given(
    st.lists(st.binary(min_size=1, max_size=300), max_size=20),
    st.sampled_from([b"", b";name=value", b" ; a"]),
    st.sampled_from([b"\r\n", b"Trailer: x\r\n\r\n"]),
    st.lists(st.integers(1, 400), min_size=1, max_size=10),
)
def test_a_body_is_the_same_however_it_is_cut(
    chunks: list[bytes], extension: bytes, trailer: bytes, cuts: list[int]
) -> None:
    sent = b"".join(b"%x%b\r\n%b\r\n" % (len(each), extension, each) for each in chunks) + b"0\r\n" + trailer
    pieces: list[bytes] = []
    position = 0
    while position < len(sent):
        cut = cuts[len(pieces) % len(cuts)]
        pieces.append(sent[position : position + cut])
        position += cut
    assert read_chunks(io.BufferedReader(Arriving(pieces), 64), 10_000) == b"".join(chunks)
