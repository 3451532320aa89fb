"""What scopes and roles allow, and how they change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rxeryph.simulator import Hang, Simulator, Task
from tests.simulation import DEFAULT_PROJECT, UNKNOWN_ID, Raw

DISK: dict[str, object] = {"project_id": DEFAULT_PROJECT, "name": "data", "location": "data", "size": 10}


def test_a_reader_reads(stopped_clock: Simulator, raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    raw.change("POST", "/v1/virtualdisks", DISK)
    disk = next(each for each in raw.get("/v1/virtualdisks")["value"] if each["name"] == "data")
    assert "path" in disk
    stopped_clock.add_client("narrow", roles={"default": "reader"})
    stopped_clock.add_client("wide", scopes=("compute:write",), roles={"default": "reader"})
    with Raw(stopped_clock, "narrow") as client:
        assert client.get(f"/v1/catlets/{catlet_id}")["id"] == catlet_id
        assert client.refusal("PUT", f"/v1/catlets/{catlet_id}/start")[0] == 403  # scope
        assert "path" not in client.get(f"/v1/virtualdisks/{disk['id']}")
    with Raw(stopped_clock, "wide") as client:
        assert client.refusal("DELETE", f"/v1/catlets/{catlet_id}")[0] == 404  # role
        assert client.refusal("DELETE", f"/v1/virtualdisks/{disk['id']}")[0] == 404


def test_a_contributor_changes_but_does_not_delete_the_project(stopped_clock: Simulator, raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    stopped_clock.add_client("writer", scopes=("compute:write",), roles={"default": "contributor"})
    with Raw(stopped_clock, "writer") as client:
        assert client.submit("PUT", f"/v1/catlets/{catlet_id}/start")["requested_by"] == "writer"
        status, problem = client.refusal("DELETE", f"/v1/projects/{DEFAULT_PROJECT}")
        assert (status, problem["detail"]) == (403, "You do not have admin access to the project.")


def test_without_a_role_a_client_sees_only_operations_without_projects(stopped_clock: Simulator, raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    begun = raw.submit("PUT", f"/v1/catlets/{catlet_id}/start")
    (network,) = raw.get("/v1/virtualnetworks")["value"]
    stopped_clock.add_client("stranger", scopes=("compute:write",))
    own = stopped_clock.play(Task("T", Hang()))
    catlet: object = {"configuration": {"name": "n"}}
    configurations = "/v1/catlets/config/expand"
    with Raw(stopped_clock, "stranger") as client:
        for nouns in ("catlets", "projects", "virtualdisks", "virtualnetworks"):
            assert client.get(f"/v1/{nouns}")["value"] == []
        for request in (f"catlets/{catlet_id}", f"operations/{begun['id']}", f"virtualnetworks/{network['id']}"):
            assert client.refusal("GET", f"/v1/{request}")[0] == 404
        for path, body in (("/v1/catlets", catlet), ("/v1/virtualdisks", DISK), (configurations, catlet)):
            status, problem = client.refusal("POST", path, body)
            assert (status, problem["detail"]) == (403, "You do not have write access to the given project.")
        assert client.get(f"/v1/operations/{own}")["status"] == "Queued"
        assert client.refusal("POST", f"/v1/operations/{own}/cancel")[0] == 404
    unknown: object = {"configuration": {"project": "none"}}
    for path, body in (("/v1/catlets", unknown), ("/v1/virtualdisks", DISK | {"project_id": UNKNOWN_ID})):
        assert raw.refusal("POST", path, body)[0] == 403


def test_a_role_that_is_removed_hides_operations_and_a_new_one_shows_them(raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    path = f"/v1/operations/{raw.submit('PUT', f'/v1/catlets/{catlet_id}/start')['id']}"
    raw.simulator.add_client("reader", scopes=("compute:write",), roles={"default": "reader"})
    with Raw(raw.simulator, "reader") as reader:
        assert reader.ask("GET", path).status_code == 200
        for _ in range(2):
            raw.simulator.set_role("reader", "default", None)
        assert [reader.ask("GET", each).status_code for each in (path, f"/v1/catlets/{catlet_id}")] == [404, 404]
        raw.simulator.set_role("reader", "default", "contributor")
        assert reader.ask("GET", path).status_code == 200
        reader.submit("PUT", f"/v1/catlets/{catlet_id}/stop", {"mode": "Kill"})


@pytest.mark.parametrize(
    ("give", "message"),
    [
        (
            lambda simulator: simulator.add_client("x", scopes=("all",)),
            "'all' is not a scope of this server; scopes are",
        ),
        (lambda simulator: simulator.add_client("x", roles={"dev": "reader"}), "there is no project 'dev'"),
        (lambda simulator: simulator.set_role("x", "default", "reader"), "no client 'x'; clients are system-client"),
        (lambda simulator: simulator.set_role("system-client", "dev", "reader"), "'dev'; projects are default"),
        (
            lambda simulator: simulator.set_role("system-client", "default", "boss"),
            "'boss' is not a role; roles are owner, contributor, reader",
        ),
    ],
)
def test_unknown_names_are_refused(give: Callable[[Simulator], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        give(Simulator())
