"""The HTTP side of the simulator: it serves a world."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

from .access import Tokens
from .app import make_app
from .level import Level
from .web.busy import BusyApp
from .web.exchange import App
from .web.faults import Faults, FaultyApp
from .web.host import Host
from .web.request_log import RequestLog, SeenRequest
from .world import World


class Shell:
    """Serves ``world`` on ``host``, with faults and a log of requests.

    ``make_tokens`` makes the issuer of access tokens from its URL. Each start has a new one.
    """

    def __init__(self, world: World, host: Host, level: Level, make_tokens: Callable[[str], Tokens]) -> None:
        self.faults = Faults()
        self.requests = RequestLog()
        self._world = world
        self._host = host
        self._level = level
        self._make_tokens = make_tokens

    def start(self, port: int | None) -> None:
        """Start to serve at ``port``, or at the host's own port (None)."""
        if self._host.is_running:
            raise RuntimeError("The simulator is running already.")
        self._serve(self._host.listen(port))

    def restart(self, port: int | None, *, forget_operations: bool) -> None:
        """Stop and start again at ``port``, or at the same port (None). Work in memory is lost."""
        before = self._host.port
        # Listening first, so that port 0 gives another port than the present one.
        sockets = None if port is None or port == before else self._host.listen(port)
        self._end()
        self._world.restart(forget_operations=forget_operations)
        self._serve(sockets or self._host.listen(before))

    def stop(self) -> None:
        """Close every connection and end the thread."""
        self._end()
        self._host.remove_files()

    def _serve(self, sockets: list[socket.socket]) -> None:
        if not self._level.is_old:
            self._world.begin_housekeeping()
        self._host.serve(sockets, self._app)

    def _end(self) -> None:
        self._host.end()
        self._world.end_housekeeping()

    def _app(self, stopping: asyncio.Event) -> App:
        tokens = self._make_tokens(f"{self._host.url}/identity")
        app = make_app(self._host.url, self._world, self._level, tokens)
        busy = BusyApp(app, self._world.load, self._world.running_seconds, stopping)
        return self.requests.around(FaultyApp(busy, self.faults, stopping), self._arrived, self._date)

    def _date(self, path: str) -> float:
        """The identity provider lives in real time, as tokens do, and the compute API in that of its world."""
        return time.time() if path.startswith("/identity/") else self._world.posix_time()

    def _arrived(self, request: SeenRequest) -> None:
        if request.path.startswith("/compute/"):
            self._world.tick()
