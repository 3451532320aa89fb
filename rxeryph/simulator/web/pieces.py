"""A body that is sent in pieces."""

from __future__ import annotations

from starlette.responses import Response

from .exchange import Receive, Scope, Send

PIECE = 2**18
"""Bytes. Of a long body that is sent at once, the transport would copy nearly all."""


class InPieces(Response):
    """A response whose body is sent piece by piece, as fast as the client reads."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        body, last = self.body, max(0, len(self.body) - 1) // PIECE
        for number in range(last + 1):
            piece = body if last == 0 else body[number * PIECE : (number + 1) * PIECE]
            await send({"type": "http.response.body", "body": piece, "more_body": number < last})
