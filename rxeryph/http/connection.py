"""The one way to send an HTTP request: over a kept connection, with verified TLS and errors of our own.

Redirects are not followed, cookies are not kept, and nothing is sent twice.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from urllib.parse import urlsplit

import requests

from ..about import version
from ..errors import ClosedError, ConfigurationError, TransportError
from ..process import PerProcess, ProcessLock
from .body import read_body
from .exchange import Connection, Destination
from .failures import unanswered, unsent
from .pools import Pools
from .proxies import Proxies
from .timeouts import PATIENT, Patience, Timeout, Timeouts
from .trust import Verify

LARGEST_REPLY = 64 * 1024 * 1024
"""Bytes of a reply, after it was decoded; a larger one is refused."""

_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
"""What would end a header line, or cannot be part of one."""


@dataclass(slots=True)
class Request:
    """A request prepared once, to be sent any number of times, one at a time; its ``headers`` may be changed."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    target: str = field(repr=False)
    """What the request line names: the path, or the whole URL for a proxy."""
    destination: Destination = field(repr=False)
    patience: Patience | None = field(default=None, repr=False)

    def message(self, query: str) -> bytes:
        """The bytes to send. Raises TransportError, which shows no value, if a header cannot be sent."""
        lines = [f"{self.method} {self.target}{query} HTTP/1.1", *(f"{n}: {v}" for n, v in self.headers.items())]
        if _UNSENDABLE.search("".join(lines)) or lines[0].count(" ") != 2 or not lines[0].isascii():
            raise self._unsendable()
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        return head if self.body is None else head + self.body

    def _unsendable(self) -> TransportError:
        name = next((f"header {name}" for name, value in self.headers.items() if _UNSENDABLE.search(value)), "URL")
        return TransportError(
            f"{self.method} {self.url.partition('?')[0]}: nothing was sent, because the {name} has a character that"
            " HTTP cannot carry.",
            method=self.method,
            url=self.url,
            may_have_arrived=False,
            is_permanent=True,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply, read to its end; the names of its ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Http:
    """Sends requests to eryph over kept connections. Thread-safe.

    ``timeout`` is in seconds, see ``Timeouts``. At most ``connections`` are kept for each server, and a reply has at
    most ``largest_reply`` bytes (default 64 MiB, after decoding). Proxies are taken from the environment once, when
    the object is made, and never used for loopback; no other environment variable changes what is trusted.

    Raises ConfigurationError for a ``verify`` or ``timeout`` that cannot be used.
    """

    def __init__(
        self,
        *,
        verify: Verify = True,
        timeout: Timeout | None = None,
        connections: int = 8,
        largest_reply: int = LARGEST_REPLY,
    ) -> None:
        if verify is False:
            warnings.warn(
                "verify=False: the server's certificate is not checked, so anyone on the network path can read the"
                " token. Use a CA file or a Fingerprint instead.",
                RuntimeWarning,
                stacklevel=4,
            )
        self._timeouts = Timeouts.of(timeout)
        self._patient = PATIENT if timeout is None else self._timeouts
        self._largest = largest_reply
        self._pools = Pools(verify, connections)
        self._proxies = Proxies()
        self._user_agent = f"rxeryph/{version()} python/{'.'.join(map(str, sys.version_info[:3]))}"
        self._counting = ProcessLock()
        self.traffic = 0, 0
        """How many requests were answered, and the bytes in the bodies of the answers."""
        self.is_closed = False
        self._closing = PerProcess(Event)

    def prepare(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Request:
        """A request to ``url``. Raises ConfigurationError for a URL or proxy that cannot be used."""
        prepared = requests.PreparedRequest()
        # A compressed reply could be a thousand times as large as what arrives.
        own = {"Host": "", "User-Agent": self._user_agent, "Accept-Encoding": "identity"}
        try:
            prepared.prepare(method=method, url=url, headers={**own, **headers}, data=body)
            parts = urlsplit(prepared.url or "")
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except (requests.RequestException, ValueError):
            parts, host, port = urlsplit(""), "", 0
        if not host:
            raise ConfigurationError(
                "The endpoint is not a URL that can be requested. Correct it.", member="endpoint"
            )
        proxy = self._proxies.find(parts.scheme, host, port)
        final = {**prepared.headers, "Host": parts.netloc.rpartition("@")[2]}
        target = prepared.path_url
        if proxy is not None and parts.scheme == "http":
            target = f"http://{final['Host']}{target}"
            final |= proxy.headers
        return Request(method, url, final, body, target, Destination(parts.scheme, host, port, proxy))

    def send(self, request: Request, query: str = "") -> Reply:
        """Send a prepared request with ``query`` (``?...`` or empty) and read the whole reply, whatever its status.

        Raises RequestTimeoutError and TransportError, whose ``may_have_arrived`` is False if the server certainly
        did not see the request, and ClosedError after ``close``.
        """
        if self.is_closed:
            raise ClosedError("The connection is closed; open another with rxeryph.connect().")
        message = request.message(query)
        timeouts = self._timeouts if request.patience is None else self._patient
        deadline = monotonic() + timeouts.total
        connection = self._pools.take(request.destination)
        is_reusable = False
        try:
            self._make_ready(connection, request, deadline)
            if request.patience is not None and request.patience.check is not None:
                request.patience.check()
            reply, is_reusable = self._exchange(connection, request, message, timeouts, deadline)
        finally:
            if is_reusable:
                self._pools.keep(connection)
            else:
                self._pools.drop(connection)
        with self._counting:
            self.traffic = self.traffic[0] + 1, self.traffic[1] + len(reply.body)
        return reply

    def close(self) -> None:
        """Close all connections. Requests under way end with ClosedError."""
        self.is_closed = True
        self._closing.here.set()
        self._pools.close()

    def wait(self, seconds: float) -> None:
        """Wait. Raises ClosedError as soon as ``close`` is called."""
        self._closing.here.wait(seconds)
        if self.is_closed:
            raise ClosedError("The connection was closed while a request was waiting for its next attempt.")

    def _make_ready(self, connection: Connection, request: Request, deadline: float) -> None:
        """From here no byte of the request has been sent."""
        self._check_open(None)  # when ``close`` comes after this, it finds the connection
        if connection.is_ready:
            return
        try:
            connection.make_ready(self._timeouts, deadline)
        except Exception as error:
            self._check_open(error)
            raise unsent(error, request.method, request.url, request.destination) from error
        self._check_open(None)

    def _exchange(
        self,
        connection: Connection,
        request: Request,
        message: bytes,
        timeouts: Timeouts,
        deadline: float,
    ) -> tuple[Reply, bool]:
        """The reply, and whether the connection can be used again. From here the request may have arrived."""
        largest = self._largest
        try:
            response = connection.exchange(request.method, message, timeouts, deadline, largest, request.patience)
            body = read_body(response, largest)
            headers = {name.lower(): " ".join(value.split()) for name, value in response.headers.items()}
        except Exception as error:
            self._check_open(error)
            raise unanswered(error, request.method, request.url, timeouts, largest) from error
        return Reply(response.status, headers, body), not response.will_close and response.isclosed()

    def _check_open(self, error: Exception | None) -> None:
        if self.is_closed:
            raise ClosedError("The connection was closed during a request.") from error
