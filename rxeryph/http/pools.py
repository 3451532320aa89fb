"""The connections that are open: kept for the next request, and closed even while a thread waits on one."""

from __future__ import annotations

import ssl
import weakref

import truststore
from urllib3.connection import ProxyConfig

from ..process import Process, ProcessLock
from .exchange import Connection, Destination
from .trust import Fingerprint, Verify, tls_settings

DESTINATIONS = 4
"""For how many servers connections are kept; an eryph has two at most, but it may move."""


class Pools:
    """Connections by destination, ``connections`` of them kept for each. Thread-safe.

    A process that was forked makes connections of its own, so that no reply reaches the wrong process.
    """

    def __init__(self, verify: Verify, connections: int) -> None:
        self._verify = verify
        self._tls = tls_settings(verify)
        self._most = connections
        self._lock = ProcessLock()
        self._is_closed = False
        self._begin()

    def take(self, destination: Destination) -> Connection:
        """A connection that no one else uses: a kept one that is ready, or else one that is not ready yet."""
        self._leave_parent()
        kept = self._kept.get(destination)
        while kept:
            try:
                connection = kept.pop()
            except IndexError:  # another thread was faster
                break
            if connection.is_alive:
                return connection
            self.drop(connection)
        connection = Connection(destination, self._tls, self._proxy_config)
        with self._lock:
            self._open.add(connection)
        return connection

    def keep(self, connection: Connection) -> None:
        """Keep a connection that is ready for the next request."""
        kept = self._kept.get(connection.destination)
        if kept is None:
            with self._lock:
                kept = self._kept.setdefault(connection.destination, [])
                left = self._kept.pop(next(iter(self._kept))) if len(self._kept) > DESTINATIONS else []
            for each in left:
                self.drop(each)
        if len(kept) < self._most:
            kept.append(connection)
            if not self._is_closed:  # else ``close`` may have looked before
                return
        self.drop(connection)

    def drop(self, connection: Connection) -> None:
        """Close a connection that cannot be used again."""
        with self._lock:
            self._open.discard(connection)
        connection.close()

    def close(self) -> None:
        """Close all connections; a thread that waits on one gets an error at once."""
        self._leave_parent()
        self._is_closed = True
        with self._lock:
            connections = tuple(self._open)
            kept = [each for group in self._kept.values() for each in group]
            self._kept.clear()
        for connection in connections:
            connection.interrupt()
        for connection in kept:
            self.drop(connection)

    def _leave_parent(self) -> None:
        if self._process.is_this:
            return
        with self._lock:
            if self._process.is_this:
                return  # another thread was faster
            self._finalizer()  # which closes this process's copies and sends nothing
            if self._verify is True:
                self._tls = tls_settings(True)  # its lock is held for as long as a handshake takes
            self._begin()

    def _begin(self) -> None:
        self._proxy_config = _proxy_config(self._verify, self._tls["ssl_context"])
        self._kept: dict[Destination, list[Connection]] = {}
        self._open: set[Connection] = set()
        self._finalizer = weakref.finalize(self, _close_all, self._open)
        self._process = Process()


def _proxy_config(verify: Verify, context: ssl.SSLContext) -> ProxyConfig:
    """How a proxy with TLS of its own is checked: as the server, if by a CA file, else by the trust store."""
    if isinstance(verify, bool | Fingerprint):
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ProxyConfig(context, use_forwarding_for_https=False, assert_hostname=None, assert_fingerprint=None)


def _close_all(connections: set[Connection]) -> None:
    for connection in tuple(connections):
        connection.close()
