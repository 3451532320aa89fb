"""What the simulator answers to good and to bad requests is what the server answers."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import pytest

from rxeryph.simulator import Hang, Log, Pause, Simulator, Task
from tests.simulation import Raw

UNKNOWN = "00000000-0000-4000-8000-000000000001"
EXPAND = "?expand=logs,tasks,resources,projects"


def problem(raw: Raw, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
    reply = raw.ask(method, path, body, headers)
    assert reply.headers["content-type"] == "application/problem+json"
    document = reply.json()
    assert document["status"] == reply.status_code
    assert document["traceId"] == reply.headers["x-ms-client-request-id"]
    assert document["type"].startswith("https://tools.ietf.org/html/rfc9110#section-15")
    return reply.status_code, document


def test_an_accepted_change_says_where_its_operation_is(raw: Raw) -> None:
    headers = {"x-ms-client-request-id": "my-id"}
    reply = raw.ask("POST", "/v1/catlets", {"configuration": {}}, headers)
    assert reply.status_code == 202
    assert reply.headers["Location"] == f"{raw.simulator.compute_endpoint}/v1/operations/{reply.json()['id']}"
    assert reply.headers["x-ms-client-request-id"] == "my-id"
    assert set(reply.json()) == {
        *("id", "status", "status_message", "requested_by", "created"),
        *("resources", "log_entries", "projects", "tasks"),
    }
    assert raw.get(f"/v1/operations/{reply.json()['id']}")["tasks"] == []


def test_the_correlation_id_becomes_the_operation_and_is_no_protection(raw: Raw) -> None:
    wish = "0D9C5F0E-6A51-4C6E-9A61-2F7D3B1F0A11"
    body = {"correlation_id": wish, "configuration": {"name": "web"}}
    assert raw.submit("POST", "/v1/catlets", body)["id"] == wish.lower()
    assert raw.submit("POST", "/v1/catlets", body)["id"] == wish.lower()
    done = raw.finish(wish.lower())
    assert len([task for task in done["tasks"] if task["parent_task_id"] == wish.lower()]) == 2
    assert len(raw.get("/v1/catlets")["value"]) == 2
    empty = {"correlation_id": "00000000-0000-0000-0000-000000000000", "configuration": {"name": "b"}}
    assert raw.submit("POST", "/v1/catlets", empty)["id"] != empty["correlation_id"]


def test_times_have_seven_trimmed_digits_and_nulls_are_absent(raw: Raw) -> None:
    done = raw.finish(raw.submit("POST", "/v1/catlets", {"configuration": {}})["id"])
    times = [entry["timestamp"] for entry in done["log_entries"]]
    times += [task[name] for task in done["tasks"] for name in ("created", "started_at", "ended_at")]
    form = re.compile(r"2026-01-01T08:\d\d:\d\d(\.\d{0,6}[1-9])?\+00:00")
    assert all(form.fullmatch(text) for text in times)
    assert any(len(text.partition(".")[2]) == 13 for text in times)
    assert "null" not in raw.ask("GET", f"/v1/operations/{done['id']}{EXPAND}").text


def test_log_time_stamp_is_strictly_greater(raw: Raw) -> None:
    operation_id = raw.simulator.play(Task("T", *(Log(f"line {number}") for number in range(5))))
    entries = sorted(raw.finish(operation_id)["log_entries"], key=lambda entry: entry["timestamp"])
    for index, entry in enumerate(entries):
        since = entry["timestamp"].replace("+00:00", "Z")
        reply = raw.get(f"/v1/operations/{operation_id}?expand=logs&log_time_stamp={since}")
        assert {item["id"] for item in reply["log_entries"]} == {item["id"] for item in entries[index + 1 :]}
    status, _ = problem(raw, "GET", f"/v1/operations/{operation_id}?log_time_stamp={entries[0]['timestamp']}")
    assert status == 400  # the plus sign has become a space


@pytest.mark.parametrize("expand", ["", "Logs,TASKS", "logs%20,%20tasks".replace("%20", "+"), "nothing"])
def test_unknown_words_in_expand_are_ignored_and_lists_are_empty(raw: Raw, expand: str) -> None:
    operation_id = raw.simulator.play(Task("T", Log("line")))
    raw.simulator.advance(60)
    shown = raw.get(f"/v1/operations/{operation_id}?expand={expand}")
    assert shown["log_entries"] == shown["tasks"] == shown["resources"] == shown["projects"] == []


@pytest.mark.parametrize(
    ("configuration", "path"),
    [
        ({"name": "a b"}, "$.configuration.name"),
        ({"name": "x" * 51}, "$.configuration.name"),
        ({"project": "p" * 21}, "$.configuration.project"),
        ({"network_adapters": [{"name": "eth_0"}]}, "$.configuration.network_adapters[0].name"),
        ({"cpu": {"count": 0}}, "$.configuration.cpu.count"),
        ({"memory": "much"}, "$.configuration.memory"),
        ({"parent": "ubuntu"}, "$.configuration.parent"),
        ({"drives": [1]}, "$.configuration.drives[0]"),
    ],
)
def test_a_bad_configuration_is_told_by_path(raw: Raw, configuration: dict[str, object], path: str) -> None:
    status, document = problem(raw, "POST", "/v1/catlets", {"configuration": configuration})
    assert (status, document["detail"]) == (400, "The catlet configuration is invalid.")
    assert list(document["errors"]) == [path]


def test_bodies_that_do_not_fit(raw: Raw) -> None:
    assert problem(raw, "POST", "/v1/catlets", {})[1]["errors"].keys() == {"$.configuration"}
    assert problem(raw, "POST", "/v1/catlets", [])[1]["errors"].keys() == {"$"}
    assert problem(raw, "POST", "/v1/catlets", {"correlation_id": "7", "configuration": {}})[0] == 400
    assert problem(raw, "POST", "/v1/projects", {"name": "default"})[1]["errors"].keys() == {"$.name"}
    assert problem(raw, "POST", "/v1/projects", {"name": "x" * 21})[0] == 400
    url = f"{raw.simulator.compute_endpoint}/v1/catlets"
    headers = {"Authorization": f"Bearer {raw.token}", "Content-Type": "application/json"}
    assert raw.session.post(url, data=b"{", headers=headers, timeout=5).status_code == 400
    headers["Content-Type"] = "text/plain"
    assert raw.session.post(url, data=b"{}", headers=headers, timeout=5).status_code == 415
    catlet_id = raw.make_catlet()
    assert problem(raw, "PUT", f"/v1/catlets/{catlet_id}/stop", {"mode": "Softly"})[1]["errors"].keys() == {"$.mode"}


def test_a_name_that_is_taken_is_a_conflict(raw: Raw) -> None:
    raw.make_catlet("web")
    status, document = problem(raw, "POST", "/v1/catlets", {"configuration": {"name": "WEB"}})
    assert status == 409
    assert document["title"] == "Conflict"
    assert document["detail"].startswith("A catlet with the name 'web' already exists in the project 'default'.")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/operations/{id}"),
        ("POST", "/v1/operations/{id}/cancel"),
        ("GET", "/v1/catlets/{id}"),
        ("PUT", "/v1/catlets/{id}/start"),
        ("DELETE", "/v1/catlets/{id}"),
        ("GET", "/v1/projects/{id}"),
        ("DELETE", "/v1/projects/{id}"),
    ],
)
def test_what_is_not_there_is_404_with_any_id(raw: Raw, method: str, path: str) -> None:
    for unknown in (UNKNOWN, "not-a-guid"):
        status, document = problem(raw, method, path.replace("{id}", unknown))
        assert (status, document["title"]) == (404, "Not Found")


def test_without_a_token_everything_is_401(raw: Raw) -> None:
    for path in ("/v1/operations", "/v1/version", "/v1/nowhere"):
        reply = raw.session.get(raw.simulator.compute_endpoint + path, timeout=5)
        assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert problem(raw, "GET", "/v1/nowhere")[0] == 404
    assert problem(raw, "PATCH", "/v1/catlets")[0] == 405
    status, _ = problem(raw, "GET", "/v1/version", Authorization="Bearer x.y.z")
    assert status == 401


def test_scopes_and_roles(stopped_clock: Simulator, raw: Raw) -> None:
    catlet_id = raw.make_catlet()
    reader = stopped_clock.add_client("reader", scopes=("compute:read",), roles={"default": "reader"})
    writer = stopped_clock.add_client("writer", scopes=("compute:write",), roles={"default": "contributor"})
    nobody = stopped_clock.add_client("nobody", scopes=("compute:write",))
    project_id = raw.get(f"/v1/catlets/{catlet_id}")["project"]["id"]
    with closing(Raw(stopped_clock, reader)) as client:
        assert client.get(f"/v1/catlets/{catlet_id}")["id"] == catlet_id
        assert problem(client, "PUT", f"/v1/catlets/{catlet_id}/start")[0] == 403  # scope
    with closing(Raw(stopped_clock, writer)) as client:
        begun = client.submit("PUT", f"/v1/catlets/{catlet_id}/start")
        assert begun["requested_by"] == "writer"
        status, document = problem(client, "DELETE", f"/v1/projects/{project_id}")
        assert (status, document["detail"]) == (403, "You do not have admin access to the project.")
    with closing(Raw(stopped_clock, nobody)) as client:
        assert problem(client, "GET", f"/v1/catlets/{catlet_id}")[0] == 404  # role
        assert client.get("/v1/catlets") == client.get("/v1/projects") == {"value": []}
        status, document = problem(client, "POST", "/v1/catlets", {"configuration": {"name": "n"}})
        assert (status, document["detail"]) == (403, "You do not have write access to the given project.")
        assert problem(client, "GET", f"/v1/operations/{begun['id']}")[0] == 404
        own = stopped_clock.play(Task("T", Hang()))
        assert client.get(f"/v1/operations/{own}")["status"] == "Queued"  # without a project all may see it
        assert problem(client, "POST", f"/v1/operations/{own}/cancel")[0] == 404
    status, document = problem(raw, "POST", "/v1/catlets", {"configuration": {"project": "none"}})
    assert status == 403


def test_older_servers() -> None:
    for version in ((1, 0), (1, 1)):
        with Simulator(speed=0.0, api_version=version) as simulator, closing(Raw(simulator)) as client:
            assert client.ask("GET", "/v1/version").status_code == (404 if version == (1, 0) else 200)
            done = client.finish(client.submit("POST", "/v1/catlets", {"configuration": {}})["id"])
            assert not {"created", "started_at", "ended_at", "requested_by"} & (set(done) | set(done["tasks"][0]))
            assert done["log_entries"] == []
            since = "&log_time_stamp=2018-01-01T00:00:00Z"
            assert client.get(f"/v1/operations/{done['id']}{EXPAND}{since}")["log_entries"]
            assert client.ask("POST", f"/v1/operations/{done['id']}/cancel").status_code == 404


def test_the_last_of_the_older_servers_has_the_log_bug_no_more() -> None:
    with Simulator(speed=0.0, api_version=(1, 1), log_bug=False) as simulator, closing(Raw(simulator)) as client:
        assert client.finish(client.submit("POST", "/v1/catlets", {"configuration": {}})["id"])["log_entries"]


def test_late_lines_and_late_commits_by_script(raw: Raw) -> None:
    script = Task("T", Log("a", late=5.0), Log("b", late=2.0, stamped_before=3.0), Pause(0.1))
    operation_id = raw.simulator.play(script)
    while not (early := raw.operation(operation_id)["log_entries"]):
        raw.simulator.advance(0.1)
    done = raw.finish(operation_id)
    assert [entry["message"] for entry in early] == ["b"]
    stamps = {entry["message"]: entry["timestamp"] for entry in done["log_entries"]}
    assert stamps["b"] < stamps["a"]
    assert stamps["a"] > done["ended_at"]


def test_operations_are_listed_and_forgotten(raw: Raw) -> None:
    ids = sorted(raw.simulator.play(Task("T")) for _ in range(5))
    assert [item["id"] for item in raw.get("/v1/operations")["value"]] == ids
    raw.simulator.forget(ids[0])
    assert problem(raw, "GET", f"/v1/operations/{ids[0]}")[0] == 404


def test_characters_that_matter_in_html_are_escaped_in_answers_to_get(raw: Raw) -> None:
    operation_id = raw.simulator.play(Task("T", Log("<b>'Grüße'</b> & Ende")))
    done = raw.finish(operation_id)
    assert done["log_entries"][0]["message"] == "<b>'Grüße'</b> & Ende"
    text = raw.ask("GET", f"/v1/operations/{operation_id}?expand=logs").text
    assert "\\u003Cb\\u003E\\u0027Gr" in text
