"""The environment of a process: which proxy is used, and what else requests would take from there."""

from __future__ import annotations

import os
import socket
import threading
import warnings
from pathlib import Path

import pytest

from rxeryph.errors import ConfigurationError, TransportError
from rxeryph.http import Http

from .servers import answering, read_head, serving

PROXY = "http://proxy.example:3128"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("no_proxy", "url", "is_direct"),
    [
        ("", "https://eryph.example", False),
        ("eryph.example", "https://eryph.example", True),
        ("ERYPH.Example", "https://eryph.EXAMPLE.", True),
        ("example", "https://eryph.example", True),
        (".example", "https://eryph.example", True),
        ("*.example", "https://eryph.example", True),
        ("ryph.example", "https://eryph.example", False),
        ("other.example, eryph.example", "https://eryph.example", True),
        ("other.example eryph.example", "https://eryph.example", True),
        ("eryph.example:8000", "https://eryph.example:8000", True),
        ("eryph.example:8000", "https://eryph.example:8001", False),
        ("eryph.example:443", "https://eryph.example", True),
        ("10.1.2.3", "https://10.1.2.3:8000", True),
        ("10.0.0.0/8", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("10.0.0.0/8:8000", "https://10.1.2.3:8001", False),
        ("fd00::/8", "https://[fd00::1]:8000", True),
        ("[fd00::1]:8000", "https://[fd00::1]:8000", True),
        ("[fd00::1]:8000", "https://[fd00::1]:8001", False),
        ("fd00::1", "https://[FD00:0::1]", True),
        ("*", "https://eryph.example", True),
        (",, ,", "https://eryph.example", False),
        ("", "https://localhost:8000", True),
        ("", "https://127.0.0.1:8000", True),
    ],
)
def test_no_proxy_is_honoured(no_proxy: str, url: str, is_direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert (Http().prepare("GET", url, {}).destination.proxy is None) == is_direct


def test_each_scheme_has_its_proxy_and_the_rest_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "secure.example:1")
    monkeypatch.setenv("ALL_PROXY", "https://me:p%40ss@all.example")
    http = Http()
    secure = http.prepare("GET", "https://eryph.example", {}).destination.proxy
    plain = http.prepare("GET", "http://eryph.example", {}).destination.proxy
    assert secure is not None
    assert plain is not None
    assert (secure.scheme, secure.host, secure.port, secure.headers) == ("http", "secure.example", 1, {})
    assert (plain.scheme, plain.host, plain.port) == ("https", "all.example", 443)
    assert plain.headers == {"Proxy-Authorization": "Basic bWU6cEBzcw=="}
    assert "bWU6" not in repr(plain)


def test_a_proxy_gets_the_whole_url_and_its_own_password_but_a_tunnel_no_header_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heads: list[bytes] = []

    def serve(sock: socket.socket) -> None:
        heads.append(read_head(sock))
        sock.sendall(b"HTTP/1.1 204 No\r\nConnection: close\r\n\r\n")

    with serving(serve) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://me:pw@127.0.0.1:{proxy.port}")
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:pw@127.0.0.1:{proxy.port}")
        http = Http()
        token = {"Authorization": "Bearer token"}
        assert http.send(http.prepare("GET", "http://eryph.example/a?b", token), "&c").status == 204
        with pytest.raises(TransportError, match="204"):
            http.send(http.prepare("GET", "https://eryph.example/a", token))
    assert heads[0].startswith(b"GET http://eryph.example/a?b&c HTTP/1.1\r\nHost: eryph.example\r\n")
    assert b"Proxy-Authorization: Basic bWU6cHc=\r\n" in heads[0]
    assert heads[1].startswith(b"CONNECT eryph.example:443 ")
    assert b"Proxy-Authorization: Basic bWU6cHc=\r\n" in heads[1]
    assert b"Bearer" not in heads[1]


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hunter2@",
        "http://me:hunter2@[bad",
        "http://me:hunter2@proxy:99999",
        "http://me:hunter2@proxy:port",
        "socks5://me:hunter2@proxy:1080",
        "http://hunt er2@pro xy",
        "me:hunter2",
    ],
)
def test_a_malformed_proxy_variable_is_named_but_not_shown(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    with pytest.raises(ConfigurationError, match="The proxy in HTTPS_PROXY cannot be used: ") as caught:
        Http().prepare("GET", "https://eryph.example", {})
    error: BaseException | None = caught.value
    while error is not None:
        assert "hunter2" not in f"{error!r} {vars(error)}"
        error = None if error.__suppress_context__ else error.__context__


def test_an_unchecked_certificate_warns_once_behind_a_proxy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from .test_failures import secured, tunnelled

    with serving(tunnelled(secured(answering(b"HTTP/1.1 204 No\r\nConnection: close\r\n\r\n")))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            http = Http(verify=False)
            request = http.prepare("GET", "https://eryph.example", {})
            assert [http.send(request).status for _ in range(2)] == [204, 204]
            http.close()
    assert [each.category for each in caught] == [RuntimeWarning]


def test_netrc_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine eryph.example login me password hunter2\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    assert "Authorization" not in Http().prepare("GET", "https://eryph.example", {}).headers


def test_tls_secrets_are_not_logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from .servers import certificate
    from .test_failures import secured

    ca_file, log = tmp_path / "ca.pem", tmp_path / "keys.log"
    ca_file.write_bytes(certificate().pem)
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    with serving(secured(answering(b"HTTP/1.1 204 No\r\nConnection: close\r\n\r\n"))) as server:
        http = Http(verify=str(ca_file))
        assert http.send(http.prepare("GET", f"https://localhost:{server.port}", {})).status == 204
    assert not log.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_has_connections_of_its_own() -> None:
    def serve(sock: socket.socket) -> None:
        def answer() -> None:
            while read_head(sock):
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n%05d" % sock.getpeername()[1])

        answer()

    with serving(lambda sock: _in_background(sock, serve)) as server:
        http = Http()
        request = http.prepare("GET", f"http://localhost:{server.port}", {})
        first = http.send(request).body
        assert http.send(request).body == first
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover
            try:
                os.write(writing, http.send(request).body)
                http.close()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(writing)
        with open(reading, "rb") as pipe:
            in_child = pipe.read()
        assert len(in_child) == 5
        assert in_child != first
        assert http.send(request).body == first  # the child did not close it
        http.close()
        for thread in _started:
            thread.join(10)


_started: list[threading.Thread] = []


def _in_background(sock: socket.socket, serve: object) -> None:
    own = socket.socket(fileno=sock.detach())
    own.settimeout(10)

    def run() -> None:
        with own:
            assert callable(serve)
            serve(own)

    _started.append(threading.Thread(target=run))
    _started[-1].start()
