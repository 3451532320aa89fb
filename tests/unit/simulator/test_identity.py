"""The token endpoint really verifies who asks."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from rxeryph.simulator import Simulator
from tests.simulation import Raw

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def discover(simulator: Simulator) -> dict[str, Any]:
    url = f"{simulator.identity_endpoint}/.well-known/openid-configuration"
    document: dict[str, Any] = requests.get(url, timeout=5).json()
    return document


def ask(
    simulator: Simulator, key: Any = None, form: dict[str, str] | None = None, **changes: Any
) -> requests.Response:
    """Ask for a token with an assertion that is right for the server, but for ``changes``."""
    found = discover(simulator)
    is_strict = found.get("eryph_client_assertion_audience") == "issuer"
    now = int(time.time())
    claims = {
        "iss": simulator.client_id,
        "sub": simulator.client_id,
        "aud": found["issuer"] if is_strict else found["token_endpoint"],
        "exp": now + 60,
        "iat": now,
    }
    headers = {"typ": changes.pop("typ", "client-authentication+jwt" if is_strict else "JWT")}
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    assertion = jwt.encode(claims, key or simulator.private_key, algorithm="RS256", headers=headers)
    fields = {
        "grant_type": "client_credentials",
        "client_id": simulator.client_id,
        "client_assertion_type": TYPE,
        "client_assertion": assertion,
        **(form or {}),
    }
    return requests.post(found["token_endpoint"], data=fields, timeout=5)


@pytest.fixture(params=[True, False], ids=["strict", "legacy"])
def provider(request: pytest.FixtureRequest) -> Any:
    with Simulator(strict=request.param) as simulator:
        yield simulator


def test_a_right_assertion_gets_a_token(provider: Simulator) -> None:
    reply = ask(provider)
    assert reply.status_code == 200
    answer = reply.json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    keys = jwt.PyJWKSet.from_dict(requests.get(discover(provider)["jwks_uri"], timeout=5).json())
    claims = jwt.decode(
        answer["access_token"], keys.keys[0], algorithms=["RS256"], audience=["compute_api", "identity_api"]
    )
    assert claims["sub"] == "system-client"
    assert claims["scope"] == "compute:write identity:write"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://elsewhere"},
        {"iss": "other"},
        {"sub": "other"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"typ": "at+jwt"},
        {"key": rsa.generate_private_key(public_exponent=65537, key_size=2048)},
        {"form": {"client_id": "nobody"}},
        {"form": {"client_assertion": "x"}},
        {"form": {"client_assertion_type": "other"}},
        {"form": {"client_secret": "wrong"}},
    ],
)
def test_a_wrong_one_does_not(provider: Simulator, changes: dict[str, Any]) -> None:
    reply = ask(provider, **changes)
    assert reply.status_code == 401
    assert reply.json()["error"] == "invalid_client"


def test_the_form_of_the_other_servers_is_refused(provider: Simulator) -> None:
    found = discover(provider)
    is_strict = "eryph_client_assertion_audience" in found
    other = found["token_endpoint"] if is_strict else found["issuer"]
    assert ask(provider, aud=other).status_code == 401
    assert ask(provider, typ="JWT" if is_strict else "client-authentication+jwt").status_code == 401


def test_a_secret_by_form_or_by_basic(provider: Simulator) -> None:
    url = discover(provider)["token_endpoint"]
    form = {"grant_type": "client_credentials"}
    pair = (provider.client_id, provider.client_secret)
    assert requests.post(url, data=form, auth=pair, timeout=5).status_code == 200
    both = {**form, "client_id": pair[0], "client_secret": pair[1]}
    assert requests.post(url, data=both, timeout=5).status_code == 200
    assert requests.post(url, data=form, auth=(pair[0], "wrong"), timeout=5).status_code == 401
    assert requests.post(url, data=form, timeout=5).json()["error"] == "invalid_request"
    assert requests.post(url, data={**both, "grant_type": "password"}, timeout=5).json()["error"] == (
        "unsupported_grant_type"
    )


def test_scopes_have_a_hierarchy(provider: Simulator) -> None:
    narrow = ask(provider, form={"scope": "compute:catlets:read"})
    assert narrow.status_code == 200
    refused = ask(provider, form={"scope": "compute:everything"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    provider.add_client("small", scopes=("compute:catlets:control",))
    with closing(Raw(provider, "small", "compute:catlets:read")) as client:
        assert client.ask("GET", "/v1/catlets").status_code == 200
        assert client.ask("GET", "/v1/projects").status_code == 403
    with pytest.raises(requests.HTTPError):
        Raw(provider, "small", "compute:catlets:write")


def test_tokens_end() -> None:
    with Simulator(token_lifetime=0.05, token_skew=0.0) as simulator, closing(Raw(simulator)) as client:
        deadline = time.monotonic() + 5
        while (reply := client.ask("GET", "/v1/version")).status_code == 200 and time.monotonic() < deadline:
            pass
        assert reply.status_code == 401
        assert "expired" in reply.headers["WWW-Authenticate"]
