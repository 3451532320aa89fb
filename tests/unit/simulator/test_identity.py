"""The token endpoint really verifies the client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from rxeryph.simulator import Simulator
from tests.simulation import Raw

AT_THE_ENDPOINT = "several audiences, one of them the token endpoint"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def discover(simulator: Simulator) -> dict[str, Any]:
    url = f"{simulator.identity_endpoint}/.well-known/openid-configuration"
    document: dict[str, Any] = requests.get(url, timeout=5).json()
    return document


def ask(
    simulator: Simulator, key: Any = None, form: dict[str, str] | None = None, **changes: Any
) -> requests.Response:
    """Ask for a token with an assertion that the server accepts, except for ``changes``."""
    found = discover(simulator)
    is_strict = found.get("eryph_client_assertion_audience") == "issuer"
    claims = {
        "iss": simulator.client_id,
        "sub": simulator.client_id,
        "aud": found["issuer"] if is_strict else found["token_endpoint"],
        "exp": int(time.time()) + 60,
        "iat": int(time.time()),
    }
    headers = {"typ": changes.pop("typ", "client-authentication+jwt" if is_strict else "JWT")}
    if changes.get("aud") == AT_THE_ENDPOINT:
        changes["aud"] = ["elsewhere", f"{found['token_endpoint']}/"]
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    fields = {
        "grant_type": "client_credentials",
        "client_id": simulator.client_id,
        "client_assertion_type": TYPE,
        "client_assertion": jwt.encode(claims, key or simulator.private_key, algorithm="RS256", headers=headers),
    }
    return requests.post(found["token_endpoint"], data=fields | (form or {}), timeout=5)


@pytest.fixture(params=[True, False], ids=["strict", "legacy"])
def provider(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    with Simulator(strict=request.param) as simulator:
        yield simulator


def test_a_valid_assertion_gets_a_token(provider: Simulator) -> None:
    answer = ask(provider).json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    keys = jwt.PyJWKSet.from_dict(requests.get(discover(provider)["jwks_uri"], timeout=5).json())
    audience = ["compute_api", "identity_api"]
    claims = jwt.decode(answer["access_token"], keys.keys[0], algorithms=["RS256"], audience=audience)
    assert (claims["sub"], claims["scope"]) == ("system-client", "compute:write identity:write")


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    ("changes", "now", "before"),
    [
        ({"aud": "https://elsewhere/a"}, (400, "invalid_grant"), (401, "invalid_client")),
        ({"aud": ["x", "y"]}, (400, "invalid_request"), (401, "invalid_client")),
        ({"aud": AT_THE_ENDPOINT}, (400, "invalid_request"), (200, None)),
        ({"aud": None}, (400, "invalid_request"), (401, "invalid_client")),
        ({"iss": "other"}, (401, "invalid_client"), (401, "invalid_client")),
        ({"sub": "other"}, (400, "invalid_grant"), (200, None)),
        ({"sub": None}, (400, "invalid_request"), (200, None)),
        ({"exp": 1_000_000_000}, (401, "invalid_client"), (401, "invalid_client")),
        ({"exp": None}, (400, "invalid_request"), (401, "invalid_client")),
        ({"typ": "at+jwt"}, (401, "invalid_client"), (200, None)),
        ({"typ": None}, (401, "invalid_client"), (200, None)),
        ({"typ": "application/client-authentication+jwt"}, (200, None), (200, None)),
        ({"key": KEY}, (401, "invalid_client"), (401, "invalid_client")),
        ({"form": {"client_id": "stranger"}}, (400, "invalid_grant"), (401, "invalid_client")),
        ({"form": {"client_id": ""}}, (200, None), (401, "invalid_client")),
        ({"form": {"client_assertion": "x"}}, (401, "invalid_client"), (500, None)),
        ({"form": {"client_assertion_type": ""}}, (400, "invalid_request"), (400, "invalid_request")),
        ({"form": {"client_assertion_type": "other"}}, (401, "invalid_client"), (400, "invalid_request")),
        ({"form": {"client_secret": "wrong"}}, (400, "invalid_request"), (400, "invalid_request")),
    ],
)
def test_an_assertion_is_checked_as_the_server_of_that_time_does(
    provider: Simulator, changes: dict[str, Any], now: tuple[int, str | None], before: tuple[int, str | None]
) -> None:
    is_strict = "eryph_client_assertion_audience" in discover(provider)
    reply = ask(provider, **changes)
    assert (reply.status_code, reply.json().get("error")) == (now if is_strict else before)


def test_a_secret_is_sent_in_the_form_or_as_basic(provider: Simulator) -> None:
    form, secret = {"grant_type": "client_credentials"}, provider.client_secret
    full = {**form, "client_id": provider.client_id, "client_secret": secret}

    def post(**arguments: Any) -> tuple[int, str | None]:
        reply = requests.post(discover(provider)["token_endpoint"], **{"data": form, "timeout": 5, **arguments})
        return reply.status_code, reply.json().get("error")

    assert post(auth=(provider.client_id, secret)) == post(data=full) == (200, None)
    assert post(auth=(provider.client_id, "wrong")) == (401, "invalid_client")
    is_strict = "eryph_client_assertion_audience" in discover(provider)
    assert post() == ((400, "invalid_request") if is_strict else (401, "invalid_client"))
    assert post(headers={"Authorization": "Basic !"}) == (400, "invalid_request")
    assert post(data={**full, "grant_type": "password"}) == (400, "unsupported_grant_type")


def test_scopes_have_a_hierarchy(provider: Simulator) -> None:
    assert ask(provider, form={"scope": "compute:catlets:read"}).status_code == 200
    refused = ask(provider, form={"scope": "compute:everything"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    provider.add_client("small", scopes=("compute:catlets:control",))
    with Raw(provider, "small", "compute:catlets:read") as client:
        assert client.ask("GET", "/v1/catlets").status_code == 200
        assert client.refusal("GET", "/v1/projects")[0] == 403
    with pytest.raises(requests.HTTPError):
        Raw(provider, "small", "compute:catlets:write")


def test_tokens_expire() -> None:
    with Simulator(token_lifetime=0.05, token_skew=0.0) as simulator, Raw(simulator) as client:
        deadline = time.monotonic() + 5
        while (reply := client.ask("GET", "/v1/version")).status_code == 200 and time.monotonic() < deadline:
            pass
        assert reply.status_code == 401
        assert "expired" in reply.headers["WWW-Authenticate"]
