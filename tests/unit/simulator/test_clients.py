"""The identity API of the simulator: clients come, get keys, change and go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from rxeryph.simulator import Simulator
from tests.simulation import Raw

TENANT = "c1813384-8ecb-4f17-b846-821ee515d19b"
SUPER_ADMIN = "e5e83176-7543-4d01-baea-08a00ea064a6"


@pytest.fixture
def identity(stopped_clock: Simulator) -> Iterator[Raw]:
    client = Raw(stopped_clock, service="identity")
    yield client
    client.close()


def test_a_new_client_gets_a_key_which_no_reply_tells_again(identity: Raw) -> None:
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


def test_a_shared_secret_replaces_the_key_and_opens_what_its_scopes_and_roles_allow(
    stopped_clock: Simulator, identity: Raw
) -> None:
    body = {"name": "ci", "allowed_scopes": ["compute:genes:write"], "roles": [SUPER_ADMIN]}
    client_id = identity.ask("POST", "/v1/clients", body).json()["id"]
    secret = identity.ask("POST", f"/v1/clients/{client_id}/key", {"shared_secret": True}).json()["key"]
    ci = Raw(stopped_clock, client_id, secret=secret)
    assert ci.ask("DELETE", "/v1/genes").status_code == 202
    assert ci.ask("GET", "/v1/catlets").status_code == 403
    identity.ask("PUT", f"/v1/clients/{client_id}", {"name": "ci", "allowed_scopes": ["compute:read"]})
    assert ci.ask("DELETE", "/v1/genes").status_code == 202  # the token is as it was
    other = Raw(stopped_clock, client_id, secret=secret)
    assert other.ask("DELETE", "/v1/genes").status_code == 403
    assert "BEGIN" in identity.ask("POST", f"/v1/clients/{client_id}/key", {}).json()["key"]
    with pytest.raises(requests.HTTPError):
        Raw(stopped_clock, client_id, secret=secret)
    assert identity.ask("DELETE", f"/v1/clients/{client_id}").status_code == 204
    assert identity.ask("GET", f"/v1/clients/{client_id}").status_code == 404
    assert ci.ask("GET", "/v1/genes").status_code == 200  # until it ends
    for each in (ci, other):
        each.close()


def test_a_token_is_for_one_audience_and_its_scopes_count(stopped_clock: Simulator, identity: Raw) -> None:
    stopped_clock.add_client("reader", scopes=("identity:clients:read",))
    reader = Raw(stopped_clock, "reader", service="identity")
    assert reader.ask("GET", "/v1/clients").status_code == 200
    assert reader.ask("DELETE", "/v1/clients/reader").status_code == 403
    reader.endpoint = stopped_clock.compute_endpoint
    assert reader.ask("GET", "/v1/operations").status_code == 401
    compute = Raw(stopped_clock, scope="compute:write", service="identity")
    assert compute.ask("GET", "/v1/clients").status_code == 401
    for each in (reader, compute):
        each.close()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": None}, "$.name"),
        ({"name": ""}, "$.name"),
        ({"name": "n" * 255}, "$.name"),
        ({"allowed_scopes": None}, "$.allowed_scopes"),
        ({"allowed_scopes": "compute:read"}, "$.allowed_scopes"),
        ({"allowed_scopes": ["compute:read", "x"]}, "$.allowed_scopes[1]"),
        ({"roles": ["x"]}, "$.roles[0]"),
    ],
)
def test_a_client_that_cannot_be_is_told_by_path(identity: Raw, change: dict[str, object], path: str) -> None:
    body = {"name": "ci", "allowed_scopes": ["compute:read"]} | change
    reply = identity.ask("POST", "/v1/clients", body)
    assert (reply.status_code, list(reply.json()["errors"])) == (400, [path])
