"""One connection: first made ready, then used for one request and its reply at a time."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from time import monotonic
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.util import Url

from .proxies import Proxy
from .timeouts import NOTICE_AFTER, Patience, Timeouts

BUFFER = 64 * 1024
"""Bytes that are taken from the socket at once; a list of operations may have many megabytes."""

FRAMING = 1024 * 1024
"""Bytes that a reply may need for its headers and chunks, in addition to twice its size."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A server, and the proxy that leads to it."""

    scheme: str
    host: str
    port: int
    proxy: Proxy | None = None


class TooLargeError(Exception):
    """A reply has more bytes than it may have."""


class TooLongError(TimeoutError):
    """The request as a whole took longer than it may."""


class Incoming(io.RawIOBase):
    """The bytes that arrive on a socket until ``deadline``, ``largest`` of them at most."""

    def __init__(
        self,
        sock: socket.socket,
        read: float,
        deadline: float,
        largest: int,
        notify: Callable[[], None] | None = None,
    ) -> None:
        self._notify = notify
        self._socket = sock
        self._read = read
        self._deadline = deadline
        self._left = largest

    def makefile(self, mode: str) -> io.BufferedReader:
        """What ``HTTPResponse`` asks a socket for."""
        return io.BufferedReader(self, BUFFER)

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for data, as long as both limits allow."""
        left = self._deadline - monotonic()
        if left <= 0.0:
            raise TooLongError
        try:
            count = self._receive(buffer, min(self._read, left))
        except TimeoutError:
            if left <= self._read:
                raise TooLongError from None
            raise
        self._left -= count
        if self._left < 0:
            raise TooLargeError
        return count

    def _receive(self, buffer: Any, limit: float) -> int:
        notify, self._notify = self._notify, None  # only the first wait, for the answer to begin, is worth a notice
        if notify is not None and limit > NOTICE_AFTER:
            self._socket.settimeout(NOTICE_AFTER)
            try:
                return self._socket.recv_into(buffer)
            except TimeoutError:
                limit -= NOTICE_AFTER
            notify()
        self._socket.settimeout(limit)
        return self._socket.recv_into(buffer)


class Response(HTTPResponse):
    """A reply, which is only read."""

    def flush(self) -> None:
        """Nothing: a reply that was given up would else complain about its reader, if that is collected first."""


class Connection:
    """A connection to ``destination``. For one thread at a time, except ``interrupt``."""

    def __init__(self, destination: Destination, tls: Mapping[str, Any], proxy_config: ProxyConfig) -> None:
        self.destination = destination
        self._tls = tls
        self._proxy_config = proxy_config
        self._connection: HTTPConnection | None = None
        self._handle: socket.socket | None = None
        self._socket: socket.socket | None = None

    @property
    def is_ready(self) -> bool:
        """True when a request can be sent."""
        return self._socket is not None

    @property
    def is_alive(self) -> bool:
        """True when it is ready, and the server has not closed it in the meantime."""
        return self._socket is not None and self._connection is not None and self._connection.is_connected

    def make_ready(self, timeouts: Timeouts, deadline: float) -> None:
        """Connect, through the proxy if there is one, and finish the TLS handshake. Sends nothing of a request."""
        connection = self._connection = self._unconnected(min(timeouts.connect, timeouts.total))
        # What a proxy answers to CONNECT is limited like a reply.
        connection.response_class = cast(
            type[HTTPResponse],
            lambda sock, **more: Response(
                cast(socket.socket, Incoming(sock, timeouts.connect, deadline, FRAMING)), **more
            ),
        )
        connection.connect()
        self._socket = connection.sock
        self._release()

    def exchange(
        self,
        method: str,
        message: bytes,
        timeouts: Timeouts,
        deadline: float,
        largest: int,
        patience: Patience | None = None,
    ) -> HTTPResponse:
        """Send a request and wait for the status and headers of its reply."""
        sock = self._socket
        assert sock is not None
        sock.settimeout(min(timeouts.read, max(deadline - monotonic(), 0.001)))
        notify = None
        if patience is not None:
            notify, patience.sent_at = patience.notify, monotonic()
        sock.sendall(message)
        incoming = Incoming(sock, timeouts.read, deadline, 2 * largest + FRAMING, notify)
        response = Response(cast(socket.socket, incoming), method=method)
        response.begin()
        return response

    def interrupt(self) -> None:
        """Make a thread that waits for this connection fail at once, even in the middle of a handshake."""
        for sock in (self._handle, self._socket):
            if sock is not None:
                try:
                    sock.shutdown(socket.SHUT_RDWR)  # close() alone does not wake a thread that reads
                except OSError:
                    continue  # it was closed already

    def close(self) -> None:
        """Close it for good."""
        self._socket = None
        if self._connection is not None:
            self._connection.close()
        self._release()

    def _unconnected(self, timeout: float) -> HTTPConnection:
        to = self.destination
        proxy = to.proxy
        options: dict[str, Any] = {"timeout": timeout}
        if proxy is not None:
            options |= {
                "proxy": Url(proxy.scheme, host=proxy.host, port=proxy.port),
                "proxy_config": self._proxy_config,
            }
        host, port = (to.host, to.port) if proxy is None else (proxy.host, proxy.port)
        is_secure = to.scheme == "https" or (proxy is not None and proxy.scheme == "https")
        if is_secure:
            connection: HTTPConnection = _Secure(host, port, **options, **self._tls)
        else:
            connection = _Plain(host, port, **options)
        cast(_Plain, connection).keep = self._keep
        if proxy is not None and to.scheme == "https":
            connection.set_tunnel(to.host, to.port, proxy.headers, scheme=proxy.scheme)
        return connection

    def _release(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def _keep(self, sock: socket.socket) -> None:
        self._handle = sock.dup()  # the TLS handshake takes the socket itself away from everyone else


class _Plain(HTTPConnection):
    keep: Callable[[socket.socket], None]

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self.keep(sock)
        return sock


class _Secure(HTTPSConnection):
    keep: Callable[[socket.socket], None]

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self.keep(sock)
        return sock
