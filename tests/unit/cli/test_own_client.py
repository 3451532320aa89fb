"""From system-client to a client of one's own, in one command; certificates, and completion."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from rxeryph.cli.app import run
from rxeryph.simulator import Simulator

from .commands import Run
from .conftest import sign_in


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("ERYPH_"):
            monkeypatch.delenv(name)


def test_a_client_is_created_stored_and_used(here: Run, at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, output, errors = here("client", "create", "mine", "--role", "super-admin", "--save", "--json")
    assert (code, errors) == (0, "")
    made = json.loads(output)
    assert "key" not in made
    (key,) = (Path(made["stored_in"]).parent / "private").iterdir()
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    forget(monkeypatch)
    assert json.loads(here("whereami", "--json")[1])["client_id"] == made["id"]
    assert here("catlet", "list", "-o", "id")[0] == 0


def test_a_stored_client_that_is_not_used_yet_is_no_surprise(
    here: Run, at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = "--allow", "compute:write", "--allow", "identity:write"
    code, output, errors = here("client", "create", "mine", "--save", *allowed)
    assert (code, "It is stored in " in output) == (0, True)
    assert errors.startswith("Commands still use client system-client of ERYPH_CLIENT_ID. ")
    forget(monkeypatch)
    code, output, errors = here("client", "create", "other", "--save")
    assert errors.startswith("Commands still use client ")
    options = errors.strip().partition("add: ")[2].split()
    assert here("whereami", "--offline", "-o", "id", *options)[1] == f"{output.split()[1]}\n"
    code, _, errors = here("client", "create", "third", "--save", "--default")
    assert (code, errors) == (0, "")


def test_a_client_without_a_scope_is_shown_which_it_needs(here: Run, tmp_path: Path) -> None:
    made = json.loads(here("client", "create", "reader", "--allow", "compute:read", "--json")[1])
    key = tmp_path / "reader.key"
    key.write_text(made["key"])
    options = "--client-id", made["id"], "--private-key", str(key)
    for arguments, scope in (
        (["client", "list"], "identity:read"),
        (["client", "create", "x"], "identity:write"),
        (["project", "create", "x"], "compute:write"),
    ):
        code, output, errors = here(*arguments, *options)
        assert (code, output) == (3, "")
        assert (
            f"The scope {scope} is enough. To see those of this client, run: rxeryph whereami {options[0]}" in errors
        )
    assert here("client", "delete", made["id"], "--yes")[0] == 0


def test_a_key_that_is_not_stored_is_printed_once(here: Run, at_home: Path) -> None:
    code, output, _ = here("client", "create", "other")
    assert (code, "BEGIN RSA PRIVATE KEY" in output) == (0, True)
    client_id = output.split()[1]
    assert "key" in json.loads(here("client", "new-key", client_id, "--yes", "--json")[1])
    assert json.loads(here("client", "update", client_id, "--name", "renamed", "--json")[1])["name"] == "renamed"
    assert "key" not in here("client", "show", client_id)[1].lower().split()
    assert here("client", "delete", client_id, "--yes")[0] == 0
    assert here("client", "show", client_id)[0] == 3


def test_a_key_that_cannot_be_stored_is_not_lost(here: Run, at_home: Path) -> None:
    (at_home / ".eryph").mkdir(parents=True)
    (at_home / ".eryph" / "taken.config").write_text(
        json.dumps({"endpoints": {"identity": "https://elsewhere/identity"}, "clients": [{"id": "c"}]})
    )
    code, output, errors = here("client", "create", "mine", "--save-in", "taken")
    assert (code, "BEGIN RSA PRIVATE KEY" in output) == (2, True)
    assert f"Client {output.split()[1]} exists, but its key could not be stored" in errors
    assert "--save-in NAME" in errors


@pytest.mark.parametrize("is_pinned", [False, True])
def test_certificates_come_from_variables_or_a_stored_configuration(
    is_pinned: bool, at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simulator(tls=True) as simulator:
        sign_in(simulator, at_home, monkeypatch.setenv)
        assert run(["project", "list"]) == 3
        name, value = ("FINGERPRINT", simulator.fingerprint) if is_pinned else ("CA_FILE", simulator.ca_file)
        monkeypatch.setenv(f"ERYPH_{name}", str(value))
        assert run(["project", "list"]) == 0
        forget(monkeypatch)
        option = f"--{name.lower().replace('_', '-')}"
        stored = ["--client-id", "me", "--private-key", str(at_home / "my.key"), "--endpoint", simulator.endpoint]
        assert run(["configure", *stored, option, str(value)]) == 0
        capsys.readouterr()
        assert run(["whereami", "--json", "--offline"]) == 0
        assert str(value) in json.loads(capsys.readouterr().out)["trusts"]


def complete(line: str, shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    words = line.split(" ")
    monkeypatch.setenv("_RXERYPH_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    monkeypatch.setenv("_TYPER_COMPLETE_WORD_TO_COMPLETE", words[-1])
    with pytest.raises(SystemExit):
        run([])
    found = capsys.readouterr()
    assert found.err == ""
    return found.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_names_and_commands_are_completed(
    shell: str, signed_in: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for line, found in (
        ("rxeryph catlet st", "start"),
        ("rxeryph catlet start w", "web"),
        ("rxeryph catlet list -p def", "default"),
        ("rxeryph watch @", "@newest"),
    ):
        assert found in complete(line, shell, monkeypatch, capsys)


def test_ids_of_running_operations_are_completed(
    endless: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb in ("wait", "cancel", "logs"):
        assert endless in complete(f"rxeryph operation {verb} {endless[:3]}", "bash", monkeypatch, capsys)


def test_completion_is_silent_when_the_server_is_away(
    signed_in: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ERYPH_IDENTITY_ENDPOINT", "http://127.0.0.1:1/identity")
    monkeypatch.setenv("ERYPH_COMPUTE_ENDPOINT", "http://127.0.0.1:1/compute")
    assert complete("rxeryph catlet start w", "bash", monkeypatch, capsys).strip() == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_completion_is_shown_for_each_shell(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")  # else typer finds the shell of the tests
    with pytest.raises(SystemExit):
        run(["--show-completion", shell])
    assert "_RXERYPH_COMPLETE" in capsys.readouterr().out


def test_completion_is_installed(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    with pytest.raises(SystemExit):
        run(["--install-completion", "zsh"])
    assert "completion installed in" in capsys.readouterr().out
    assert (at_home / ".zfunc" / "_rxeryph").exists()
