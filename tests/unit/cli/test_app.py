"""Every error is one clear line on stderr and an exit code, never a traceback."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import rxeryph
from rxeryph.cli import exit_codes
from rxeryph.cli.app import run
from rxeryph.simulator import Cancellable, Hang, Log, Simulator, Task

from .commands import Run, config

pytestmark = pytest.mark.usefixtures("settles_soon")

UNKNOWN = "00000000-0000-4000-8000-000000000001"


def test_a_catlet_is_created_and_watched(command: Run, tmp_path: Path) -> None:
    code, output, errors = command("create", config(tmp_path, {"name": "web"}))
    assert (code, errors) == (0, "")
    assert "web  Updating catlet network settings" in output
    assert output.splitlines()[-1].split()[:2] == ["web", "Completed"]


def test_a_configuration_may_be_yaml(command: Run, tmp_path: Path) -> None:
    path = tmp_path / "web.yaml"
    path.write_text("name: written\ncpu: 2  # short for an object\n", encoding="utf-8")
    code, output, errors = command("create", str(path))
    assert (code, errors) == (0, "")
    assert output.splitlines()[-1].split()[:2] == ["written", "Completed"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("web.yaml", "--name", ""), "--name is empty."),
        (("web.yaml", "--project", " "), "--project is empty."),
        (("",), "The path of the configuration is empty."),
        (("web.yaml", "--once", "\udcff"), "The key '\\udcff' is not Unicode."),
        (("web.yaml", "--var-file", "missing"), "--var-file: missing cannot be read: No such file or directory."),
        (("web.yaml", "--var-file", "missing.yaml"), "--var-file: missing.yaml cannot be read: No such file"),
        (("web.yaml", "--var-file", "list.yaml"), "--var-file: list.yaml holds a list, "),
        (("web.yaml", "--var-file", "-"), "--var-file: - cannot be read: No such file or directory."),
    ],
)
def test_a_wrong_value_of_an_option_is_shown_with_its_name(
    arguments: tuple[str, ...], words: str, at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (at_home / "web.yaml").write_text("name: web\n")
    (at_home / "list.yaml").write_text("- web\n")
    assert run(["create", *arguments]) == exit_codes.USAGE
    errors = capsys.readouterr().err
    assert errors.startswith(f"rxeryph: {words}"), errors
    assert errors.count("\n") == 1


def test_a_project_that_does_not_exist_is_named(command: Run, tmp_path: Path) -> None:
    code, output, errors = command("create", config(tmp_path, {"name": "web"}), "--project", "defualt")
    assert (code, output) == (exit_codes.SERVER, "")
    assert errors.startswith("rxeryph: No project has the name 'defualt', among 1 ")
    assert errors.endswith("Did you mean 'default'?\n")


def test_a_configuration_may_come_on_stdin(
    command: Run, monkeypatch: pytest.MonkeyPatch, simulator: Simulator
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"name": "piped"}'))
    code, output, _ = command("create", "-", "--json")
    assert code == 0
    assert json.loads(output.splitlines()[-1])["type"] == "finished"


def test_an_operation_that_fails_has_an_exit_code_and_a_reason(command: Run, tmp_path: Path) -> None:
    code, output, errors = command("create", config(tmp_path, {"name": "web", "parent": "acme/missing/1.0"}))
    assert (code, errors) == (exit_codes.OPERATION_FAILED, "")
    assert "Build catlet specification: The gene set acme/missing/1.0 is not available" in output


def test_an_operation_started_elsewhere_is_watched(command: Run, simulator: Simulator) -> None:
    operation_id = simulator.play(Task("T", Log("hello\nworld"), display_name="Say hello"))
    code, output, errors = command("watch", operation_id)
    assert (code, errors) == (0, "")
    assert f"{operation_id[:8]}  hello world" in output


def test_cancelling_is_no_more_than_a_request(command: Run, simulator: Simulator) -> None:
    operation_id = simulator.play(Task("T", Cancellable(Hang())))
    code, output, errors = command("operation", "cancel", operation_id)
    assert (code, output) == (0, f"The server took the request to cancel operation {operation_id}.\n")
    assert "Only the preparation of genes" in errors
    assert f"rxeryph watch {operation_id} --endpoint {simulator.endpoint}" in errors
    assert json.loads(command("operation", "cancel", operation_id, "--json")[1]) == {"operation_id": operation_id}


def test_the_versions_are_printed(command: Run) -> None:
    own = rxeryph.__version__
    assert command("version") == (0, f"rxeryph {own}\nAPI 1.2\n", "")
    assert json.loads(command("version", "--json")[1]) == {"rxeryph": own, "api": {"major": 1, "minor": 2}}


def test_a_timeout_shows_how_to_continue_watching(command: Run, simulator: Simulator) -> None:
    operation_id = simulator.play(Task("T", Hang()))
    code, _, errors = command("watch", operation_id, "--timeout", "1.5s")
    assert code == exit_codes.TIMEOUT
    assert errors.startswith("rxeryph: Stopped waiting, because the time of 1.5 s is up; ")
    assert f"To continue watching, run: rxeryph watch {operation_id} --endpoint {simulator.endpoint}" in errors


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "words"),
    [
        (
            ["project", "list"],
            {"endpoint": "http://127.0.0.1:1"},
            3,
            ["127.0.0.1:1/identity", "cannot connect"],
        ),
        (["project", "list"], {"endpoint": "nowhere"}, 2, ["endpoint is not an absolute", "https://localhost:8000"]),
        (["project", "list"], {"endpoint": "http://example.org"}, 2, ["plain http", "--allow-http"]),
        (["project", "list"], {"client_id": "stranger"}, 3, ["client 'stranger'", "Check --client-id and its key"]),
        (["project", "list"], {"private_key": "missing.key"}, 2, ["'missing.key'", "PEM"]),
        (["project", "list"], {"scope": "compute:all"}, 3, ["invalid_scope", "Ask for fewer scopes"]),
        (["project", "list"], {"fingerprint": "abc"}, 2, ["64 hex digits"]),
        (["project", "list"], {"client_secret_file": "missing.txt"}, 2, ["cannot read the file: No such"]),
        (["watch", UNKNOWN], {}, 3, [UNKNOWN, "404", "does not exist"]),
        (["watch", "twelve"], {}, 2, ["'twelve'", "@newest"]),
        (["create", "missing.json"], {}, 2, ["missing.json", "No such file"]),
    ],
)
def test_an_error_is_one_line(
    command: Run, arguments: list[str], changes: dict[str, str], code: int, words: list[str]
) -> None:
    ended, output, errors = command(*arguments, **changes)
    assert (ended, output) == (code, "")
    assert errors.startswith("rxeryph: ")
    assert errors.count("\n") == 1
    for word in words:
        assert word in errors


def test_a_secret_in_the_place_of_its_file_is_not_shown(command: Run) -> None:
    _, _, errors = command("project", "list", client_secret_file="hunter2")
    assert "hunter2" not in errors


def test_a_key_of_another_client_is_refused(command: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_text(Simulator().private_key)
    code, _, errors = command("project", "list", private_key=str(other))
    assert code == exit_codes.SERVER
    assert "invalid_client" in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", ["config.json", "line 1", "JSON"]),
        ([], ["config.json", "holds a list, not a mapping"]),
        ({"name": "a b"}, ["Nothing was sent", "$.configuration.name", "'a b'"]),
        ({"cpu": {"count": 0}}, ["$.configuration.cpu.count", "config.json, line 1"]),
    ],
)
def test_an_invalid_configuration_is_a_usage_error(
    command: Run, tmp_path: Path, content: object, words: list[str]
) -> None:
    code, output, errors = command("create", config(tmp_path, content))
    assert (code, output) == (exit_codes.USAGE, "")
    assert errors.count("\n") == 1
    for word in words:
        assert word in errors


def test_a_reply_in_html_is_a_server_error(command: Run, simulator: Simulator) -> None:
    simulator.faults.html(path="/v1/projects$", times=9)
    code, _, errors = command("project", "list")
    assert code == exit_codes.SERVER
    assert "text/html instead of JSON" in errors


@pytest.mark.parametrize("what", ["datastores", "environments", "sites"])
def test_a_list_that_only_newer_servers_have_is_explained(command: Run, what: str) -> None:
    code, output, errors = command("server", what)
    assert (code, output, "only newer ones do" in errors) == (3, "", True)


def test_usage_errors_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["catlet", "list"]) == exit_codes.USAGE
    assert capsys.readouterr().err == (
        "rxeryph: No eryph credentials found. To see where I looked, run: rxeryph whereami\n"
    )
    assert run(["nonsense"]) == exit_codes.USAGE
    assert "No such command 'nonsense'" in capsys.readouterr().err
    assert run(["watch", "--help"]) == 0
    assert "exit codes in: rxeryph --help" in capsys.readouterr().out
    assert run(["--help"]) == 0
    help_of_all = capsys.readouterr().out
    assert all(f"{code:>3}  {meaning}" in help_of_all for code, meaning in exit_codes.MEANINGS.items())
