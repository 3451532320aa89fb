"""The identity API: clients are made, get keys, change and are deleted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import Raw

TENANT = "c1813384-8ecb-4f17-b846-821ee515d19b"
SUPER_ADMIN = "e5e83176-7543-4d01-baea-08a00ea064a6"


@pytest.fixture
def identity(stopped_clock: Simulator) -> Iterator[Raw]:
    with Raw(stopped_clock, service="identity") as client:
        yield client


def test_a_new_client_gets_a_key_which_is_returned_only_once(identity: Raw) -> None:
    reply = identity.ask("POST", "/v1/clients", {"name": "ci", "allowed_scopes": ["compute:read"]})
    made = reply.json()
    assert reply.status_code == 201
    assert made.pop("key").startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert made == {
        "id": made["id"],
        "name": "ci",
        "allowed_scopes": ["compute:read"],
        "roles": [],
        "tenant_id": TENANT,
    }
    assert identity.get(f"/v1/clients/{made['id']}") == made
    assert made in identity.get("/v1/clients")["value"]
    assert "system-client" in [each["id"] for each in identity.get("/v1/clients")["value"]]


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({"allowed_scopes": ["x", "x", "compute:read"]}, {"$.AllowedScopes": 2}),
        ({"roles": ["y", None, SUPER_ADMIN, "y"]}, {"$.Roles": 3}),
    ],
)
def test_every_scope_and_role_that_is_not_known_gets_a_message(
    identity: Raw, more: dict[str, object], keys: dict[str, int]
) -> None:
    body = {"name": "a", "allowed_scopes": ["compute:read"], **more}
    status, problem = identity.refusal("POST", "/v1/clients", body)
    assert (status, {key: len(found) for key, found in problem["errors"].items()}) == (400, keys)


@pytest.mark.parametrize("scope", [None, ""])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_server_fails_on_a_scope_without_a_name(identity: Raw, method: str, scope: str | None) -> None:
    path = "/v1/clients" if method == "POST" else "/v1/clients/unknown"
    assert identity.refusal(method, path, {"name": "a", "allowed_scopes": ["x", scope]})[0] == 500


def test_the_role_of_a_client_is_a_guid_in_any_form(identity: Raw) -> None:
    forms = [SUPER_ADMIN.upper(), f"{{{SUPER_ADMIN}}}", SUPER_ADMIN.replace("-", "")]
    made = identity.ask("POST", "/v1/clients", {"name": "a", "allowed_scopes": [], "roles": forms})
    assert (made.status_code, made.json()["roles"]) == (201, [SUPER_ADMIN])


def test_a_shared_secret_works_beside_the_key_and_gives_the_rights_of_the_client(
    stopped_clock: Simulator, identity: Raw
) -> None:
    body = {"name": "ci", "allowed_scopes": ["compute:genes:write"], "roles": [SUPER_ADMIN]}
    client_id = identity.ask("POST", "/v1/clients", body).json()["id"]
    secret = identity.ask("POST", f"/v1/clients/{client_id}/key", {"shared_secret": True}).json()["key"]
    assert len(secret) == 88
    with Raw(stopped_clock, client_id, secret=secret) as ci:
        assert ci.ask("DELETE", "/v1/genes").status_code == 202
        assert ci.refusal("GET", "/v1/catlets")[0] == 403
        identity.ask("PUT", f"/v1/clients/{client_id}", {"name": "ci", "allowed_scopes": ["compute:read"]})
        assert ci.ask("DELETE", "/v1/genes").status_code == 202  # the token is as it was
        with Raw(stopped_clock, client_id, secret=secret) as other:
            assert other.refusal("DELETE", "/v1/genes")[0] == 403
        assert "BEGIN" in identity.ask("POST", f"/v1/clients/{client_id}/key", {}).json()["key"]
        Raw(stopped_clock, client_id, secret=secret).close()  # the secret is as it was
        assert identity.ask("DELETE", f"/v1/clients/{client_id}").status_code == 204
        assert identity.refusal("GET", f"/v1/clients/{client_id}")[0] == 404
        assert ci.ask("GET", "/v1/genes").status_code == 200  # until the token expires


def test_a_token_is_for_one_audience_and_its_scopes_count(stopped_clock: Simulator) -> None:
    stopped_clock.add_client("reader", scopes=("identity:clients:read",))
    with Raw(stopped_clock, "reader", service="identity") as reader:
        assert reader.ask("GET", "/v1/clients").status_code == 200
        assert reader.refusal("DELETE", "/v1/clients/reader")[0] == 403
        reader.endpoint = stopped_clock.compute_endpoint
        assert reader.refusal("GET", "/v1/operations")[0] == 401
    with Raw(stopped_clock, scope="compute:write", service="identity") as compute:
        assert compute.refusal("GET", "/v1/clients")[0] == 401
