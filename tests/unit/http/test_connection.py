"""Connections: none outlives its owner, whatever it was doing."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest
from urllib3.connection import HTTPConnection

from rxeryph.errors import ClosedError
from rxeryph.http.connection import Http


def test_a_connection_that_is_being_made_while_all_are_closed_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    connecting, go_on = threading.Event(), threading.Event()
    connect = HTTPConnection.connect

    def slow(self: HTTPConnection) -> None:
        connect(self)
        connecting.set()
        assert go_on.wait(30)

    monkeypatch.setattr(HTTPConnection, "connect", slow)
    raised: list[Exception] = []

    def ask(http: Http, request: Any) -> None:
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
        go_on.set()
        thread.join(5)  # and not for the 30 s the server may take
        assert not thread.is_alive()
    assert [type(error) for error in raised] == [ClosedError]
