"""Real TLS against a certificate of the server's own: trusted when said so, refused with advice otherwise."""

from __future__ import annotations

import os
import ssl
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rxeryph import Eryph, Fingerprint
from rxeryph.errors import ConfigurationError, TransportError
from rxeryph.http import Http
from rxeryph.model import ApiVersion
from rxeryph.simulator import Simulator

Connect = Callable[..., Eryph]


@pytest.fixture(scope="module")
def secure() -> Iterator[Simulator]:
    with Simulator(tls=True) as simulator:
        yield simulator


@pytest.fixture(autouse=True, scope="module")
def _threads_of_the_module(secure: Simulator) -> None:
    """Started before the check for threads left behind."""


def test_a_ca_file_or_a_fingerprint_is_enough(secure: Simulator, connect_to: Connect) -> None:
    assert secure.ca_file is not None
    assert secure.fingerprint is not None
    colons = ":".join(secure.fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    for verify in (secure.ca_file, Fingerprint(secure.fingerprint), Fingerprint(colons)):
        assert connect_to(secure, verify=verify).version() == ApiVersion(1, 2)


def test_the_trust_store_is_asked_by_default(
    secure: Simulator, connect_to: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert secure.ca_file is not None
    monkeypatch.setenv("SSL_CERT_FILE", secure.ca_file)  # where OpenSSL looks for the system's store
    assert connect_to(secure).version() == ApiVersion(1, 2)


def test_requests_own_variable_changes_nothing(
    secure: Simulator, connect_to: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert secure.ca_file is not None
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", secure.ca_file)
    monkeypatch.setenv("CURL_CA_BUNDLE", secure.ca_file)
    with pytest.raises(TransportError, match="not trusted"):
        connect_to(secure).version()


def test_an_unknown_certificate_is_refused_at_once_with_advice(secure: Simulator, connect_to: Connect) -> None:
    before = len(secure.requests)
    with pytest.raises(
        TransportError, match=r"not trusted \(self-signed certificate\).*CA file or a Fingerprint"
    ) as e:
        connect_to(secure).version()
    assert (e.value.is_permanent, e.value.attempts) == (True, 1)
    with pytest.raises(TransportError, match="Fingerprint"):
        connect_to(secure, verify=Fingerprint("0" * 64)).version()
    assert len(secure.requests) == before


def test_the_name_has_to_match(secure: Simulator, connect_to: Connect) -> None:
    with pytest.raises(TransportError, match=r"not valid for '127\.0\.0\.1'"):
        connect_to(secure, endpoint=f"https://127.0.0.1:{secure.port}", verify=secure.ca_file).version()


def test_a_stream_ends_at_once_on_a_certificate_that_is_not_trusted(secure: Simulator, connect_to: Connect) -> None:
    with pytest.raises(TransportError, match="not trusted"):
        connect_to(secure).track("00000000-0000-4000-8000-000000000001").wait(10)


def test_no_check_at_all_warns_once(secure: Simulator, connect_to: Connect) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        eryph = connect_to(secure, verify=False)
        for _ in range(3):
            assert eryph.version() == ApiVersion(1, 2)
    assert [item.category for item in caught] == [RuntimeWarning]
    assert "not checked" in str(caught[0].message)


def test_a_file_that_is_none(secure: Simulator, connect_to: Connect, tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("nothing")
    for path in (broken, tmp_path / "missing.pem"):
        with pytest.raises(ConfigurationError, match=r"verify: the CA file .*cannot be used"):
            connect_to(secure, verify=str(path))
    with pytest.raises(ConfigurationError, match="64 hex digits"):
        Fingerprint("abc")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_as_ca_file_does_not_block(tmp_path: Path) -> None:
    pipe = tmp_path / "ca.pem"
    os.mkfifo(pipe)
    with pytest.raises(ConfigurationError, match="not an ordinary file"):
        Http(verify=str(pipe))


@pytest.mark.parametrize("value", ["MIIEpAIBAAKCAQEA" * 30, "hunter2hunter2", "hunter2\0", "hunter2\ud800", 2, None])
def test_what_is_no_ca_file_is_not_shown(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="verify") as caught:
        Http(verify=value)
    assert not any(part in f"{caught.value} {vars(caught.value)}" for part in ("MIIE", "hunter2"))


def test_http_to_a_tls_port_and_back(secure: Simulator, simulator: Simulator, connect_to: Connect) -> None:
    with pytest.raises(TransportError):
        connect_to(secure, endpoint=f"http://localhost:{secure.port}").version()
    with pytest.raises(TransportError, match=ssl.SSLError.__name__[:3] + "|certificate|connection"):
        connect_to(simulator, endpoint=f"https://localhost:{simulator.port}").version()
