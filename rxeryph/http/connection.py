"""The one way to send an HTTP request: over a kept connection, with verified TLS and errors of our own.

Redirects are not followed, cookies are not kept, and nothing is sent twice.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
import urllib3
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from ..about import version
from ..errors import ClosedError, ConfigurationError
from .failures import explain
from .pools import Pools
from .trust import Verify, is_loopback

Timeout: TypeAlias = float | tuple[float, float]

DEFAULT_TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and seconds between two pieces of an answer."""


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

    ``timeout`` is in seconds: for connecting and for each wait for data, or both as a pair (default 5 and 10).
    At most ``connections`` are kept for each server. Proxies are taken from the environment once, when the object
    is made, and never used for loopback; no other environment variable changes what is trusted.

    Raises ConfigurationError for a ``verify`` or ``timeout`` that cannot be used.
    """

    def __init__(self, *, verify: Verify = True, timeout: Timeout | None = None, connections: int = 8) -> None:
        if verify is False:
            warnings.warn(
                "verify=False: the server's certificate is not checked, so anyone on the network path can read the"
                " token. Use a CA file or a Fingerprint instead.",
                RuntimeWarning,
                stacklevel=4,
            )
        connect, read = check_timeout(timeout)
        self._timeout = urllib3.Timeout(connect=connect, read=read)
        self._pools = Pools(verify, connections)
        self._proxies = getproxies()
        self._user_agent = f"rxeryph/{version()} python/{'.'.join(map(str, sys.version_info[:3]))}"
        self.closed = threading.Event()

    def prepare(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Request:
        """A request to ``url``. Raises ConfigurationError for a URL that cannot be requested."""
        prepared = requests.PreparedRequest()
        proxies = {} if is_loopback(urlsplit(url).hostname or "") else self._proxies
        try:
            prepared.prepare(method=method, url=url, headers={"User-Agent": self._user_agent, **headers}, data=body)
            pool = self._pools.get_connection_with_tls_context(prepared, verify=True, proxies=proxies)
            target = self._pools.request_url(prepared, proxies)
        except requests.RequestException as error:
            raise ConfigurationError(f"{url!r} is not a URL that can be requested: {error}", place=url) from error
        return Request(method, url, dict(prepared.headers), body, target, cast(HTTPConnectionPool, pool))

    def send(self, request: Request, query: str = "") -> Reply:
        """Send a prepared request with ``query`` (``?...`` or empty) and read the whole reply, whatever its status.

        It is sent straight through the connection pool, so that a poll without news costs little. Raises
        RequestTimeoutError and TransportError, whose ``may_have_arrived`` is False if the server certainly did not
        see the request, and ClosedError after ``close``.
        """
        if self.closed.is_set():
            raise ClosedError("The connection is closed; open another with rxeryph.connect().")
        try:
            response = request.pool.urlopen(
                request.method,
                request.target + query,
                body=request.body,
                headers=request.headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=self._timeout,
            )
        except (HTTPError, OSError) as error:
            if self.closed.is_set():
                raise ClosedError("The connection was closed during a request.") from error
            raise explain(error, request.method, request.url) from error
        return Reply(response.status, response.headers, response.data)

    def close(self) -> None:
        """Close all connections. Requests under way end with ClosedError."""
        self.closed.set()
        self._pools.close()


def check_timeout(timeout: Timeout | None) -> tuple[float, float]:
    """``request_timeout`` as (connect, read) seconds. Raises ConfigurationError."""
    if timeout is None:
        return DEFAULT_TIMEOUT
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if not (connect > 0 and read > 0):
        raise ConfigurationError("request_timeout must be more than 0 seconds.", member="request_timeout")
    return float(connect), float(read)
