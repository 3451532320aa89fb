"""A WebSocket that sends back what it receives, on a connection that was HTTP before."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from .exchange import Receive, Scope, Send

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_BINARY, _CLOSE, _PING, _PONG = 2, 8, 9, 10
REFUSED = 1008
"""The code with which a channel is closed whose token is not valid."""


@dataclass(frozen=True, slots=True)
class Echo:
    """The answer to a request for a WebSocket. It is closed at once, with ``code``, if there is one."""

    key: str
    headers: Mapping[str, str]
    code: int | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take over the connection until it is closed."""
        transport = scope["transport"]
        accept = base64.b64encode(hashlib.sha1(self.key.encode() + _GUID).digest()).decode()
        lines = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept, **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        scope["seen"].status = 101
        transport.set_protocol(_Frames(transport, transport.get_protocol()))
        transport.write(f"HTTP/1.1 101 Switching Protocols\r\n{head}\r\n".encode("latin-1"))
        transport.resume_reading()
        if self.code is not None:
            transport.write(_frame(_CLOSE, struct.pack(">H", self.code)))
            transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


class _Frames(asyncio.Protocol):
    """Reads the frames of a client, and sends their content back as binary messages."""

    def __init__(self, transport: asyncio.Transport, before: asyncio.BaseProtocol) -> None:
        self._transport = transport
        self._before = before
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (found := _read(self._received)) is not None:
            kind, content, self._received = found
            if kind == _PING:
                self._transport.write(_frame(_PONG, content))
            elif kind == _CLOSE:
                self._transport.write(_frame(_CLOSE, content))
                self._transport.close()
            elif kind != _PONG:
                self._transport.write(_frame(_BINARY, content))

    def connection_lost(self, exc: Exception | None) -> None:
        self._before.connection_lost(exc)  # the server forgets the connection, and the request ends


def _read(data: bytes) -> tuple[int, bytes, bytes] | None:
    """The kind and content of the first frame, and what follows it; None if it is not complete."""
    if len(data) < 2:
        return None
    size, at = data[1] & 127, 2
    for marker, width in ((126, 2), (127, 8)):
        if data[1] & 127 == marker:
            size, at = int.from_bytes(data[2 : 2 + width]), 2 + width
    mask = data[at : at + 4] if data[1] & 128 else b""
    at += len(mask)
    if len(data) < at + size:
        return None
    content = data[at : at + size]
    if mask:
        content = bytes(byte ^ mask[index % 4] for index, byte in enumerate(content))
    return data[0] & 15, content, data[at + size :]


def _frame(kind: int, content: bytes) -> bytes:
    size = len(content)
    if size < 126:
        head = struct.pack(">BB", 128 | kind, size)
    elif size < 65536:
        head = struct.pack(">BBH", 128 | kind, 126, size)
    else:
        head = struct.pack(">BBQ", 128 | kind, 127, size)
    return head + content
