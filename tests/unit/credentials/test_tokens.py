"""Access tokens: asked for once, renewed in time, by one thread, never shown."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from rxeryph import Eryph
from rxeryph.credentials import ClientCredentials, TokenSource
from rxeryph.errors import AuthenticationError, ConfigurationError, TransportError
from rxeryph.http import Http
from rxeryph.model import ApiVersion
from rxeryph.simulator import Simulator

Connect = Callable[..., Eryph]


def token_requests(simulator: Simulator) -> int:
    return sum(request.path.endswith("/connect/token") for request in simulator.requests)


def source(simulator: Simulator, clock: Callable[[], float]) -> TokenSource:
    credentials = ClientCredentials.of(simulator.client_id, simulator.private_key)
    return TokenSource(Http(), simulator.identity_endpoint, credentials, clock=clock)


@pytest.mark.parametrize("strict", [True, False])
def test_both_forms_of_assertion(connect_to: Connect, strict: bool) -> None:
    with Simulator(strict=strict) as simulator:
        assert connect_to(simulator).version() == ApiVersion(1, 2)
        assert connect_to(simulator, client_secret=simulator.client_secret).version() == ApiVersion(1, 2)


def test_a_key_as_text_or_file_in_either_format(simulator: Simulator, connect_to: Connect, tmp_path: Path) -> None:
    pkcs1 = simulator.private_key
    key = load_pem_private_key(pkcs1.encode(), None)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = tmp_path / "my.key"
    file.write_text("\ufeff" + pkcs1, encoding="utf-8")  # as Windows editors write it
    for given in (pkcs1, pkcs8, str(file)):
        assert connect_to(simulator, private_key=given).version() == ApiVersion(1, 2)


def test_a_token_is_renewed_ahead_of_its_end(simulator: Simulator) -> None:
    now = 1000.0
    tokens = source(simulator, lambda: now)
    first = tokens.token()
    now += 3299.0
    assert tokens.token() == first
    now += 2.0
    assert tokens.token() != first
    assert token_requests(simulator) == 2


def test_many_threads_ask_once(simulator: Simulator) -> None:
    tokens = source(simulator, lambda: 0.0)
    barrier = threading.Barrier(50)
    seen: list[str] = []

    def ask() -> None:
        barrier.wait()
        seen.append(tokens.token())

    def run(target: Callable[[], None]) -> None:
        threads = [threading.Thread(target=target) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run(ask)
    assert token_requests(simulator) == 1
    rejected = seen[0]
    seen.clear()

    def renew() -> None:
        barrier.wait()
        seen.append(tokens.renew(rejected))

    run(renew)
    assert token_requests(simulator) == 2
    assert len(set(seen)) == 1
    assert rejected not in seen


def test_a_stream_outlives_its_token(connect_to: Connect) -> None:
    with Simulator(speed=20.0, token_lifetime=1.0, token_skew=0.0) as simulator:
        result = connect_to(simulator).catlets.create({"name": "web"}).wait(30)
        assert result.succeeded
        assert token_requests(simulator) >= 2
        assert not [request for request in simulator.requests if request.status == 401]


def test_a_restarted_server_with_new_keys_is_no_news(connect_to: Connect) -> None:
    with Simulator(speed=200.0) as simulator:
        eryph = connect_to(simulator)
        eryph.version()
        simulator.restart()
        assert eryph.version() == ApiVersion(1, 2)


def test_refusals_come_with_the_providers_words(simulator: Simulator, connect_to: Connect) -> None:
    with pytest.raises(AuthenticationError, match=r"refused client 'nobody' \(401, invalid_client") as caught:
        connect_to(simulator, client_id="nobody").version()
    assert caught.value.error == "invalid_client"
    with pytest.raises(AuthenticationError, match="refused client"):
        connect_to(simulator, private_key=Simulator().private_key).version()
    with pytest.raises(AuthenticationError, match=r"invalid_scope.*Ask for fewer scopes"):
        connect_to(simulator, scopes=["compute:everything"]).version()
    with pytest.raises(AuthenticationError, match="discovery answered 401"):
        connect_to(simulator, endpoint=f"{simulator.endpoint}/nowhere").version()


def test_a_provider_in_trouble_is_asked_again(simulator: Simulator, connect_to: Connect) -> None:
    simulator.faults.reply(503, path="/connect/token$")
    simulator.faults.reply(502, path="openid-configuration$")
    assert connect_to(simulator).version() == ApiVersion(1, 2)
    simulator.faults.reply(503, path="openid-configuration$", times=9)
    with pytest.raises(TransportError, match="identity provider answered 503"):
        connect_to(simulator).version()


def test_a_token_endpoint_elsewhere_gets_no_proof(simulator: Simulator, connect_to: Connect) -> None:
    with Simulator() as other:
        document = f'{{"issuer": "x", "token_endpoint": "{other.identity_endpoint}/connect/token"}}'
        simulator.faults.reply(200, document, content_type="application/json", path="openid-configuration$")
        with pytest.raises(AuthenticationError, match="on another host"):
            connect_to(simulator).version()
        assert other.requests == ()


@pytest.mark.parametrize("scopes", [["compute read"], [""]])
def test_scopes_that_are_none(connect_to: Connect, simulator: Simulator, scopes: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="is not one scope"):
        connect_to(simulator, scopes=scopes)


def test_no_secret_is_shown(
    simulator: Simulator, connect_to: Connect, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = simulator.client_secret
    eryph = connect_to(simulator, client_secret=secret)
    simulator.faults.reply(401, path="/v1/version$", times=2)
    texts = [repr(eryph), repr(ClientCredentials.of("c", client_secret=secret))]
    texts.append(repr(ClientCredentials.of("c", simulator.private_key)))
    with pytest.raises(Exception, match="401") as caught:
        eryph.version()
    with pytest.raises(AuthenticationError) as wrong:
        connect_to(simulator, client_secret="hunter2hunter2").version()
    texts += [repr(caught.value), str(caught.value), repr(vars(caught.value)), str(wrong.value), caplog.text]
    texts += capfd.readouterr()
    transport = eryph._transport
    token = transport.tokens.token()
    texts += [repr(transport), repr(transport.tokens)]
    for text in texts:
        for hidden in (secret, token, "hunter2hunter2", "BEGIN RSA"):
            assert hidden not in text
