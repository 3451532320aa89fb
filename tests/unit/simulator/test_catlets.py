"""Catlets and their configurations: what is left when an operation has ended."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation import STARTER, Raw


def test_a_name_that_is_taken_is_a_conflict(raw: Raw) -> None:
    raw.make_catlet("web")
    status, problem = raw.refusal("POST", "/v1/catlets", {"configuration": {"name": "WEB"}})
    assert (status, problem["title"]) == (409, "Conflict")
    assert problem["detail"].startswith("A catlet with the name 'web' already exists in the project 'default'.")


def test_a_catlet_is_started_stopped_and_deleted(raw: Raw) -> None:
    path = f"/v1/catlets/{raw.make_catlet('web01')}"
    assert (raw.get(path)["name"], raw.get(path)["status"]) == ("web01", "Stopped")
    raw.change("PUT", f"{path}/start")
    assert raw.get(path)["status"] == "Running"
    raw.change("PUT", f"{path}/stop", {"mode": "Hard"})
    assert raw.get(path)["status"] == "Stopped"
    raw.change("DELETE", path)
    assert raw.refusal("GET", path)[0] == 404


def test_an_update_is_stored_unless_it_fails(raw: Raw) -> None:
    path = f"/v1/catlets/{raw.make_catlet(cpu={'count': 1})}"
    wanted = raw.current(path) | {"cpu": {"count": 2}, "memory": {"startup": 1024, "minimum": 512}}
    raw.change("PUT", path, {"configuration": wanted})
    assert raw.get(f"{path}/config")["configuration"]["cpu"] == {"count": 2}
    raw.change("PUT", f"{path}/start")
    failed = raw.change("PUT", path, {"configuration": wanted | {"cpu": {"count": 4}}})
    assert (failed["status"], failed["status_message"]) == (
        "Failed",
        "Cannot change CPU count if the catlet is not stopped. Stop the catlet and retry.",
    )
    assert raw.get(f"{path}/config")["configuration"]["cpu"] == {"count": 2}


def test_the_configuration_of_a_catlet_is_expanded(raw: Raw) -> None:
    catlet = raw.make_catlet("web", parent=STARTER, memory={"startup": 512})
    configuration = raw.get(f"/v1/catlets/{catlet}/config")["configuration"]
    assert (configuration["cpu"], configuration["memory"]) == ({"count": 1}, {"startup": 512})
    assert [drive["name"] for drive in configuration["drives"]] == ["sda"]


@pytest.mark.parametrize(
    ("path", "settled"),
    [
        ("config/expand", {"cpu": {"count": 2}, "memory": {"startup": 1024}}),
        ("{catlet}/config/expand", {"cpu": {"count": 2}, "memory": {"startup": 1024}}),
        ("config/populate-variables", {"cpu": {"count": 2}}),
    ],
)
def test_a_configuration_is_expanded_or_its_variables_filled_in(
    raw: Raw, path: str, settled: dict[str, object]
) -> None:
    catlet = raw.make_catlet("web") if "{" in path else ""
    body = {"configuration": {"name": "web01", "parent": STARTER, "cpu": {"count": 2}}}
    result = raw.change("POST", f"/v1/catlets/{path.format(catlet=catlet)}", body)["result"]
    assert list(result) == ["result_type", "configuration"]
    configuration = result["configuration"]
    assert configuration["name"] == "web01"
    assert {member: configuration.get(member) for member in ("cpu", "memory") if member in configuration} == settled


def test_secrets_are_shown_on_request_only(raw: Raw) -> None:
    variables: list[dict[str, Any]] = [
        {"name": "password", "type": "string", "value": "swordfish", "secret": True},
        {"name": "user", "type": "string", "value": "ada"},
    ]
    fodder: list[dict[str, Any]] = [
        {"name": "setup", "content": "{{ user }}: {{ password }}"},
        {"name": "x", "content": "y", "secret": True},
    ]
    given: dict[str, Any] = {"variables": variables, "fodder": fodder}

    def expand(**members: object) -> Any:
        body = {"configuration": {"name": "web", **given}, **members}
        found = raw.change("POST", "/v1/catlets/config/expand", body)["result"]["configuration"]
        return found["variables"][:2], found["fodder"]

    hidden = [{**variables[0], "value": "#REDACTED"}, variables[1]]
    # What an expansion calls secret depends on the variables alone.
    shown = [{"name": "setup", "content": "ada: swordfish", "secret": True}, {**fodder[1], "secret": False}]
    assert expand() == (hidden, [{**shown[0], "content": "#REDACTED"}, shown[1]])
    assert expand(show_secrets=True) == (variables, shown)
    configuration = raw.get(f"/v1/catlets/{raw.make_catlet(**given)}/config")["configuration"]
    assert configuration["variables"] == hidden
    assert configuration["fodder"] == [fodder[0], {**fodder[1], "content": "#REDACTED"}]


def test_a_stop_in_a_way_that_does_not_exist_is_accepted_and_fails(raw: Raw) -> None:
    path = f"/v1/catlets/{raw.make_catlet()}/stop"
    assert [raw.change("PUT", path, {"mode": mode})["status"] for mode in (2, "2", 9)] == [
        "Completed",
        "Completed",
        "Failed",
    ]


def test_an_unknown_parent_fails_every_task_above(raw: Raw) -> None:
    body = {"configuration": {"name": "web", "parent": "acme/missing/1.0"}}
    done = raw.change("POST", "/v1/catlets/config/expand", body)
    assert [task["status"] for task in done["tasks"]] == ["Failed"] * 3
    assert done["status_message"] == ("The gene set acme/missing/1.0 is not available in local or remote gene pools.")
    assert "result" not in done


def test_a_validation_is_an_answer_and_not_an_operation(raw: Raw) -> None:
    path = "/v1/catlets/config/validate"
    assert raw.ask("POST", path, {"configuration": {"name": "web"}}).json() == {"is_valid": True}
    invalid = raw.ask("POST", path, {"configuration": {"name": "we_b"}})
    assert (invalid.status_code, invalid.json()["is_valid"]) == (200, False)
    assert [error["member"] for error in invalid.json()["errors"]] == ["$.name"]
    assert list(raw.refusal("POST", path, {})[1]["errors"]) == ["$", "request"]
    assert raw.get("/v1/operations")["value"] == []
