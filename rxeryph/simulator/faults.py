"""Faults of a real network and a troubled server, to be had on command.

Each fault waits for the next request that fits (``method``, and ``path`` as a regular expression found in the
path), happens ``times`` times, and is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(slots=True)
class _Exchange:
    """One request and the ways to answer it."""

    app: App
    scope: Scope
    receive: Receive
    send: Send
    stopping: asyncio.Event


Act = Callable[[_Exchange], Awaitable[None]]


@dataclass(slots=True)
class _Fault:
    act: Act
    method: str | None
    path: re.Pattern[str]
    times: int


class Faults:
    """The faults that are still to happen. Safe to use from any thread."""

    def __init__(self) -> None:
        self._faults: list[_Fault] = []
        self._lock = threading.Lock()

    def reply(
        self,
        status: int,
        body: str = "",
        *,
        content_type: str = "application/problem+json",
        headers: dict[str, str] | None = None,
        processed: bool = False,
        method: str | None = None,
        path: str = "",
        times: int = 1,
    ) -> None:
        """Answer with ``status``, ``body`` and ``headers``; ``processed`` tells whether the work is done before."""

        async def act(exchange: _Exchange) -> None:
            if processed:
                await _process(exchange)
            await _reply(exchange, status, body.encode(), {"content-type": content_type, **(headers or {})})

        self._add(act, method, path, times)

    def html(self, status: int = 200, *, method: str | None = None, path: str = "", times: int = 1) -> None:
        """Answer like something else that lives at that address."""
        page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>"
        self.reply(status, page, content_type="text/html; charset=utf-8", method=method, path=path, times=times)

    def redirect(self, location: str, *, method: str | None = None, path: str = "", times: int = 1) -> None:
        """Send the client somewhere else."""
        self.reply(307, headers={"location": location}, method=method, path=path, times=times)

    def reset(
        self,
        *,
        processed: bool = False,
        commit_after: float | None = None,
        method: str | None = None,
        path: str = "",
        times: int = 1,
    ) -> None:
        """Reset the connection instead of an answer.

        The work is not done, or done before (``processed``), or done ``commit_after`` real seconds later.
        """

        async def act(exchange: _Exchange) -> None:
            if processed:
                await _process(exchange)
            body = await _body(exchange.receive) if commit_after is not None else b""
            await _reset(exchange)
            if commit_after is not None:
                await asyncio.sleep(commit_after)
                await _process(exchange, body)

        self._add(act, method, path, times)

    def truncate(self, *, method: str | None = None, path: str = "", times: int = 1) -> None:
        """Do the work, and break the connection in the middle of the answer."""

        async def act(exchange: _Exchange) -> None:
            status, headers, body = await _process(exchange)
            await exchange.send({"type": "http.response.start", "status": status, "headers": headers})
            half = body[: len(body) // 2]
            await exchange.send({"type": "http.response.body", "body": half, "more_body": True})
            exchange.scope["transport"].close()
            await _gone(exchange)

        self._add(act, method, path, times)

    def delay(self, seconds: float, *, method: str | None = None, path: str = "", times: int = 1) -> None:
        """Answer ``seconds`` later, in real time."""

        async def act(exchange: _Exchange) -> None:
            body = await _body(exchange.receive)  # the request has arrived, whether or not the client waits
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(exchange.stopping.wait(), seconds)
            if exchange.stopping.is_set():
                await _reset(exchange)
            else:
                await exchange.app(exchange.scope, _again(body), exchange.send)

        self._add(act, method, path, times)

    def hang(self, *, method: str | None = None, path: str = "", times: int = 1) -> None:
        """Never answer."""

        async def act(exchange: _Exchange) -> None:
            await exchange.stopping.wait()
            await _reset(exchange)

        self._add(act, method, path, times)

    @property
    def pending(self) -> int:
        """How many requests are still to meet a fault."""
        with self._lock:
            return sum(fault.times for fault in self._faults)

    def clear(self) -> None:
        """Forget the faults that have not happened."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str) -> Act | None:
        """What is to happen to this request, if anything."""
        with self._lock:
            for fault in self._faults:
                if fault.method in (None, method) and fault.path.search(path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault.act
        return None

    def _add(self, act: Act, method: str | None, path: str, times: int) -> None:
        with self._lock:
            self._faults.append(_Fault(act, method.upper() if method else None, re.compile(path), times))


class FaultyApp:
    """``app`` behind an unreliable network."""

    def __init__(self, app: App, faults: Faults, stopping: asyncio.Event) -> None:
        self._app = app
        self._faults = faults
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        act = self._faults.take(scope["method"], scope["path"])
        if act is None:
            await self._app(scope, receive, send)
        else:
            await act(_Exchange(self._app, scope, receive, send, self._stopping))


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _process(exchange: _Exchange, body: bytes | None = None) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Let the server do its work and keep the answer."""
    answers: list[Message] = []

    async def send(message: Message) -> None:
        answers.append(message)

    await exchange.app(exchange.scope, exchange.receive if body is None else _again(body), send)
    return answers[0]["status"], list(answers[0]["headers"]), b"".join(part["body"] for part in answers[1:])


async def _reply(exchange: _Exchange, status: int, body: bytes, headers: dict[str, str]) -> None:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode()))
    await exchange.send({"type": "http.response.start", "status": status, "headers": pairs})
    await exchange.send({"type": "http.response.body", "body": body})


async def _reset(exchange: _Exchange) -> None:
    transport = exchange.scope["transport"]
    sock = transport.get_extra_info("socket")
    if sock is not None and not transport.is_closing():
        # Closing without lingering makes it a reset, not an orderly end.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _gone(exchange)


async def _gone(exchange: _Exchange) -> None:
    """Wait until the connection is closed, so that nobody takes the missing answer for a mistake."""
    while (await exchange.receive())["type"] != "http.disconnect":
        pass
