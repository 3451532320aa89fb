"""A request with patience waits longer for its answer, and says once that it is still waiting."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from rxeryph.errors import RequestTimeoutError, TransportError
from rxeryph.http import Fingerprint, Http, Patience, Timeouts, connection, exchange
from rxeryph.http.timeouts import PATIENT

from .servers import answering, certificate, read_head, serving
from .test_failures import hang, secured

OK = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"


def test_patience_outlasts_a_server_that_waits_30_s_for_its_database() -> None:
    assert PATIENT.read >= 45.0
    assert PATIENT.total >= PATIENT.connect + PATIENT.read


@pytest.mark.parametrize(("timeout", "waited"), [(None, 0.2), (Timeouts(read=0.3), 0.3), (0.3, 0.3)], ids=repr)
def test_it_has_limits_of_its_own_unless_the_caller_chose_some(
    monkeypatch: pytest.MonkeyPatch, timeout: Timeouts | float | None, waited: float
) -> None:
    monkeypatch.setattr(connection, "PATIENT", Timeouts(read=0.2))
    with serving(hang) as server, contextlib.closing(Http(timeout=timeout)) as http:
        request = http.prepare("POST", f"http://127.0.0.1:{server.port}/", {})
        request.patience = Patience(lambda: None)
        with pytest.raises(RequestTimeoutError, match=rf"\({waited} s\)"):
            http.send(request)
        assert request.patience.sent_at is not None


@pytest.mark.parametrize("is_secure", [False, True])
def test_it_says_once_that_it_is_still_waiting(monkeypatch: pytest.MonkeyPatch, is_secure: bool) -> None:
    monkeypatch.setattr(exchange, "NOTICE_AFTER", 0.05)
    noticed = threading.Event()
    notices: list[None] = []

    def notify() -> None:
        notices.append(None)
        noticed.set()

    def late(sock: socket.socket) -> None:
        read_head(sock)
        assert noticed.wait(10)
        sock.sendall(OK[:20])
        sock.sendall(OK[20:])

    scheme = "https" if is_secure else "http"
    with (
        serving(secured(late) if is_secure else late) as server,
        contextlib.closing(Http(verify=Fingerprint(certificate().fingerprint))) as http,
    ):
        request = http.prepare("POST", f"{scheme}://localhost:{server.port}/", {})
        request.patience = Patience(notify)
        assert http.send(request).body == b"ok"
    assert notices == [None]


def test_an_answer_in_time_needs_no_notice() -> None:
    with serving(answering(OK)) as server, contextlib.closing(Http()) as http:
        request = http.prepare("POST", f"http://127.0.0.1:{server.port}/", {})
        request.patience = Patience(pytest.fail)
        assert http.send(request).status == 202


def test_a_request_that_was_never_sent_has_no_time_of_sending() -> None:
    with serving(hang) as server, contextlib.closing(Http(timeout=0.2)) as http:
        request = http.prepare("POST", f"https://localhost:{server.port}/", {})
        request.patience = Patience(pytest.fail)
        with pytest.raises(RequestTimeoutError, match="no connection in time"):
            http.send(request)
        assert request.patience.sent_at is None


def test_a_request_may_be_called_off_until_its_first_byte() -> None:
    with serving(answering(OK)) as server, contextlib.closing(Http()) as http:
        request = http.prepare("POST", f"http://127.0.0.1:{server.port}/", {})
        late = TransportError("late", method="POST", url="")

        def check() -> None:
            raise late

        request.patience = Patience(pytest.fail, check=check)
        with pytest.raises(TransportError, match="late"):
            http.send(request)
        assert request.patience.sent_at is None
        request.patience = Patience(pytest.fail, check=lambda: None)
        assert http.send(request).status == 202
        assert http.traffic[0] == 1
