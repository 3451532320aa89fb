"""Several targets are looked up before anything is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rxeryph.client.clients import Clients
from rxeryph.errors import ServerError
from rxeryph.simulator import Simulator

from .commands import Run, config

UNKNOWN = "00000000-0000-4000-8000-000000000001"


def changes(simulator: Simulator) -> int:
    return sum(each.method != "GET" for each in simulator.requests if "/v1/" in each.path)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["catlet", "start", "web", "nope"], 3, "No catlet has the name 'nope'"),
        (["catlet", "start", "web", "nope", "--no-wait"], 3, "No catlet has the name 'nope'"),
        (["catlet", "stop", "web", UNKNOWN], 3, "404 Not Found"),
        (["catlet", "delete", "web", "d*", "--yes"], 2, "'d*' is a pattern"),
        (["guest", "configure", "web", "nope", "--shell", "sh"], 3, "No catlet has the name 'nope'"),
        (["guest", "remove-keys", "web", "nope", "--yes"], 3, "No catlet has the name 'nope'"),
        (["project", "delete", "default", "nope", "--yes"], 3, "No project has the name 'nope'"),
        (["disk", "delete", UNKNOWN, "nope", "--yes"], 3, "No disk has the name 'nope'"),
        (["client", "delete", "system-client", "nope", "--yes"], 3, "No client has the name or id 'nope'"),
    ],
)
def test_a_wrong_name_among_several_stops_everything(
    here: Run, signed_in: Simulator, arguments: list[str], code: int, words: str
) -> None:
    before = changes(signed_in)
    ended, output, errors = here(*arguments)
    assert (ended, output) == (code, "")
    assert words in errors
    assert changes(signed_in) == before


def test_each_wrong_name_is_reported(here: Run) -> None:
    code, output, errors = here("catlet", "start", "nope", "web", "neither")
    assert (code, output, errors.count("\n")) == (3, "", 2)


def test_a_catlet_that_is_named_twice_is_changed_once(here: Run) -> None:
    code, output, _ = here("catlet", "start", "web", "WEB", "db", "-o", "id")
    assert (code, len(output.splitlines())) == (0, 2)


def test_a_specification_may_be_named(here: Run, tmp_path: Path) -> None:
    file = config(tmp_path, {"name": "kept"})
    assert here("spec", "create", "default", file)[0] == 0
    shown = json.loads(here("spec", "show", "Kept", "--json")[1])
    assert here("spec", "version", "kept", "-o", "id")[1] == here("spec", "versions", shown["id"], "-o", "id")[1]
    assert here("spec", "update", "kept", file)[0] == 0
    code, _, errors = here("spec", "deploy", "kpet")
    assert (code, "No spec has the name or id 'kpet', among " in errors) == (3, True), errors
    assert here("spec", "deploy", "kept")[0] == 0
    assert here("spec", "delete", "kept", "--with-catlet", "--yes")[0] == 0


def test_a_client_may_be_named(here: Run, at_home: Path) -> None:
    made = json.loads(here("client", "create", "my laptop", "--json")[1])
    assert json.loads(here("client", "show", "My Laptop", "--json")[1])["id"] == made["id"]
    assert "key" in json.loads(here("client", "new-key", "my laptop", "--yes", "--json")[1])
    assert here("client", "update", "my laptop", "--name", "twin")[0] == 0
    assert here("client", "create", "twin")[0] == 0
    code, _, errors = here("client", "delete", "twin", "--yes")
    assert (code, "'twin' is the name of 2 clients: " in errors) == (2, True), errors
    assert here("client", "delete", made["id"], "--yes")[0] == 0


def test_a_client_that_is_not_deleted_hides_no_other(here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (here("client", "create", name, "-o", "id")[1].strip() for name in ("first", "second"))
    delete = Clients.delete

    def refuse_one(self: Clients, client_id: str) -> None:
        if client_id == second:
            raise ServerError("Something broke.", status=500, method="DELETE", url="")
        delete(self, client_id)

    monkeypatch.setattr(Clients, "delete", refuse_one)
    code, output, errors = here("client", "delete", first, second, "--yes", "--json")
    assert (code, json.loads(output)) == (3, [{"id": first, "deleted": True}])
    assert json.loads(errors)["error"]["message"].startswith("Something broke.")
