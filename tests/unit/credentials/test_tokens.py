"""Access tokens: requested once, renewed in time, by one thread."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rxeryph import Eryph
from rxeryph.credentials import ClientCredentials, TokenSource
from rxeryph.errors import AuthenticationError, ConfigurationError, TransportError
from rxeryph.http import Http, Reply, Request
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
    (second,) = ask(lambda: tokens.renew(first)[0])
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
        ('{"token_endpoint": "https://other.example/connect/token"}', r"on another host \(other\.example:443\)"),
        ('{"token_endpoint": "SELF/t", "eryph_client_assertion_audience": "issuer"}', "requires the issuer"),
        ('{"token_endpoint": "http://["}', "a token endpoint that cannot be used"),
        ('{"token_endpoint": "https://localhost:1/t"}', r"on another host \(localhost:1\)"),
        (
            '{"token_endpoint": "SELF/t", "eryph_client_assertion_audience": "issuer", "issuer": "https://x.example/"}',
            r"issuer other than the identity endpoint \(https://x\.example:443\)",
        ),
        (
            '{"token_endpoint": "SELF/t", "eryph_client_assertion_audience": "issuer", "issuer": "http://["}',
            "issuer other than",
        ),
        ("[" * 100_000, "discovery answered 200 without a token endpoint"),
        ('{"token_endpoint": 1' + "0" * 5000 + "}", "discovery answered 200 without a token endpoint"),
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
    ("endpoint", "token_endpoint", "reason"),
    [
        ("https://eryph.example/identity", "http://eryph.example:443/t", "without TLS, which would show"),
        ("https://eryph.example/identity", "http://eryph.example/t", "on another host"),
        ("https://eryph.example/identity", "https://ERYPH.example.:443/t", None),
        ("https://localhost:8000/identity", "https://127.0.0.1:8000/t", None),
        ("https://[::1]:8000/identity", "https://LOCALHOST:8000/t", None),
        ("https://[fd00:0::1]/identity", "https://[fd00::1]:443/t", None),
        ("https://b\u00fccher.example/identity", "https://xn--bcher-kva.example/t", None),
        ("http://localhost:8000/identity", "https://localhost:8000/t", None),
        ("https://eryph.example/identity", "https://eryph.example@evil.example/t", "cannot be used"),
    ],
)
def test_a_secret_is_sent_to_the_same_host_only_and_never_without_tls(
    endpoint: str, token_endpoint: str, reason: str | None
) -> None:
    asked: list[str] = []

    class Answering(Http):
        def send(self, request: Request, query: str = "") -> Reply:
            asked.append(request.url)
            body = {"access_token": "t"} if request.method == "POST" else {"token_endpoint": token_endpoint}
            return Reply(200, {}, json.dumps(body).encode())

    secret = ClientCredentials.of("c", client_secret="hunter2")
    tokens = TokenSource(Answering(), endpoint, secret, allow_http=True)
    if reason is None:
        assert tokens.token() == "t"
    else:
        with pytest.raises(AuthenticationError, match=reason):
            tokens.token()
        assert len(asked) == 1


@pytest.mark.parametrize(("issuer", "is_right"), [("https://ids.example", True), ("https://other.example", False)])
def test_the_user_may_name_another_issuer(simulator: Simulator, issuer: str, is_right: bool) -> None:
    document = json.dumps(
        {
            "token_endpoint": f"{simulator.identity_endpoint}/connect/token",
            "eryph_client_assertion_audience": "issuer",
            "issuer": "https://IDS.example/",
        }
    )
    simulator.faults.reply(200, document, content_type="application/json", path="openid-configuration$")
    credentials = ClientCredentials.of(simulator.client_id, simulator.private_key)
    tokens = TokenSource(Http(), simulator.identity_endpoint, credentials, issuer=issuer)
    with pytest.raises(
        AuthenticationError, match="refused client" if is_right else r"other than issuer= .*ids\.example"
    ):
        tokens.token()
    assert bool(token_requests(simulator)) == is_right


@pytest.mark.parametrize("token", ["a\r\nX: y", "a b", "\u20ac", "\ud800", "\0", "t\u00e9"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(simulator: Simulator, token: str) -> None:
    answer = json.dumps({"access_token": f"hunter2{token}"})
    simulator.faults.reply(200, answer, content_type="application/json", path="/connect/token$")
    with pytest.raises(AuthenticationError, match="a token that no request can carry") as caught:
        source(simulator).token()
    assert "hunter2" not in f"{caught.value!r} {vars(caught.value)} {caught.value.__context__}"


@pytest.mark.parametrize("lifetime", ["1" + "0" * 400, "1e400", "NaN", "-5", "[]", '"1' + "0" * 400 + '"', "1e300"])
def test_an_absurd_lifetime_counts_as_none(simulator: Simulator, lifetime: str) -> None:
    now = 0.0
    tokens = source(simulator, clock=lambda: now)
    answer = f'{{"access_token": "opaque", "expires_in": {lifetime}}}'
    simulator.faults.reply(200, answer, content_type="application/json", path="/connect/token$")
    assert tokens.token() == "opaque"
    now = 3301.0
    assert tokens.token() != "opaque"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 2024 00:00:00 +9999",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Mon, 01 Jan 2024 00:00:00 -0000",
        "Mon, 99 Jan 99999999999999 00:00:00 GMT",
        "yesterday",
        " ",
    ],
)
def test_an_absurd_date_does_not_hide_the_refusal(date: str) -> None:
    class Refusing(Http):
        def send(self, request: Request, query: str = "") -> Reply:
            if request.method == "GET":
                return Reply(200, {}, b'{"token_endpoint": "https://localhost:1/t"}')
            return Reply(401, {"date": date}, b'{"error": "invalid_client"}')

    tokens = TokenSource(Refusing(), "https://localhost:1", ClientCredentials.of("c", key()))
    with pytest.raises(AuthenticationError, match="invalid_client"):
        tokens.token()


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
    with pytest.raises(ConfigurationError, match="each must be one scope"):
        connect_to(simulator, scopes=scopes)
