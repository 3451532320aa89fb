"""A thread that serves HTTP on this machine, and ends at once when it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from .exchange import App, Receive, Scope, Send

KEEP_ALIVE = 120
"""Seconds after which an idle connection is closed; real servers wait for minutes."""


def _protocol(**arguments: Any) -> Any:
    """The protocol of uvicorn, which also passes the connection to the application."""
    protocol: Any = AutoHTTPProtocol(**arguments)
    app: App = protocol.app

    async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
        scope["transport"] = protocol.transport
        await app(scope, receive, send)

    protocol.app = with_transport
    return protocol


class HttpServer:
    """Serves an application on bound sockets.

    ``make_app`` makes the application. It is called on the server's thread with an event that is set when the
    server stops.
    """

    def __init__(
        self,
        sockets: list[socket.socket],
        make_app: Callable[[asyncio.Event], App],
        certificate_files: tuple[str, str] | None = None,
    ) -> None:
        self._sockets = sockets
        self._make_app = make_app
        self._files = certificate_files
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="rxeryph-simulator", daemon=True)

    def start(self) -> None:
        """Start to serve. Raises RuntimeError if that fails."""
        self._thread.start()
        self._started.wait()
        if self._error is not None:
            raise RuntimeError("The simulator could not start.") from self._error

    def stop(self) -> None:
        """Close every connection, even one with a request that hangs, and end the thread."""
        if self._loop is not None and self._stopping is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - start() raises it
            self._error = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        options: dict[str, Any] = {}
        if self._files is not None:
            options = {"ssl_certfile": self._files[0], "ssl_keyfile": self._files[1]}
        config = uvicorn.Config(
            self._make_app(self._stopping),
            http=cast(Any, _protocol),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,  # it would be the machine's date
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE,
            **options,
        )
        server = uvicorn.Server(config)
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=self._sockets)
        self._started.set()
        await self._stopping.wait()
        await self._stop_accepting()
        # uvicorn's shutdown would pause for a tenth of a second and, on Python 3.12, wait for every connection.
        for each in server.servers:
            each.close()
        for sock in self._sockets:
            sock.close()
        for connection in tuple(server.server_state.connections):
            connection.transport.abort()
        if tasks := set(server.server_state.tasks):  # requests that hung are ending
            await asyncio.wait(tasks, timeout=1.0)

    async def _stop_accepting(self) -> None:
        """Finish what asyncio has accepted: it never closes what it accepted just before its server closed."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):  # Windows, where accepting is one step
            for sock in self._sockets:
                loop.remove_reader(sock)
        for _ in range(3):  # turns of the loop: the task starts, the connection is made, the task ends
            await asyncio.sleep(0)


def listen(port: int, *, with_ipv6: bool) -> list[socket.socket]:
    """Sockets on loopback, at ``port`` or a free one (0); with ``with_ipv6``, on IPv6 too if possible."""
    first = _bound(socket.AF_INET, "127.0.0.1", port)
    sockets = [first]
    if with_ipv6:
        # localhost may mean ::1 first; waiting for that to fail costs seconds on Windows.
        with contextlib.suppress(OSError):
            sockets.append(_bound(socket.AF_INET6, "::1", first.getsockname()[1]))
    return sockets


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # The protocol must be given: asyncio turns off Nagle's algorithm only for sockets that name TCP, and with it
    # every second answer waits 40 ms for an acknowledgement.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # Allows a port that was in use a moment ago; on Windows the option would let other processes take it over.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen()
    except OSError:
        sock.close()
        raise
    return sock
