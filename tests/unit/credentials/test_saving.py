"""Storing a client: as the other clients read it, as a whole, and without a change to other entries."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from rxeryph.cli.app import run
from rxeryph.credentials import locate, save
from rxeryph.errors import ConfigurationError

from .machines import Machine, key

URL = "https://eryph.example/identity"


def test_a_saved_client_is_found_and_reads_as_dotnet_writes_it(machine: Machine) -> None:
    environment = machine.environment
    file = save("prod", "me", key(pkcs8=True), name="My client", identity_endpoint=URL, environment=environment)
    assert json.loads(file.read_text()) == {
        "clients": [{"id": "me", "name": "My client"}],
        "defaultClientId": "me",
        "endpoints": {"identity": URL},
    }
    stored = file.parent / "private" / "me.key"
    assert stored.read_text().startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert sorted(each.name for each in file.parent.iterdir()) == ["private", "prod.config"]
    found = locate("prod", environment=environment)
    assert (found.credentials.client_id, found.endpoints.identity) == ("me", URL)


def test_nothing_else_in_the_file_is_touched(machine: Machine) -> None:
    before = {"DefaultClientId": "you", "Clients": [{"id": "you", "more": 1}], "other": [1], "endpoints": None}
    file = machine.store(machine.user(), "Prod", before, {"you": key(1)})
    assert save("prod", "me", key(), identity_endpoint=URL, environment=machine.environment) == file
    after = json.loads(file.read_text())
    assert after["Clients"] == [{"id": "you", "more": 1}, {"id": "me"}]
    assert (after["DefaultClientId"], after["other"]) == ("you", [1])
    assert (file.parent / "private" / "you.key").read_text() == key(1)
    save("prod", "me", key(2), is_default=True, environment=machine.environment)
    after = json.loads(file.read_text())
    assert (after["DefaultClientId"], len(after["Clients"])) == ("me", 2)


def test_endpoints_of_a_local_server_are_left_to_its_lock_file(tmp_path: Path) -> None:
    file = save("zero", "me", key(), identity_endpoint=URL, environment=Machine(tmp_path).environment)
    assert "endpoints" not in json.loads(file.read_text())


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"client_id": "System-Client"}, "belongs to the server"),
        ({"client_id": "../me"}, "part of a file's name"),
        ({"configuration": "a/b"}, "part of a file's name"),
        ({"private_key": "-----BEGIN nothing"}, "PEM"),
        ({"identity_endpoint": "https://other.example/identity"}, "belong to the server at"),
        ({"store": "nowhere"}, "none of current directory, user, system"),
    ],
)
def test_what_cannot_be_stored_changes_nothing(machine: Machine, arguments: dict[str, str], reason: str) -> None:
    file = save("prod", "you", key(1), identity_endpoint=URL, environment=machine.environment)
    before = {each: each.read_bytes() for each in file.parent.rglob("*") if each.is_file()}
    given: dict[str, Any] = {"configuration": "prod", "client_id": "me", "private_key": key(), **arguments}
    with pytest.raises(ConfigurationError, match=reason):
        save(**given, environment=machine.environment)
    assert {each: each.read_bytes() for each in file.parent.rglob("*") if each.is_file()} == before


def test_a_file_that_another_process_writes_is_left_alone(machine: Machine) -> None:
    file = save("prod", "you", key(1), environment=machine.environment)
    other = file.with_name("prod.config.new")
    other.touch()
    with pytest.raises(ConfigurationError, match="another process is writing"):
        save("prod", "me", key(), environment=machine.environment)
    assert other.exists()


def test_a_folder_that_cannot_be_made_is_named(machine: Machine) -> None:
    machine.user().parent.mkdir()
    machine.user().write_text("a file")
    with pytest.raises(ConfigurationError, match=r"\.config.* cannot be written") as caught:
        save("prod", "me", key(), environment=machine.environment)
    assert str(machine.user()) in str(caught.value.place)


def test_the_command_stores_a_client(
    this_machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "my.key").write_text(key())
    options = ["--client-id", "me", "--private-key", str(tmp_path / "my.key"), "--endpoint", "https://eryph.example"]
    assert run(["configure", *options]) == 0
    assert "Client me is stored in" in capsys.readouterr().out
    assert locate(environment=this_machine.environment).endpoints.compute == "https://eryph.example/compute"
    assert run(["configure", *options[:1], "system-client", *options[2:]]) == 2
