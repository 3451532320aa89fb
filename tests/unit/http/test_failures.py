"""A failed request says whether it may have arrived: no, until its first byte is handed to a ready connection."""

from __future__ import annotations

import errno
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from rxeryph.errors import ClosedError, RequestTimeoutError, TransportError
from rxeryph.http import Fingerprint, Http, Reply, Timeouts, Verify

from .servers import Serve, answering, certificate, read_head, serving, tls_context

QUICK = Timeouts(connect=0.3, read=0.3, total=5.0)


def nothing(sock: socket.socket) -> None:
    """Close at once."""


def hang(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.recv(65536)


def reset(sock: socket.socket) -> None:
    sock.recv(65536)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def alert(description: int) -> Serve:
    """A server that ends the handshake with a TLS alert."""

    def serve(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(bytes((21, 3, 3, 0, 2, 2, description)))

    return serve


def ask(url: str, *, timeout: Timeouts = QUICK, verify: Verify = True, method: str = "GET", **more: int) -> Reply:
    http = Http(timeout=timeout, verify=verify, **more)
    try:
        return http.send(http.prepare(method, url, {}))
    finally:
        http.close()


def pinned() -> Fingerprint:
    return Fingerprint(certificate().fingerprint)


def secured(serve: Serve) -> Serve:
    """``serve`` behind TLS."""
    context = tls_context()

    def wrapped(sock: socket.socket) -> None:
        with context.wrap_socket(sock, server_side=True) as secure:
            serve(secure)

    return wrapped


def tunnelled(serve: Serve) -> Serve:
    """``serve`` behind a proxy that accepts CONNECT."""

    def wrapped(sock: socket.socket) -> None:
        assert read_head(sock).startswith(b"CONNECT eryph.example:443 ")
        sock.sendall(b"HTTP/1.1 200 Go ahead\r\n\r\n")
        serve(sock)

    return wrapped


# -- before the first byte


@pytest.mark.parametrize(
    ("serve", "is_timeout"),
    [
        pytest.param(nothing, False, id="closed"),
        pytest.param(lambda sock: sock.recv(65536), False, id="end of file"),
        pytest.param(reset, False, id="reset"),
        pytest.param(hang, True, id="timeout"),
        pytest.param(alert(40), False, id="handshake failure"),
        pytest.param(alert(80), False, id="internal error"),
        pytest.param(alert(0), False, id="close notify"),
        pytest.param(lambda sock: sock.sendall(b"HTTP/1.1 503 Busy\r\n\r\n"), False, id="plain http"),
    ],
)
def test_nothing_was_sent_when_the_tls_handshake_never_ends(serve: Serve, is_timeout: bool) -> None:
    with serving(serve) as server, pytest.raises(TransportError) as caught:
        ask(f"https://localhost:{server.port}/")
    assert (caught.value.may_have_arrived, caught.value.is_permanent) == (False, False)
    assert isinstance(caught.value, RequestTimeoutError) == is_timeout
    assert "not trusted" not in str(caught.value)


@pytest.mark.parametrize("code", [errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL])
def test_nothing_was_sent_without_a_route(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise OSError(code, "no route")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(TransportError, match="cannot connect") as caught:
        ask("http://localhost:1/")
    assert (caught.value.may_have_arrived, caught.value.is_permanent) == (False, False)
    assert caught.value.was_refused == (code == errno.ECONNREFUSED)


def test_nothing_was_sent_to_a_host_that_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(TransportError, match="Name or service not known") as caught:
        ask("https://eryph.example/")
    assert (caught.value.may_have_arrived, caught.value.is_permanent) == (False, False)


@pytest.mark.parametrize(
    "serve",
    [
        pytest.param(nothing, id="closed"),
        pytest.param(hang, id="timeout"),
        pytest.param(answering(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), id="407"),
        pytest.param(answering(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"), id="502"),
        pytest.param(answering(b"nonsense\r\n\r\n"), id="nonsense"),
        pytest.param(tunnelled(nothing), id="closed in the handshake"),
        pytest.param(tunnelled(hang), id="timeout in the handshake"),
    ],
)
def test_nothing_was_sent_when_a_proxy_makes_no_tunnel(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(serve) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(TransportError, match=r"NO_PROXY|TLS") as caught:
            ask("https://eryph.example/")
    assert (caught.value.may_have_arrived, caught.value.is_permanent) == (False, False)


def test_a_proxy_that_answers_byte_by_byte_does_not_block_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(drip(b"HTTP/1.1 200 Go ahead\r\n", b"X")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(RequestTimeoutError) as caught:
            ask("https://eryph.example/", timeout=Timeouts(connect=1.0, read=1.0, total=0.4))
    assert not caught.value.may_have_arrived


def test_a_certificate_that_is_not_trusted_is_final() -> None:
    with serving(secured(hang)) as server:
        for verify in (True, Fingerprint("0" * 64)):
            with pytest.raises(TransportError, match="not trusted") as caught:
                ask(f"https://localhost:{server.port}/", verify=verify)
            assert (caught.value.may_have_arrived, caught.value.is_permanent) == (False, True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_server_with_an_old_tls_is_reported_as_such() -> None:
    context = tls_context()
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")

    def serve(sock: socket.socket) -> None:
        context.wrap_socket(sock, server_side=True).close()

    for server_ends_it in (serve, alert(70)):
        with (
            serving(server_ends_it) as server,
            pytest.raises(TransportError, match=r"no version of TLS from 1\.2") as e,
        ):
            ask(f"https://localhost:{server.port}/")
        assert "not trusted" not in str(e.value)
        assert (e.value.may_have_arrived, e.value.is_permanent) == (False, True)


# -- from the first byte on


def garbage(sock: socket.socket) -> None:
    """Break the TLS record in which the answer would come."""
    read_head(sock)
    with socket.socket(fileno=sock.detach()) as plain:
        plain.sendall(b"\x17\x03\x03\x00\x20" + b"?" * 32)


@pytest.mark.parametrize(
    "serve",
    [
        pytest.param(secured(garbage), id="broken record"),
        pytest.param(secured(answering()), id="end of file"),
        pytest.param(tunnelled(secured(garbage)), id="broken record behind a proxy"),
    ],
)
def test_a_request_may_have_arrived_when_tls_breaks_after_its_first_byte(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(serve) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
        host = "eryph.example" if "tunnelled" in serve.__qualname__ else f"localhost:{server.port}"
        with pytest.raises(TransportError, match="connection broke") as caught:
            ask(f"https://{host}/", verify=pinned())
        assert server.connections == 1
    assert (caught.value.may_have_arrived, caught.value.is_permanent) == (True, False)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="none"),
        pytest.param(b"HTTP/1.1 20", id="half a status"),
        pytest.param(b"\x1b[31mno status\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/9.9 200 OK\r\n\r\n", id="unknown version"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", id="half a body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n", id="bad chunk size"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nab\r\n", id="negative chunk size"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", id="half a chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", id="more than a chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x", id="half a trailer"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nab", id="unknown encoding"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nab", id="broken encoding"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n", id="header too long"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 200 + b"\r\n", id="too many headers"),
    ],
)
def test_an_unusable_reply_is_an_error_of_ours(answer: bytes) -> None:
    with serving(answering(answer)) as server, pytest.raises(TransportError) as caught:
        ask(f"http://localhost:{server.port}/")
    assert (caught.value.may_have_arrived, caught.value.is_permanent) == (True, False)
    assert str(caught.value).isprintable()


def test_half_a_reply_is_not_kept_in_the_error() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n" + b"channel-token"
    with serving(answering(answer)) as server, pytest.raises(TransportError) as caught:
        ask(f"http://localhost:{server.port}/")
    error: BaseException | None = caught.value
    while error is not None:
        assert "channel-token" not in f"{error!r} {vars(error)}"
        error = error.__cause__ or error.__context__


def test_connecting_takes_no_longer_than_the_request_may() -> None:
    with serving(hang) as server:
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError, match="no connection in time"):
            ask(f"https://localhost:{server.port}/", timeout=Timeouts(connect=30.0, read=30.0, total=0.3))
        assert time.monotonic() - began < 5.0


# -- how long and how much


def drip(head: bytes, piece: bytes) -> Serve:
    """A server whose answer never ends, but never pauses either."""

    def serve(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(head)
        while True:
            time.sleep(0.02)
            sock.sendall(piece)

    return serve


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"


@pytest.mark.parametrize(
    "serve",
    [
        pytest.param(drip(HEAD, b"x"), id="body"),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="100 Continue without an end"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"X"), id="header"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), id="chunks"),
        pytest.param(secured(drip(HEAD, b"x")), id="TLS"),
        pytest.param(tunnelled(secured(drip(HEAD, b"x"))), id="TLS behind a proxy"),
    ],
)
def test_an_answer_byte_by_byte_ends_at_the_total_limit(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = serve.__qualname__.partition(".")[0]
    with serving(serve) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
        here = f"localhost:{server.port}"
        url = {"drip": f"http://{here}/", "secured": f"https://{here}/"}.get(kind, "https://eryph.example/")
        began = time.monotonic()
        with pytest.raises(RequestTimeoutError, match=r"longer than 0\.4 s in all") as caught:
            ask(url, verify=pinned(), timeout=Timeouts(connect=5.0, read=5.0, total=0.4))
        assert time.monotonic() - began < 3.0
    assert caught.value.may_have_arrived


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001, id="length"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1001, id="until the end"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1f\r\n" + b"x" * 31 + b"\r\n", id="chunks"
        ),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", id="100 Continue without an end"),
    ],
)
def test_a_reply_is_read_up_to_the_limit_only(answer: bytes) -> None:
    def serve(sock: socket.socket) -> None:
        read_head(sock)
        sock.sendall(answer)
        more = b"HTTP/1.1 100 Continue\r\n\r\n" if b"100" in answer else b"1f\r\n" + b"x" * 31 + b"\r\n"
        for _ in range(100):
            sock.sendall(more * 2000)

    with serving(serve) as server, pytest.raises(TransportError, match="larger than 0 MiB"):
        ask(f"http://localhost:{server.port}/", timeout=Timeouts(), largest_reply=1000)


def test_a_compressed_reply_that_was_not_asked_for_is_expanded_up_to_the_limit_only() -> None:
    import gzip

    for size, fits in ((1000, True), (50_000_000, False)):
        body = gzip.compress(b"x" * size)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        asked: list[bytes] = []

        def serve(sock: socket.socket, answer: bytes = head + body, asked: list[bytes] = asked) -> None:
            asked.append(read_head(sock))
            sock.sendall(answer)

        with serving(serve) as server:
            if fits:
                assert ask(f"http://localhost:{server.port}/").body == b"x" * size
            else:
                with pytest.raises(TransportError, match="larger than 0 MiB"):
                    ask(f"http://localhost:{server.port}/", largest_reply=1000_000)
        assert b"Accept-Encoding: identity" in asked[0]


# -- closing


@pytest.fixture
def threads() -> Iterator[list[threading.Thread]]:
    started: list[threading.Thread] = []
    yield started
    for thread in started:
        thread.join(10)


@pytest.mark.parametrize(
    ("serve", "scheme"),
    [
        pytest.param(hang, "http", id="http"),
        pytest.param(hang, "https", id="CONNECT"),
        pytest.param(tunnelled(hang), "https", id="handshake"),
        pytest.param(tunnelled(secured(hang)), "https", id="https"),
    ],
)
def test_close_interrupts_a_request_through_a_proxy(
    serve: Serve, scheme: str, monkeypatch: pytest.MonkeyPatch, threads: list[threading.Thread]
) -> None:
    arrived = threading.Event()
    raised: list[Exception] = []

    def noted(sock: socket.socket) -> None:
        arrived.set()
        serve(sock)

    with serving(noted) as proxy:
        monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"http://127.0.0.1:{proxy.port}")
        http = Http(verify=pinned(), timeout=30.0)
        request = http.prepare("GET", f"{scheme}://eryph.example/", {})

        def send() -> None:
            try:
                http.send(request)
            except Exception as error:
                raised.append(error)

        threads.append(threading.Thread(target=send))
        threads[0].start()
        assert arrived.wait(10)
        time.sleep(0.2)  # until it waits
        began = time.monotonic()
        http.close()
        threads[0].join(10)
        assert time.monotonic() - began < 2.0
    assert [type(error) for error in raised] == [ClosedError]
