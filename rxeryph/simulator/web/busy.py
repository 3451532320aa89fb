"""Submits to a busy server: held, refused, or not answered."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable

from ..load import Load
from ..problem import Problem
from .exchange import App, Exchange, Receive, Scope, Send

_READING = re.compile(r"/(cancel|validate)$")
"""The ends of paths that change nothing in the database."""
LOOK_SECONDS = 0.01
"""Real seconds between two looks at the simulated clock."""


class BusyApp:
    """``app`` when the server is as busy as ``load``.

    ``now`` returns the seconds of simulated time; None if time does not pass by itself, so that no request can wait.
    A client that closes its connection while a submit is held takes it back: nothing is done.
    """

    def __init__(self, app: App, load: Load, now: Callable[[], float] | None, stopping: asyncio.Event) -> None:
        self._app = app
        self._load = load
        self._now = now
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        is_submit = scope["method"] not in ("GET", "HEAD") and path.startswith("/compute/")
        if self._load.is_idle or not is_submit or _READING.search(path):
            await self._app(scope, receive, send)
            return
        exchange = Exchange(self._app, scope, receive, send, self._stopping)
        body, submit = await exchange.body(), self._load.submit()
        if not await self._hold(exchange, submit.seconds):
            return
        if submit.is_unanswered:
            await exchange.close()
        elif submit.is_refused:
            document = Problem(500).document(_trace_id(scope))
            await exchange.reply(500, json.dumps(document).encode(), {"content-type": "application/problem+json"})
        else:
            await exchange.answer(body)

    async def _hold(self, exchange: Exchange, seconds: float) -> bool:
        """Wait ``seconds`` of simulated time; returns False if the client or the server went meanwhile."""
        if self._now is None:
            return True
        until = self._now() + seconds
        gone = asyncio.ensure_future(exchange.receive())
        try:
            while self._now() < until:
                await asyncio.wait({gone}, timeout=LOOK_SECONDS)
                if gone.done():
                    return False
                if self._stopping.is_set():
                    await exchange.reset()
                    return False
            return True
        finally:
            gone.cancel()


def _trace_id(scope: Scope) -> str:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    return headers.get(b"x-ms-client-request-id", b"00000000-0000-0000-0000-000000000000").decode("latin-1")
