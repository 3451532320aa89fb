"""One request, and the ways to answer it or not."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Exchange:
    """A request to ``app``. ``stopping`` is set when the server ends."""

    app: App
    scope: Scope
    receive: Receive
    send: Send
    stopping: asyncio.Event

    async def body(self) -> bytes:
        """Wait for the body of the request and return it."""
        parts = []
        while True:
            message = await self.receive()
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts)

    async def process(self, body: bytes | None = None) -> tuple[int, Headers, bytes]:
        """Let the server do the work, and return its answer unsent. ``body`` is the body if it was read before."""
        answers: list[Message] = []

        async def keep(message: Message) -> None:
            answers.append(message)

        await self.app(self.scope, self.receive if body is None else _again(body), keep)
        return answers[0]["status"], list(answers[0]["headers"]), b"".join(part["body"] for part in answers[1:])

    async def answer(self, body: bytes) -> None:
        """Let the server answer as usual to a request whose ``body`` was read before."""
        await self.app(self.scope, _again(body), self.send)

    async def reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Send another answer than the server's."""
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        pairs.append((b"content-length", str(len(body)).encode()))
        await self.begin(status, pairs)
        await self.send({"type": "http.response.body", "body": body})

    async def begin(self, status: int, headers: Headers) -> None:
        """Send the head of an answer."""
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def piece(self, body: bytes) -> None:
        """Send a part of the body; more follows."""
        await self.send({"type": "http.response.body", "body": body, "more_body": True})

    async def wait(self, seconds: float) -> bool:
        """Wait ``seconds``; return False if the server ended meanwhile."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)
        return not self.stopping.is_set()

    async def close(self) -> None:
        """Close the connection in an orderly way."""
        self.scope["transport"].close()
        await self._gone()

    async def reset(self) -> None:
        """Reset the connection."""
        transport = self.scope["transport"]
        sock = transport.get_extra_info("socket")
        if sock is not None and not transport.is_closing():
            # With a linger time of 0, closing resets the connection.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await self._gone()

    async def _gone(self) -> None:
        """Wait until the connection is closed; the server would take a missing answer for an error."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
