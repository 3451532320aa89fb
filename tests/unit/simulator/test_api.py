"""How the APIs answer: statuses, headers, problem documents, times, and which members an answer has."""

from __future__ import annotations

import re

from rxeryph.simulator import Log, Task
from tests.simulation import UNKNOWN_ID, Raw

EXPAND = "?expand=logs,tasks,resources,projects"


def test_an_accepted_change_says_where_its_operation_is(raw: Raw) -> None:
    headers = {"x-ms-client-request-id": "my-id"}
    reply = raw.ask("POST", "/v1/catlets", {"configuration": {}}, headers)
    assert reply.status_code == 202
    assert reply.headers["Location"] == f"{raw.simulator.compute_endpoint}/v1/operations/{reply.json()['id']}"
    assert reply.headers["x-ms-client-request-id"] == "my-id"
    begun = reply.json()
    assert set(begun) == {
        *("id", "status", "status_message", "requested_by", "created"),
        *("resources", "log_entries", "projects", "tasks"),
    }
    assert (begun["status"], begun["status_message"]) == ("Queued", "Queued")
    assert raw.get(f"/v1/operations/{begun['id']}")["tasks"] == []


def test_the_correlation_id_becomes_the_operation_and_does_not_prevent_a_second_catlet(raw: Raw) -> None:
    chosen = "0D9C5F0E-6A51-4C6E-9A61-2F7D3B1F0A11"
    body = {"correlation_id": chosen, "configuration": {"name": "web"}}
    assert raw.submit("POST", "/v1/catlets", body)["id"] == chosen.lower()
    done = raw.change("POST", "/v1/catlets", body)
    assert len([task for task in done["tasks"] if task["parent_task_id"] == chosen.lower()]) == 2
    assert len(raw.get("/v1/catlets")["value"]) == 2
    empty = {"correlation_id": "00000000-0000-0000-0000-000000000000", "configuration": {"name": "b"}}
    assert raw.submit("POST", "/v1/catlets", empty)["id"] != empty["correlation_id"]


def test_times_have_seven_trimmed_digits_and_nulls_are_absent(raw: Raw) -> None:
    done = raw.change("POST", "/v1/catlets", {"configuration": {}})
    times = [entry["timestamp"] for entry in done["log_entries"]]
    times += [task[name] for task in done["tasks"] for name in ("created", "started_at", "ended_at")]
    form = re.compile(r"2026-01-01T08:\d\d:\d\d(\.\d{0,6}[1-9])?\+00:00")
    assert all(form.fullmatch(time) for time in times)
    assert any(len(time.partition(".")[2]) == 13 for time in times)
    assert "null" not in raw.ask("GET", f"/v1/operations/{done['id']}{EXPAND}").text


def test_log_time_stamp_is_strictly_greater(raw: Raw) -> None:
    operation_id = raw.simulator.play(Task("T", *(Log(f"line {number}") for number in range(5))))
    entries = sorted(raw.finish(operation_id)["log_entries"], key=lambda entry: entry["timestamp"])
    for index, entry in enumerate(entries):
        for since in (entry["timestamp"].replace("+00:00", "Z"), entry["timestamp"].replace("+00:00", "")):
            reply = raw.get(f"/v1/operations/{operation_id}?expand=logs&log_time_stamp={since}")
            assert {item["id"] for item in reply["log_entries"]} == {item["id"] for item in entries[index + 1 :]}
    path = f"/v1/operations/{operation_id}?log_time_stamp={entries[0]['timestamp']}"
    assert raw.refusal("GET", path)[0] == 400  # the plus sign has become a space


def test_unknown_words_in_expand_are_ignored_and_lists_are_empty(raw: Raw) -> None:
    operation_id = raw.simulator.play(Task("T", Log("line")))
    raw.simulator.advance(60)
    for expand in ("", "Logs,TASKS", "logs+,+tasks", "nothing"):
        shown = raw.get(f"/v1/operations/{operation_id}?expand={expand}")
        assert shown["log_entries"] == shown["tasks"] == shown["resources"] == shown["projects"] == []


def test_an_unknown_id_is_404_and_so_is_one_that_is_not_a_guid(raw: Raw) -> None:
    for request in (
        *("GET /v1/operations/{}", "POST /v1/operations/{}/cancel", "GET /v1/catlets/{}", "PUT /v1/catlets/{}/start"),
        *("DELETE /v1/catlets/{}", "GET /v1/projects/{}", "DELETE /v1/projects/{}", "GET /v1/projects/{}/members/{}"),
        *("DELETE /v1/virtualdisks/{}", "GET /v1/virtualnetworks/{}", "GET /v1/projects/{}/virtualnetworks/config"),
        *("DELETE /v1/genes/{}", "GET /v1/catlets/{}/guest-services", "GET /v1/catlet_specifications/{}/versions/{}"),
    ):
        for unknown in (UNKNOWN_ID, "not-a-guid"):
            method, path = request.replace("{}", unknown).split()
            status, problem = raw.refusal(method, path)
            assert (request, status, problem["title"]) == (request, 404, "Not Found")


def test_without_a_token_everything_is_401(raw: Raw) -> None:
    for path in ("/v1/operations", "/v1/version", "/v1/nothing-here"):
        reply = raw.session.get(raw.endpoint + path, timeout=5)
        assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert raw.refusal("GET", "/v1/nothing-here")[0] == 404
    assert raw.refusal("PATCH", "/v1/catlets")[0] == 405
    assert raw.refusal("GET", "/v1/version", headers={"Authorization": "Bearer x.y.z"})[0] == 401


def test_operations_are_listed_and_forgotten(raw: Raw) -> None:
    ids = sorted(raw.simulator.play(Task("T")) for _ in range(5))
    assert [item["id"] for item in raw.get("/v1/operations")["value"]] == ids
    raw.simulator.forget(ids[0])
    assert raw.refusal("GET", f"/v1/operations/{ids[0]}")[0] == 404


def test_special_characters_of_html_are_escaped_in_answers_to_get(raw: Raw) -> None:
    operation_id = raw.simulator.play(Task("T", Log("<b>'Grüße'</b> & Ende")))
    done = raw.finish(operation_id)
    assert done["log_entries"][0]["message"] == "<b>'Grüße'</b> & Ende"
    assert "\\u003Cb\\u003E\\u0027Gr" in raw.ask("GET", f"/v1/operations/{operation_id}?expand=logs").text
