"""Connections: what every request carries, and that none outlives its owner."""

from __future__ import annotations

import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from time import monotonic
from typing import Any

import pytest
from urllib3.connection import HTTPConnection

from rxeryph.errors import ClosedError, ConfigurationError, TransportError
from rxeryph.http import Http, Request, Timeouts
from rxeryph.http.exchange import Destination
from rxeryph.http.pools import Pools

from .servers import answering, read_head, serving


def test_every_request_names_library_and_python() -> None:
    seen: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.extend(self.headers.get_all("User-Agent", []))
            self.send_response_only(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        http = Http()
        http.send(http.prepare("GET", f"http://127.0.0.1:{server.server_port}/", {"Accept": "application/json"}))
        thread.join(5)
        http.close()
    python = ".".join(map(str, sys.version_info[:3]))
    assert seen == [f"rxeryph/{metadata.version('rxeryph')} python/{python}"]


@pytest.mark.parametrize(
    "timeout",
    [
        0.0,
        -1.0,
        float("nan"),
        float("inf"),
        1e10,
        "5",
        True,
        (1.0, 0.0),
        (0.0, 1.0),
        (1, None),
        (1, 2, 3),
        [1, 2],
        (),
    ],
)
def test_a_timeout_that_cannot_be_used_is_refused(timeout: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"request_timeout: .* Give seconds, \(connect, read\) or Timeouts"):
        Http(timeout=timeout)


@pytest.mark.parametrize("limits", [{"total": float("inf")}, {"read": None}, {"connect": "1"}])
def test_each_limit_of_its_own_is_checked_too(limits: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(limits))):
        Timeouts(**limits)


def test_a_short_form_keeps_the_total_limit_unless_that_is_too_short() -> None:
    assert Timeouts.of(None) == Timeouts(5.0, 10.0, 60.0)
    assert Timeouts.of(2) == Timeouts(2, 2, 60.0)
    assert Timeouts.of((1.0, 100.0)) == Timeouts(1.0, 100.0, 101.0)
    assert Timeouts.of(86400.0).total == 86400.0


@pytest.mark.parametrize("value", ["Bearer a\r\nX: b", "Bearer \n", "Bearer \0", "Bearer \u20ac", "Bearer \ud800"])
def test_a_header_that_cannot_be_sent_is_named_but_not_shown(value: str) -> None:
    http = Http()
    request = http.prepare("GET", "http://127.0.0.1:9/", {"Accept": "x"})
    request.headers["Authorization"] = value
    with pytest.raises(TransportError, match="nothing was sent, because the header Authorization has a") as caught:
        http.send(request)
    assert (caught.value.may_have_arrived, caught.value.is_permanent) == (False, True)
    assert caught.value.__context__ is None
    assert "Bearer" not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("query", ["?a b", "?a\r\nX: y", "?\u20ac", "?\xe9"])
def test_a_query_that_cannot_be_sent_is_refused(query: str) -> None:
    http = Http()
    with pytest.raises(TransportError, match="because the URL has a character"):
        http.send(http.prepare("GET", "http://127.0.0.1:9/", {}), query)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        (b"Content-Length: 2\r\n\r\nok", False),
        (b"Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\nTrailer: x\r\n\r\n", False),
        (b"Content-Length: 2\r\nConnection: close\r\n\r\nok", True),
        (b"\r\nok", True),
    ],
    ids=["length", "chunks", "length and close", "until the end"],
)
def test_a_connection_is_used_again_unless_the_server_ends_it(answer: bytes, ends: bool) -> None:
    def serve(sock: socket.socket) -> None:
        while read_head(sock):
            sock.sendall(b"HTTP/1.1 200 OK\r\n" + answer)
            if ends:
                return

    with serving(serve) as server:
        http = Http()
        request = http.prepare("GET", f"http://127.0.0.1:{server.port}/", {})
        assert [http.send(request).body for _ in range(3)] == [b"ok"] * 3
        http.close()
        assert server.connections == (3 if ends else 1)


def test_a_kept_connection_that_the_server_closed_is_replaced_before_anything_is_sent() -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) as server:
        http = Http()
        request = http.prepare("GET", f"http://127.0.0.1:{server.port}/", {})
        for _ in range(3):
            assert http.send(request).body == b"ok"
            threading.Event().wait(0.05)  # until the end of the connection has arrived
        http.close()
        assert server.connections == 3


def test_what_is_no_url_cannot_be_requested() -> None:
    for url in ("http://", "http://[", "http://me:hunter2@:x/", "nothing"):
        with pytest.raises(ConfigurationError, match="is not a URL that can be requested") as caught:
            Http().prepare("GET", url, {})
        assert "hunter2" not in f"{caught.value} {vars(caught.value)} {caught.value.__context__}"


def test_a_connection_made_during_close_is_closed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    connecting, may_continue = threading.Event(), threading.Event()
    connect = HTTPConnection.connect

    def slow(self: HTTPConnection) -> None:
        connect(self)
        connecting.set()
        assert may_continue.wait(30)

    monkeypatch.setattr(HTTPConnection, "connect", slow)
    raised: list[Exception] = []

    def ask(http: Http, request: Request) -> None:
        try:
            http.send(request)
        except Exception as error:
            raised.append(error)

    with socket.create_server(("127.0.0.1", 0)) as server:
        http = Http(timeout=(5.0, 30.0))
        request = http.prepare("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", {})
        thread = threading.Thread(target=ask, args=(http, request))
        thread.start()
        assert connecting.wait(30)
        http.close()
        may_continue.set()
        thread.join(5)  # and not for the 30 s the server may take
        assert not thread.is_alive()
    assert [type(error) for error in raised] == [ClosedError]


def test_a_connection_that_becomes_free_during_close_is_closed_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        pools = Pools(True, 8)
        connection = pools.take(Destination("http", "127.0.0.1", server.getsockname()[1]))
        connection.make_ready(Timeouts(), monotonic() + 5.0)
        pools.close()
        pools.keep(connection)
        assert not connection.is_ready
