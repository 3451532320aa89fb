"""Long bodies, sent in pieces."""

from __future__ import annotations

import asyncio

import pytest

from rxeryph.simulator.web.exchange import Message
from rxeryph.simulator.web.pieces import PIECE, InPieces


@pytest.mark.parametrize(
    ("length", "pieces"), [(0, 1), (1, 1), (PIECE, 1), (PIECE + 1, 2), (2 * PIECE, 2), (5 * PIECE + 7, 6)]
)
def test_a_body_arrives_whole_with_its_length(length: int, pieces: int) -> None:
    body, sent = bytes(number % 251 for number in range(length)), list[Message]()

    async def send(message: Message) -> None:
        sent.append(dict(message))

    async def receive() -> Message:
        raise AssertionError("nothing is to be read")

    asyncio.run(InPieces(body, 200, {"x-name": "value"}, "text/plain")({"type": "http"}, receive, send))
    head, *parts = sent
    assert (b"content-length", str(length).encode()) in head["headers"]
    assert b"".join(part["body"] for part in parts) == body
    assert [part["more_body"] for part in parts] == [True] * (pieces - 1) + [False]
