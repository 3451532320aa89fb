"""Connections: what every request carries, and that none outlives its owner."""

from __future__ import annotations

import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata

import pytest
from urllib3.connection import HTTPConnection

from rxeryph.errors import ClosedError, ConfigurationError
from rxeryph.http import Http, Request, Timeout


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


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("nan"), (1.0, 0.0), (0.0, 1.0)])
def test_a_timeout_has_to_be_more_than_nothing(timeout: Timeout) -> None:
    with pytest.raises(ConfigurationError, match="request_timeout must be more than 0"):
        Http(timeout=timeout)


def test_what_is_no_url_cannot_be_requested() -> None:
    with pytest.raises(ConfigurationError, match="is not a URL that can be requested"):
        Http().prepare("GET", "http://", {})


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
