"""One way to speak HTTP: keep-alive, verified TLS, no redirects, no cookies, errors of our own."""

from __future__ import annotations

import socket
import threading
import warnings
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from ..errors import ClosedError, ConfigurationError
from .failures import explain
from .trust import Verify, is_loopback, tls_settings

Timeout: TypeAlias = float | tuple[float, float]

DEFAULT_TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and seconds between two pieces of an answer."""

_NO_RETRY = Retry(total=False, redirect=False)


@dataclass(slots=True)
class Request:
    """A request prepared once, to be sent any number of times, one at a time; its ``headers`` may be changed."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    target: str = field(repr=False)
    """What the request line names: the path, or the whole URL for a proxy."""
    pool: HTTPConnectionPool = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply, read to its end."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Http:
    """Sends requests to eryph over kept connections. Thread-safe.

    Environment proxies are read once, when the object is made, and never used for loopback; no other
    environment variable changes what is trusted.
    """

    def __init__(self, *, verify: Verify = True, timeout: Timeout | None = None, connections: int = 8) -> None:
        if verify is False:
            warnings.warn(
                "verify=False: the server's certificate is not checked, so anybody on the way can read the token."
                " A CA file or a Fingerprint is as easy.",
                RuntimeWarning,
                stacklevel=4,
            )
        connect, read = check_timeout(timeout)
        self._timeout = urllib3.Timeout(connect=connect, read=read)
        self._adapter = _Adapter(verify, connections)
        self._proxies = getproxies()
        self.closed = threading.Event()

    def prepare(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Request:
        """A request to ``url``. Raises ConfigurationError for one that cannot be asked."""
        prepared = requests.PreparedRequest()
        proxies = {} if is_loopback(urlsplit(url).hostname or "") else self._proxies
        try:
            prepared.prepare(method=method, url=url, headers=dict(headers), data=body)
            pool = self._adapter.get_connection_with_tls_context(prepared, verify=True, proxies=proxies)
            target = self._adapter.request_url(prepared, proxies)
        except requests.RequestException as error:
            raise ConfigurationError(f"{url!r} is not a URL that can be asked: {error}", place=url) from error
        return Request(method, url, dict(prepared.headers), body, target, cast(HTTPConnectionPool, pool))

    def send(self, request: Request, query: str = "") -> Reply:
        """Send a prepared request and read the whole reply, whatever its status; redirects are not followed.

        Straight through the connection pool, because a poll that brings nothing new should cost little. Raises
        RequestTimeoutError and TransportError, with ``may_have_arrived`` telling whether the server can have
        seen the request, and ClosedError after ``close``.
        """
        if self.closed.is_set():
            raise ClosedError("The connection is closed; open another with rxeryph.connect().")
        try:
            response = request.pool.urlopen(
                request.method,
                request.target + query,
                body=request.body,
                headers=request.headers,
                retries=_NO_RETRY,
                redirect=False,
                assert_same_host=False,
                timeout=self._timeout,
            )
        except (HTTPError, OSError) as error:
            if self.closed.is_set():
                raise ClosedError("The connection was closed while a request was under way.") from error
            raise explain(error, request.method, request.url) from error
        return Reply(response.status, response.headers, response.data)

    def close(self) -> None:
        """End all connections, also those a request is waiting on."""
        self.closed.set()
        self._adapter.close()


class _Adapter(HTTPAdapter):
    """requests' adapter with a TLS context of our own and connections that can be ended from outside."""

    def __init__(self, verify: Verify, connections: int) -> None:
        self._tls = tls_settings(verify)
        self._open: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        self._is_closed = False
        super().__init__(pool_connections=4, pool_maxsize=connections + 1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs, **self._tls)
        note = self._note

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                note(self)

        has_warned = self._tls.get("cert_reqs") == "CERT_NONE"

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                if has_warned:
                    self.is_verified = True  # urllib3 would warn again on every connection
                note(self)

        plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
        secure = type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure})
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": secure}

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, **self._tls)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        parts = urlsplit(request.url)
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context decides; requests would add certifi's list or REQUESTS_CA_BUNDLE."""

    def _note(self, connection: HTTPConnection) -> None:
        self._open.add(connection)
        if self._is_closed:  # meanwhile: nobody else would end it
            connection.close()
            raise ConnectionAbortedError("closed while connecting")

    def close(self) -> None:
        self._is_closed = True
        for connection in tuple(self._open):
            sock = connection.sock
            if sock is not None:
                try:
                    sock.shutdown(socket.SHUT_RDWR)  # close() alone does not wake a thread that reads
                except OSError:
                    continue  # it was closed already
        super().close()


def check_timeout(timeout: Timeout | None) -> tuple[float, float]:
    """``request_timeout`` as (connect, read) seconds. Raises ConfigurationError."""
    if timeout is None:
        return DEFAULT_TIMEOUT
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if not (connect > 0 and read > 0):
        raise ConfigurationError("request_timeout needs seconds above 0.", member="request_timeout")
    return float(connect), float(read)
