"""The reference of the command lists every command with every option."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from rxeryph.cli.app import ENTRIES, run
from rxeryph.cli.tree import CONNECTION
from tests.site.sources import load

pytest.importorskip("mkdocs", reason="needs rxeryph[docs]")


@pytest.fixture(scope="module")
def commands() -> ModuleType:
    return load("commands")


def test_every_command_has_a_heading(commands: ModuleType) -> None:
    headings = re.findall(r"^##+ rxeryph (.+)$", "\n".join(commands.reference()), re.MULTILINE)
    assert headings == [
        name
        for noun, entry in ENTRIES.items()
        for name in ([noun] if entry.command else [noun, *(f"{noun} {verb}" for verb in entry.verbs)])
    ]


@pytest.mark.parametrize("words", ["operation list", "catlet create", "simulate", "client create"])
def test_a_command_has_the_options_of_its_help(
    words: str, commands: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    run([*words.split(), "--help"])
    printed = set(re.findall(r"--[\w-]+", capsys.readouterr().out)) - {"--help"}
    command = next(each for each in commands.commands() if each.name == f"rxeryph {words}")
    shown = [records for title, records in command.sections.items() if title != CONNECTION]
    names = " ".join(name for records in shown for name, _ in records)
    assert printed == set(re.findall(r"--[\w-]+", f"{names} {command.help}"))


def test_what_marks_text_in_markdown_is_escaped(commands: ModuleType) -> None:
    assert [*commands.table("option", (("--a X|Y", "<b>|"),))][1:] == ["| `--a X|Y` | &lt;b&gt;\\| |", ""]
