"""Access tokens: requested once, renewed in time, by one thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rxeryph import Eryph
from rxeryph.credentials import ClientCredentials, TokenSource
from rxeryph.errors import AuthenticationError, ConfigurationError, TransportError
from rxeryph.http import Http
from rxeryph.model import ApiVersion
from rxeryph.simulator import Simulator

from .machines import key

Connect = Callable[..., Eryph]


def token_requests(simulator: Simulator) -> int:
    return sum(request.path.endswith("/connect/token") for request in simulator.requests)


def source(
    simulator: Simulator, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
) -> TokenSource:
    credentials = ClientCredentials.of(simulator.client_id, simulator.private_key)
    return TokenSource(Http(), simulator.identity_endpoint, credentials, clock=clock, wall=wall)


@pytest.mark.parametrize("strict", [True, False])
def test_both_forms_of_assertion(connect_to: Connect, strict: bool) -> None:
    with Simulator(strict=strict) as simulator:
        assert connect_to(simulator).version() == ApiVersion(1, 2)
        assert connect_to(simulator, client_secret=simulator.client_secret).version() == ApiVersion(1, 2)


def test_a_key_as_pem_or_file_in_either_format(tmp_path: Path) -> None:
    file = tmp_path / "my.key"
    file.write_text("\ufeff" + key(), encoding="utf-8")  # as Windows editors write it
    expected = ClientCredentials.of("me", key())
    for given in (key(pkcs8=True), str(file)):
        assert ClientCredentials.of("me", given).is_same(expected)
    assert not ClientCredentials.of("me", key(1)).is_same(expected)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        ClientCredentials.of("me", str(file))


def test_a_token_is_renewed_before_it_expires(simulator: Simulator) -> None:
    now = 1000.0
    tokens = source(simulator, clock=lambda: now)
    first = tokens.token()
    now += 3299.0
    assert tokens.token() == first
    now += 2.0
    assert tokens.token() != first
    assert token_requests(simulator) == 2


def test_many_threads_make_one_request(simulator: Simulator) -> None:
    tokens = source(simulator)

    def ask(call: Callable[[], str]) -> set[str]:
        barrier = threading.Barrier(50)
        seen: list[str] = []

        def target() -> None:
            barrier.wait()
            seen.append(call())

        threads = [threading.Thread(target=target) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return set(seen)

    (first,) = ask(tokens.token)
    assert token_requests(simulator) == 1
    (second,) = ask(lambda: tokens.renew(first))
    assert token_requests(simulator) == 2
    assert first != second


def test_a_stream_outlives_its_token(connect_to: Connect) -> None:
    with Simulator(speed=20.0, token_lifetime=1.0, token_skew=0.0) as simulator:
        result = connect_to(simulator).catlets.create({"name": "web"}).wait(30)
        assert result.succeeded
        assert token_requests(simulator) >= 2
        assert not [request for request in simulator.requests if request.status == 401]


def test_a_restarted_server_with_new_keys_causes_no_error(connect_to: Connect) -> None:
    with Simulator(speed=200.0) as simulator:
        eryph = connect_to(simulator)
        eryph.version()
        simulator.restart()
        assert eryph.version() == ApiVersion(1, 2)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_is_off_by_hours_is_corrected_by_the_providers(simulator: Simulator, hours: int) -> None:
    tokens = source(simulator, wall=lambda: time.time() + hours * 3600)
    assert tokens.token()
    assert "compute:write" in tokens.scopes


def test_refusals_quote_the_provider(simulator: Simulator, connect_to: Connect) -> None:
    with pytest.raises(AuthenticationError, match=r"refused client 'stranger' \(401, invalid_client") as caught:
        connect_to(simulator, client_id="stranger").version()
    assert caught.value.error == "invalid_client"
    with pytest.raises(AuthenticationError, match="refused client"):
        connect_to(simulator, private_key=key()).version()
    with pytest.raises(AuthenticationError, match=r"invalid_scope.*Ask for fewer scopes"):
        connect_to(simulator, scopes=["compute:everything"]).version()
    with pytest.raises(AuthenticationError, match="discovery answered 401"):
        connect_to(simulator, endpoint=f"{simulator.endpoint}/nowhere").version()


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('{"token_endpoint": "https://other.example/connect/token"}', r"on another host \(other\.example\)"),
        ('{"token_endpoint": "SELF/t", "eryph_client_assertion_audience": "issuer"}', "requires the issuer"),
        ("[]", "discovery answered 200 without a token endpoint"),
        ("<html>", "discovery answered 200 without a token endpoint"),
    ],
)
def test_nothing_is_proved_to_a_doubtful_provider(
    simulator: Simulator, connect_to: Connect, document: str, reason: str
) -> None:
    document = document.replace("SELF", simulator.identity_endpoint)
    simulator.faults.reply(200, document, content_type="application/json", path="openid-configuration$")
    with pytest.raises(AuthenticationError, match=reason):
        connect_to(simulator).version()
    assert token_requests(simulator) == 0


def test_a_provider_in_trouble_is_asked_again(simulator: Simulator, connect_to: Connect) -> None:
    simulator.faults.reply(503, path="/connect/token$")
    simulator.faults.reply(502, path="openid-configuration$")
    assert connect_to(simulator).version() == ApiVersion(1, 2)
    simulator.faults.reply(503, path="openid-configuration$", times=9)
    with pytest.raises(TransportError, match="identity provider answered 503") as caught:
        connect_to(simulator).version()
    assert caught.value.attempts == 4


def test_a_token_need_not_be_readable_nor_say_how_long_it_lasts(simulator: Simulator) -> None:
    now = 0.0
    tokens = source(simulator, clock=lambda: now)
    answer = '{"access_token": "opaque", "expires_in": "soon"}'
    simulator.faults.reply(200, answer, content_type="application/json", path="/connect/token$")
    assert (tokens.token(), tokens.scopes) == ("opaque", ())
    now = 3299.0
    assert tokens.token() == "opaque"
    now = 3301.0
    assert tokens.token() != "opaque"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"client_id": " "}, "client_id is empty"),
        ({"client_id": "c"}, "needs either private_key= or client_secret="),
        ({"client_id": "c", "private_key": "k", "client_secret": "s"}, "needs either private_key= or client_secret="),
        ({"client_id": "c", "private_key": "missing.key"}, "cannot read 'missing.key'"),
        ({"client_id": "c", "private_key": "-----BEGIN nothing"}, "not an unencrypted PEM private key"),
    ],
)
def test_credentials_that_cannot_be_used(arguments: dict[str, str], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        ClientCredentials.of(**arguments)


def test_scopes_may_be_one_string(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, scopes="compute:read compute:projects:read")
    assert sorted(eryph.scopes()) == ["compute:projects:read", "compute:read"]


@pytest.mark.parametrize("scopes", [["compute read"], [""]])
def test_a_scope_is_one_word(connect_to: Connect, simulator: Simulator, scopes: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="is not one scope"):
        connect_to(simulator, scopes=scopes)
