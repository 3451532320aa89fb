"""What people do every day is one command each, on a terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rxeryph.simulator import Log, Simulator, Task
from rxeryph.testing import connect_to

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo terminals for Python", allow_module_level=True)

from .terminal import Terminal

Screen = Callable[..., tuple[int, str]]


@pytest.fixture
def screen(signed_in: Simulator, monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Run a command on a terminal; returns its exit code and what is on the screen."""

    def run(*arguments: str, columns: int = 80, typed: str = "") -> tuple[int, str]:
        code, lines = Terminal(columns, typed).run(monkeypatch, *arguments)
        return code, "\n".join(lines)

    return run


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "new.yaml"
    path.write_text("name: new\nmemory: 1024\n", encoding="utf-8")
    return str(path)


TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d"
SHORT_ID, ID = r"[0-9a-f]{8}", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.mark.parametrize(
    ("arguments", "code", "patterns"),
    [
        (["operation", "list"], 0, [r"ID +STATUS +OPERATION", rf"{SHORT_ID} +Failed +Create catlet ci"]),
        (["operation", "list", "--status", "failed"], 0, [r"\AID[^\n]*\n[^\n]*Create catlet ci[^\n]*\Z"]),
        (
            ["operation", "list", "--resource", "web", "--top", "1"],
            0,
            [r"\AID[^\n]*\n[^\n]*Create catlet web[^\n]*\Z"],
        ),
        (["operation", "list", "--since", "2026-01-01T00:00Z"], 0, ["Create catlet db"]),
        (["operation", "list", "--project", "default", "-o", "id"], 0, [rf"{ID}\n{ID}"]),
        (["operation", "show", "@newest"], 0, [rf"Operation {ID}: ", "Tasks:"]),
        (["catlet", "list"], 0, [r"NAME +STATUS +PROJECT", r"web +\w+ +default"]),
        (["catlet", "list", "-o", "json"], 0, [r"\A\[\n", '"name": "web"']),
        (["catlet", "show", "web", "db"], 0, ["Name +web", "Name +db"]),
        (["catlet", "config", "web"], 0, ["name: web"]),
        (["catlet", "start", "web", "db"], 0, [rf"\A{ID}\n{ID}\n", r"web.*Completed", r"db.*Completed"]),
        (["catlet", "stop", "web", "--mode", "hard"], 0, [rf"\A{ID}\n", r"web.*Completed"]),
        (["catlet", "start", "web", "--no-wait"], 0, [rf"\A{ID}\Z"]),
        (
            ["catlet", "update", "web", "--set", "memory.startup=2048", "--dry-run"],
            0,
            [r"memory.startup: \d+ -> 2048"],
        ),
        (["catlet", "update", "db", "--set", "memory.startup=2048"], 0, [rf"\A{ID}\n", "db.*Completed"]),
        (["project", "list"], 0, [r"default +"]),
        (["disk", "list", "-o", "id"], 0, [""]),
        (["network", "list"], 0, [r"default +10\."]),
        (["gene", "list"], 0, [r"dbosoft/ubuntu-"]),
        (["client", "list"], 0, ["system-client"]),
        (["spec", "list"], 0, ["No specs."]),
        (["guest", "status", "web"], 0, [rf"\A{ID}\n", "Completed"]),
        (["whereami"], 0, ["Client id +system-client", "Scopes +compute:write"]),
        (["version"], 0, [r"rxeryph \d", "API 1.2"]),
    ],
)
def test_each_task_is_one_command(screen: Screen, arguments: list[str], code: int, patterns: list[str]) -> None:
    ended, text = screen(*arguments)
    assert ended == code, text
    for pattern in patterns:
        assert re.search(pattern, text), text


def test_a_catlet_is_created_previewed_and_validated(screen: Screen, file: str) -> None:
    code, text = screen("create", file, "--name", "made", "--project", "default")
    assert (code, bool(re.match(ID, text))) == (0, True), text
    assert "made" in screen("catlet", "list")[1]
    code, text = screen("create", file, "--name", "planned", "--dry-run")
    assert (code, "name: planned" in text) == (0, True), text
    assert "planned" not in screen("catlet", "list")[1]
    assert screen("catlet", "validate", file) == (0, "The configuration is valid.")


def test_delete_asks_on_a_terminal(screen: Screen) -> None:
    code, text = screen("project", "create", "gone")
    assert code == 0, text
    code, text = screen("project", "delete", "gone", typed="n\n")
    assert (code, "Delete gone with everything in it? [y/N]" in text) == (0, True), text
    assert "gone" in screen("project", "list")[1]
    assert screen("project", "delete", "gone", typed="y\n")[0] == 0
    assert "gone" not in screen("project", "list")[1]


def test_operations_are_watched_followed_and_waited_for(screen: Screen, signed_in: Simulator) -> None:
    hello = signed_in.play(Task("T", Log("hello"), display_name="Say hello"))
    assert "hello" in screen("watch", hello[:13])[1]
    line = rf"{TIME}  hello"
    assert re.fullmatch(line, screen("operation", "logs", "-f", hello)[1])
    assert re.fullmatch(line, screen("operation", "logs", hello, "--tail", "1")[1])
    failed = screen("operation", "list", "--status", "Failed", "-o", "id")[1]
    code, text = screen("operation", "wait", hello, failed)
    assert (code, "Completed" in text, "Failed" in text) == (1, True, True), text


def test_everything_that_runs_is_watched_together(screen: Screen, endless: str) -> None:
    code, text = screen("watch", "--all", "--timeout", "2")
    assert (code, endless[:8] in text) == (4, True), text
    assert "request to cancel" in screen("operation", "cancel", endless)[1]


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_a_table_fits_the_terminal(screen: Screen, file: str, columns: int) -> None:
    if screen("spec", "list", "-o", "id")[1] == "":
        assert screen("spec", "create", "default", file)[0] == 0
    assert screen("disk", "create", "data", "--size", "1", "--location", f"place-{columns}")[0] == 0
    for noun in ("operation", "catlet", "network", "project", "disk", "gene", "spec", "client"):
        if columns == 40 and noun in ("gene", "spec", "client"):  # an id is not cut
            continue
        _, text = screen(noun, "list", columns=columns)
        lines = text.splitlines()
        assert max(map(len, lines)) <= columns
        assert lines[0].split()[0] in ("ID", "NAME", "TYPE", "GENE"), text
        assert len(lines) == 1 + len(screen(noun, "list", "-o", "id", columns=columns)[1].splitlines()), text


@pytest.mark.parametrize("columns", [60, 80])
def test_details_are_folded_between_words(screen: Screen, columns: int) -> None:
    for noun, name in (("operation", "@newest"), ("catlet", "web")):
        wide = screen(noun, "show", name, columns=300)[1]
        text = screen(noun, "show", name, columns=columns)[1]
        assert max(map(len, text.splitlines())) <= columns
        assert text.split() == wide.split()


def test_a_journal_is_watched_as_a_server_is(screen: Screen, signed_in: Simulator, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/operations.db"
    with connect_to(signed_in, journal=url) as eryph:
        done = signed_in.play(Task("T", Log("a line"), display_name="A title"))
        eryph.track(done).wait(30)
    code, shown = screen("watch", "@newest", "--journal", url)
    assert code == 0
    assert re.search(rf"{done[:8]} .*Completed", shown)
