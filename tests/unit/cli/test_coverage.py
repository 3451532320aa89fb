"""The commands cover everything that the library can do, and each of them explains itself."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from pathlib import Path

import pytest

import rxeryph.cli.commands
from rxeryph import ComputeClient
from rxeryph.cli.app import ENTRIES, run
from rxeryph.client import Groups

COMMANDS = Path(rxeryph.cli.commands.__file__).parent
GROUPS = [name for name, value in vars(Groups).items() if isinstance(value, cached_property)]
VERBS = [
    (name, verb) for name, entry in ENTRIES.items() for verb in ([entry.command] if entry.command else entry.verbs)
]


def calls_of_the_library() -> set[str]:
    client = ComputeClient.connect(endpoint="http://127.0.0.1:1", client_id="c", client_secret="s")
    with client:
        return {
            f"{group}.{call}"
            for group in GROUPS
            for call in dir(getattr(client, group))
            if not call.startswith("_") and callable(getattr(getattr(client, group), call))
        }


def calls_of_the_commands() -> set[str]:
    """What the commands call, as ``api.GROUP.METHOD``."""
    found = set()
    for file in [*COMMANDS.glob("*.py"), COMMANDS.parent / "logs.py"]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
                found.add(f"{node.value.attr}.{node.attr}")
    return found


def test_a_command_calls_each_method_of_the_groups() -> None:
    assert calls_of_the_library() - calls_of_the_commands() == set()


@pytest.mark.parametrize(("noun", "verb"), VERBS)
def test_each_command_explains_itself_and_its_options(
    noun: str, verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    words = [noun] if ENTRIES[noun].command else [noun, verb]
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: rxeryph {' '.join(words)} ")
    assert not re.search(r"[{<]|x>=", text), text
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[2].strip().endswith((".", ":", ",")) or len(lines[2]) > 60
    for title in ("Arguments:", "Options:", "Waiting:", "Output:"):
        if title in lines:
            section = lines[lines.index(title) + 1 :]
            section = section[: section.index("")] if "" in section else section
            assert all(len(line.split("  ")) > 1 for line in section), section
    assert "Long because" not in text


def test_without_arguments_the_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) in (0, 2)
    found = capsys.readouterr()
    assert "Every day:" in found.out + found.err


def test_every_command_is_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {name} " in text for name in ENTRIES)
    assert run(["catlet", "--help"]) == 0
    assert "\n  start " in capsys.readouterr().out
    assert run(["help", "catlet", "start"]) == 0
    assert capsys.readouterr().out.startswith("Usage: rxeryph catlet start CATLET... [OPTIONS]\n")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["catlet", "strat"], "Did you mean 'start'?"),
        (["catlte", "list"], "Did you mean 'catlet'?"),
        (["start", "web"], "Write the noun before it: rxeryph catlet start."),
        (["wait"], "Write the noun before it: rxeryph operation wait."),
        (["list"], "Write the noun before it: rxeryph operation list, rxeryph catlet list, "),
        (["catlet", "rm", "web"], "Did you mean 'delete'?"),
        (["operation", "ls"], "Did you mean 'list'?"),
        (["gene", "x"], "There are: list, show, delete, cleanup."),
        (["operation", "list", "--top", "many"], "'many' is not a whole number."),
        (["operation", "list", "--top", "0"], "0 is not at least 1."),
        (["catlet", "list", "-o", "xml"], "'xml' is not one of 'table', 'json', 'yaml', 'id'."),
        (["catlet", "start"], "Missing argument 'CATLET'."),
        (["create", "a.yaml", "b.yaml"], "(b.yaml). It takes one FILE; run it once for each."),
        (["operation", "list", "web"], "(web). It takes no arguments."),
        (["catlet", "update", "web", "a", "b"], "(b). It takes only CATLET [FILE]."),
        (["catlet", "start", "web", "--timeout", "soon"], "--timeout: 'soon' is not a time."),
    ],
)
def test_wrong_usage_says_what_is_right(arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert hint in " ".join(capsys.readouterr().err.split())
