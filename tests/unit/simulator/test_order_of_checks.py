"""Which fault of a request with several is answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import DEFAULT_PROJECT, STARTER, UNKNOWN_ID, Raw

SPECIFICATIONS = "/v1/catlet_specifications"
DISK = {"project_id": DEFAULT_PROJECT, "name": "data", "location": "data", "size": 1}
BAD, GOOD = {"configuration": {"name": "a b"}}, {"configuration": {"name": "web"}}
UNKNOWN_PROJECT = {"configuration": {"name": "web", "project": "none"}}
NETWORKS = f"/v1/projects/{UNKNOWN_ID}/virtualnetworks/config"


@pytest.fixture(scope="module")
def clients() -> Iterator[dict[str, Raw]]:
    """A super admin, and a reader of the default project that has every scope."""
    with Simulator(speed=0.0) as simulator, Raw(simulator) as admin:
        admin.make_catlet("web")
        admin.change("POST", "/v1/virtualdisks", DISK)
        simulator.add_client("reader", scopes=("compute:write",), roles={"default": "reader"})
        with Raw(simulator, "reader") as reader:
            yield {"admin": admin, "reader": reader}


def specified(name: str, project: str = DEFAULT_PROJECT, *architectures: str) -> dict[str, object]:
    content = {"content_type": "application/yaml", "content": f"name: {name}\n"}
    return {"project_id": project, "configuration": content, "architectures": [*architectures]}


@pytest.mark.parametrize(
    ("caller", "method", "path", "body", "status", "keys"),
    [
        ("reader", "POST", "/v1/catlets", BAD, 400, "$.configuration.name"),
        ("reader", "POST", "/v1/catlets", GOOD, 403, None),  # before the conflict
        ("admin", "POST", "/v1/catlets", GOOD, 409, None),
        ("admin", "POST", "/v1/catlets", UNKNOWN_PROJECT, 403, None),
        ("reader", "POST", "/v1/catlets/config/expand", BAD, 400, "$.configuration.name"),
        ("reader", "POST", "/v1/catlets/config/populate-variables", GOOD, 403, None),
        ("admin", "PUT", f"/v1/catlets/{UNKNOWN_ID}", GOOD, 404, None),
        ("reader", "POST", "/v1/virtualdisks", DISK | {"size": 0}, 400, "$.size"),
        ("reader", "POST", "/v1/virtualdisks", DISK, 403, None),
        ("admin", "POST", "/v1/virtualdisks", DISK, 409, None),
        ("admin", "POST", "/v1/virtualdisks", DISK | {"project_id": UNKNOWN_ID}, 403, None),
        ("admin", "POST", SPECIFICATIONS, specified("a b", UNKNOWN_ID, "x"), 400, "$.configuration.content.name"),
        ("admin", "POST", SPECIFICATIONS, specified("a", UNKNOWN_ID, "x"), 400, "$.architectures[0]"),
        ("reader", "POST", SPECIFICATIONS, specified("a", UNKNOWN_ID), 400, ""),
        ("reader", "POST", SPECIFICATIONS, specified("a"), 403, None),
        (
            "admin",
            "PUT",
            f"{SPECIFICATIONS}/{UNKNOWN_ID}",
            specified("a", UNKNOWN_ID, "x"),
            400,
            "$.architectures[0]",
        ),
        ("admin", "DELETE", f"{SPECIFICATIONS}/{UNKNOWN_ID}", None, 415, None),
        ("admin", "DELETE", f"{SPECIFICATIONS}/{UNKNOWN_ID}", {}, 404, None),
        ("reader", "PUT", NETWORKS, {"configuration": {"foo": 1}}, 403, None),
        ("admin", "PUT", NETWORKS.replace(UNKNOWN_ID, "x"), {"configuration": {"foo": 1}}, 404, None),
        ("reader", "DELETE", f"/v1/genes/{UNKNOWN_ID}", None, 404, None),
        ("admin", "DELETE", "/v1/genes/x", None, 404, None),
        ("admin", "DELETE", f"/v1/projects/{UNKNOWN_ID}/members/x", None, 403, None),
        ("admin", "DELETE", f"/v1/projects/{DEFAULT_PROJECT}/members/x", None, 404, None),
        ("reader", "DELETE", f"/v1/projects/{DEFAULT_PROJECT}/members/x", None, 403, None),
        ("admin", "PATCH", f"/v1/catlets/{UNKNOWN_ID}/guest-services/settings", {}, 400, None),
    ],
)
def test_the_first_check_decides(
    clients: dict[str, Raw], caller: str, method: str, path: str, body: object, status: int, keys: str | None
) -> None:
    found, problem = clients[caller].refusal(method, path, body)
    assert (found, " ".join(problem["errors"]) if "errors" in problem else None) == (status, keys)


def test_a_disk_is_kept_for_the_first_of_its_reasons(clients: dict[str, Raw]) -> None:
    raw = clients["admin"]
    raw.make_catlet("bred", parent=STARTER)
    disks = raw.get("/v1/virtualdisks")["value"]
    (gene,) = (disk["id"] for disk in disks if "gene" in disk)
    (own,) = (disk["id"] for disk in disks if disk.get("parent_id") == gene)
    raw.simulator.freeze_disk(own)
    reasons = [raw.refusal("DELETE", f"/v1/virtualdisks/{disk}")[1]["detail"] for disk in (gene, own)]
    assert ["gene pool" in reasons[0], "attached" in reasons[1]] == [True, True]


def test_a_deployment_is_checked_in_order(clients: dict[str, Raw]) -> None:
    raw = clients["admin"]
    made = raw.change("POST", SPECIFICATIONS, specified("web"))["resources"][0]["resource_id"]
    versions = f"{SPECIFICATIONS}/{made}/versions"
    path = f"{versions}/{raw.get(versions)['value'][0]['id']}/deploy"
    wrong = {"architecture": "x", "variables": {"a": "1"}}
    for missing in (path.replace(made, UNKNOWN_ID), f"{versions}/{UNKNOWN_ID}/deploy", f"{versions}/x/deploy"):
        assert raw.refusal("POST", missing, wrong)[0] == 404
    assert clients["reader"].refusal("POST", path, wrong)[0] == 404
    assert list(raw.refusal("POST", path, wrong)[1]["errors"]) == ["$.architecture"]
    assert list(raw.refusal("POST", path, {"variables": {"a": "1"}})[1]["errors"]) == ["$.variables"]
    assert raw.refusal("POST", path, {"variables": {}})[0] == 409  # there is a catlet of that name
