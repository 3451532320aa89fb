"""One way to speak HTTP: keep-alive, verified TLS, no redirects, no cookies, errors of our own."""

from __future__ import annotations

import socket
import ssl
import threading
import warnings
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
import truststore
import urllib3
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import Retry

from ..errors import ClosedError, ConfigurationError, RequestTimeoutError, TransportError
from .endpoints import is_loopback

Timeout: TypeAlias = float | tuple[float, float]

DEFAULT_TIMEOUT = (5.0, 10.0)
"""Seconds to connect, and seconds between two pieces of an answer."""

_NO_RETRY = Retry(total=False, redirect=False)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The SHA-256 fingerprint of the one certificate to trust, as hex with or without colons."""

    sha256: str

    def __post_init__(self) -> None:
        digits = self.sha256.replace(":", "").lower()
        if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
            raise ConfigurationError(
                "verify=Fingerprint(...) needs the 64 hex digits of a SHA-256 fingerprint.", member="verify"
            )


Verify: TypeAlias = bool | str | Fingerprint
"""True: the operating system's trust store. A path: that CA file. False: no check, which warns."""


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
            raise _explain(error, request.method, request.url) from error
        return Reply(response.status, response.headers, response.data)

    def close(self) -> None:
        """End all connections, also those a request is waiting on."""
        self.closed.set()
        self._adapter.close()


class _Adapter(HTTPAdapter):
    """requests' adapter with a TLS context of our own and connections that can be ended from outside."""

    def __init__(self, verify: Verify, connections: int) -> None:
        self._tls = _tls_settings(verify)
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


def _tls_settings(verify: Verify) -> dict[str, Any]:
    if isinstance(verify, Fingerprint):
        return {"ssl_context": _unchecked(), "assert_fingerprint": verify.sha256, "assert_hostname": False}
    if verify is True:
        return {"ssl_context": truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    if verify is False:
        return {"ssl_context": _unchecked(), "cert_reqs": "CERT_NONE", "assert_hostname": False}
    try:
        return {"ssl_context": ssl.create_default_context(cafile=str(verify))}
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"verify={str(verify)!r} is not a readable PEM file of certificates: {error}",
            place=str(verify),
            member="verify",
        ) from error


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def check_timeout(timeout: Timeout | None) -> tuple[float, float]:
    """``request_timeout`` as (connect, read) seconds. Raises ConfigurationError."""
    if timeout is None:
        return DEFAULT_TIMEOUT
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if not (connect > 0 and read > 0):
        raise ConfigurationError("request_timeout needs seconds above 0.", member="request_timeout")
    return float(connect), float(read)


def _explain(error: Exception, method: str, url: str) -> TransportError:
    place = f"{method} {url.partition('?')[0]}"
    causes = tuple(_causes(error))
    reason = _reason(causes[-1])

    def failed(text: str, *, may_have_arrived: bool = False, is_permanent: bool = False) -> TransportError:
        return TransportError(
            f"{place}: {text}",
            method=method,
            url=url,
            may_have_arrived=may_have_arrived,
            is_permanent=is_permanent,
        )

    def any_is(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if any_is(SSLError, ssl.SSLError):
        return failed(
            f"the server's certificate is not trusted ({reason}). Give verify= a CA file or a Fingerprint, or add"
            " the certificate to the trust store.",
            is_permanent=any_is(ssl.SSLCertVerificationError) or "ingerprint" in reason,
        )
    if any_is(ProxyError):
        return failed(f"the proxy does not answer ({reason}). Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.")
    if any_is(NewConnectionError):  # which urllib3 counts as a timeout too
        return failed(f"cannot connect ({reason}). Is the server running, and is the address right?")
    if any_is(ConnectTimeoutError):
        text = f"{place}: no connection in time. Is the server running, and is the address right?"
        return RequestTimeoutError(text, method=method, url=url, may_have_arrived=False)
    if any_is(ReadTimeoutError, TimeoutError):
        text = f"{place}: no answer in time. A slow server may need a longer request_timeout."
        return RequestTimeoutError(text, method=method, url=url)
    return failed(f"the connection broke before the whole answer was there ({reason}).", may_have_arrived=True)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps, in its reason, its arguments or as its cause, down to the innermost."""
    inner: object = error
    while isinstance(inner, BaseException):
        yield inner
        wrapped = (getattr(inner, "reason", None), *inner.args, inner.__cause__)
        inner = next((part for part in wrapped if isinstance(part, BaseException)), None)


def _reason(error: BaseException) -> str:
    """The few words that matter in the innermost error."""
    text = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split()) or type(error).__name__
