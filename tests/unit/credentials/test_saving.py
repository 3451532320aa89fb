"""Storing a client: as the other clients read it, as a whole, and without a change to other entries."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from rxeryph.cli.app import run
from rxeryph.credentials import locate, save
from rxeryph.credentials.replacing import only_writer
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
    assert (found.client_id, found.endpoints.identity) == ("me", URL)


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
        ({"store": "nowhere"}, "store must be current directory, user or system"),
    ],
)
def test_what_cannot_be_stored_changes_nothing(machine: Machine, arguments: dict[str, str], reason: str) -> None:
    file = save("prod", "you", key(1), identity_endpoint=URL, environment=machine.environment)
    before = {each: each.read_bytes() for each in file.parent.rglob("*") if each.is_file()}
    given: dict[str, Any] = {"configuration": "prod", "client_id": "me", "private_key": key(), **arguments}
    with pytest.raises(ConfigurationError, match=reason):
        save(**given, environment=machine.environment)
    assert {each: each.read_bytes() for each in file.parent.rglob("*") if each.is_file()} == before


def test_processes_that_save_at_the_same_time_lose_no_client(machine: Machine) -> None:
    clients = [f"client-{number}" for number in range(24)]
    script = """
import sys
from dataclasses import replace
from pathlib import Path
from rxeryph.credentials import save
from rxeryph.credentials.environment import this_machine
home, pem, *clients = sys.argv[1:]
machine = replace(this_machine(), home=Path(home), variables={})
for client in clients:
    save("prod", client, pem, environment=machine)
"""
    pem = machine.root / "my.key"
    pem.write_text(key())
    machine.home.mkdir()
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(machine.home), str(pem), *clients[at::4]])
        for at in range(4)
    ]
    assert [process.wait(120) for process in started] == [0] * 4
    folder = machine.user() / ".eryph"
    stored = json.loads((folder / "prod.config").read_text())
    assert sorted(each["id"] for each in stored["clients"]) == sorted(clients)
    assert sorted(each.name for each in (folder / "private").iterdir()) == sorted(f"{each}.key" for each in clients)
    assert {stat.S_IMODE(each.stat().st_mode) for each in (folder / "private").iterdir()} == {0o600}
    assert sorted(each.name for each in folder.iterdir()) == ["private", "prod.config"]


def test_threads_that_save_at_the_same_time_lose_no_client(machine: Machine) -> None:
    clients = [f"client-{number}" for number in range(16)]
    threads = [
        threading.Thread(target=save, args=("prod", each, key()), kwargs={"environment": machine.environment})
        for each in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    stored = json.loads((machine.user() / ".eryph" / "prod.config").read_text())
    assert sorted(each["id"] for each in stored["clients"]) == sorted(clients)


def test_a_writer_that_does_not_finish_is_not_waited_for_forever(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = save("prod", "you", key(1), environment=machine.environment)
    monkeypatch.setattr("rxeryph.credentials.replacing.PATIENCE", 0.1)
    with only_writer(file.parent), pytest.raises(ConfigurationError, match="another process has been writing"):
        save("prod", "me", key(), environment=machine.environment)
    save("prod", "me", key(), environment=machine.environment)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
@pytest.mark.parametrize(("mode", "mode_of_key"), [(0o600, 0o600), (0o640, 0o400), (0o444, 0o644), (0o666, 0o666)])
def test_a_file_keeps_its_mode_but_a_key_is_for_its_owner_only(machine: Machine, mode: int, mode_of_key: int) -> None:
    file = save("prod", "me", key(1), environment=machine.environment)
    stored = file.parent / "private" / "me.key"
    file.chmod(mode)
    stored.chmod(mode_of_key)
    save("prod", "me", key(), environment=machine.environment)
    assert stored.read_text() == key()
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert stat.S_IMODE(stored.stat().st_mode) == mode_of_key & 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_a_new_file_follows_the_umask(machine: Machine) -> None:
    previous = os.umask(0o077)
    try:
        file = save("prod", "me", key(), environment=machine.environment)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_no_one_else_can_read_a_key_while_it_is_written(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    previous = os.umask(0)
    try:
        file = save("prod", "me", key(1), environment=machine.environment)
        (file.parent / "private" / "me.key").chmod(0o644)
        save("prod", "me", key(), environment=machine.environment)
    finally:
        os.umask(previous)
    assert seen == [0o600, 0o644, 0o600, 0o600]  # the key and the configuration, twice


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a file away")
def test_a_file_keeps_its_owner_when_root_saves(machine: Machine) -> None:
    file = save("prod", "me", key(1), environment=machine.environment)
    os.chown(file, 1234, 1234)
    save("prod", "me", key(), environment=machine.environment)
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 1234)


def test_a_symlink_is_written_through(machine: Machine) -> None:
    file = save("prod", "me", key(1), environment=machine.environment)
    moved = machine.root / "dotfiles"
    moved.mkdir()
    for each in (file, file.parent / "private" / "me.key"):
        os.replace(each, moved / each.name)
        each.symlink_to(moved / each.name)
    save("prod", "you", key(), environment=machine.environment)
    save("prod", "me", key(2), environment=machine.environment)
    assert file.is_symlink()
    assert [each["id"] for each in json.loads((moved / "prod.config").read_text())["clients"]] == ["me", "you"]
    assert (moved / "me.key").read_text() == key(2)
    assert sorted(each.name for each in moved.iterdir()) == ["me.key", "prod.config"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = save("prod", "me", key(1), environment=machine.environment)
    before = {each: each.read_bytes() for each in file.parent.rglob("*") if each.is_file()}

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigurationError, match="cannot be written: No space left"):
        save("prod", "you", key(), environment=machine.environment)
    assert {each: each.read_bytes() for each in file.parent.rglob("*") if each.is_file()} == before


@pytest.mark.parametrize(
    "text", ["null", "{}", ' {"clients": null, "endpoints": null} ', '{"note": "\\ud800"}', "\ufeff{}"]
)
def test_a_file_without_clients_gets_its_first(machine: Machine, text: str) -> None:
    file = machine.store(machine.user(), "prod", text)
    save("prod", "me", key(), environment=machine.environment)
    after = json.loads(file.read_text())
    assert (after["clients"], after["defaultClientId"]) == ([{"id": "me"}], "me")
    assert ("note" in text) == (after.get("note") == "\ud800")


def test_the_users_store_is_found_while_its_folder_is_the_current_directory(machine: Machine) -> None:
    machine.directory = machine.user()
    assert save("prod", "me", key(), environment=machine.environment).is_relative_to(machine.user())


def test_an_endpoint_that_is_only_spelled_differently_is_the_same(machine: Machine) -> None:
    save("prod", "you", key(1), identity_endpoint=URL, environment=machine.environment)
    save(
        "prod", "me", key(), identity_endpoint="https://ERYPH.example:443/identity/", environment=machine.environment
    )


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
