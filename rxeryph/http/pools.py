"""Connection pools with TLS settings of our own, whose connections can be closed while a request waits on one."""

from __future__ import annotations

import socket
import weakref
from typing import Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from .trust import Verify, tls_settings


class Pools(HTTPAdapter):
    """requests' pools: it finds the right one for a URL or a proxy, and rxeryph decides the rest."""

    def __init__(self, verify: Verify, connections: int) -> None:
        self._tls = tls_settings(verify)
        self._open: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        self._is_closed = False
        super().__init__(pool_connections=4, pool_maxsize=connections + 1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs, **self._tls)
        keep = self._keep
        is_unchecked = self._tls.get("cert_reqs") == "CERT_NONE"

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                keep(self)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                if is_unchecked:
                    self.is_verified = True  # the user was warned once; urllib3 would warn on every connection
                keep(self)

        plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
        secure = type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure})
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": secure}

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, **self._tls)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        parts = urlsplit(request.url)
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Do nothing: requests would add certifi's certificates or REQUESTS_CA_BUNDLE to the TLS settings."""

    def _keep(self, connection: HTTPConnection) -> None:
        self._open.add(connection)
        if self._is_closed:  # while it was being made, so close() did not see it
            connection.close()
            raise ConnectionAbortedError("closed while connecting")

    def close(self) -> None:
        """Close all connections; a thread that waits on one gets an error at once."""
        self._is_closed = True
        for connection in tuple(self._open):
            sock = connection.sock
            if sock is not None:
                try:
                    sock.shutdown(socket.SHUT_RDWR)  # close() alone does not wake a thread that reads
                except OSError:
                    continue  # it was closed already
        super().close()
