"""A server may have several tenants. Each sees its own projects, operations and clients, and the one gene pool."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rxeryph.simulator import Hang, Simulator, Task
from tests.simulation import DEFAULT_PROJECT, Raw

OTHER = "0de70000-0000-4000-8000-000000000002"
ALL = ("compute:write", "identity:write")


@pytest.fixture
def other(stopped_clock: Simulator) -> Iterator[Raw]:
    """A super admin of another tenant."""
    stopped_clock.add_client("landlord", scopes=ALL, is_super_admin=True, tenant_id=f"{{{OTHER.upper()}}}")
    with Raw(stopped_clock, "landlord") as client:
        yield client


def test_a_tenant_sees_nothing_of_another(raw: Raw, other: Raw) -> None:
    catlet = f"/v1/catlets/{raw.make_catlet()}"
    begun = raw.submit("PUT", f"{catlet}/start")["id"]
    system = raw.simulator.play(Task("T", Hang()))
    for nouns in ("catlets", "projects", "virtualdisks", "virtualnetworks", "catlet_specifications", "operations"):
        assert other.get(f"/v1/{nouns}")["value"] == []
    assert other.get(f"/v1/projects/{DEFAULT_PROJECT}/members")["value"] == []
    for path in (catlet, f"/v1/projects/{DEFAULT_PROJECT}", *(f"/v1/operations/{each}" for each in (begun, system))):
        assert other.refusal("GET", path)[0] == 404
    assert other.refusal("PUT", f"{catlet}/stop", {"mode": "Hard"})[0] == 404
    assert other.refusal("POST", f"/v1/operations/{begun}/cancel")[0] == 404
    assert other.refusal("DELETE", f"/v1/projects/{DEFAULT_PROJECT}")[0] == 404
    assert (
        other.refusal("POST", f"/v1/projects/{DEFAULT_PROJECT}/members", {"member_id": "a", "role_id": "b"})[0] == 403
    )
    assert other.refusal("POST", "/v1/catlets", {"configuration": {"name": "web"}})[0] == 403


def test_the_same_names_exist_in_each_tenant(raw: Raw, other: Raw) -> None:
    made = [client.change("POST", "/v1/projects", {"name": "lab"}) for client in (raw, other)]
    assert [operation["status"] for operation in made] == ["Completed", "Completed"]
    assert [project["tenant_id"] for project in other.get("/v1/projects")["value"]] == [OTHER]
    for client in (raw, other):
        client.make_catlet(project="lab")
        assert len(client.get("/v1/catlets")["value"]) == 1
    again = other.change("POST", "/v1/projects", {"name": "lab"})
    assert (again["status"], [project["tenant_id"] for project in again["projects"]]) == ("Failed", [OTHER])
    raw.simulator.add_client("tenant", scopes=ALL, roles={"lab": "reader"}, tenant_id=OTHER)
    with Raw(raw.simulator, "tenant") as reader:
        assert reader.get("/v1/projects") == other.get("/v1/projects")


def test_a_client_belongs_to_the_tenant_of_its_maker(stopped_clock: Simulator, other: Raw) -> None:
    with Raw(stopped_clock, "landlord", service="identity") as identity:
        assert [client["id"] for client in identity.get("/v1/clients")["value"]] == ["landlord"]
        assert identity.refusal("DELETE", "/v1/clients/system-client")[0] == 404
        made = identity.ask("POST", "/v1/clients", {"name": "ci", "allowed_scopes": ["compute:read"]}).json()
        assert made["tenant_id"] == OTHER
    with Raw(stopped_clock, service="identity") as identity:
        assert identity.refusal("GET", f"/v1/clients/{made['id']}")[0] == 404


def test_tenants_share_the_gene_pool_and_only_the_default_one_cleans_it_up(raw: Raw, other: Raw) -> None:
    assert other.get("/v1/genes") == raw.get("/v1/genes")
    gene = other.get("/v1/genes")["value"][0]["id"]
    for path in ("/v1/genes", f"/v1/genes/{gene}"):
        assert other.refusal("DELETE", path)[0] == 403


def test_the_id_of_a_tenant_is_a_guid() -> None:
    with pytest.raises(ValueError, match="'acme' is not the id of a tenant"):
        Simulator().add_client("x", tenant_id="acme")
