"""The page about the command: each command of its console blocks runs, in order, and prints what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rxeryph.cli.app import ENTRIES, run
from rxeryph.cli.exit_codes import MEANINGS, WORST_FIRST
from rxeryph.cli.output import nouns
from rxeryph.simulator import Simulator
from tests.guide.reader import pattern_of, text_of

PAGE = "docs/how-to/operate-with-the-command.md"
REFERENCE = "docs/reference/command.md"

pytestmark = pytest.mark.usefixtures("settles_soon")


def test_each_command_of_the_page_prints_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = text_of(PAGE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name, content in re.findall(r'```yaml title="(\S+)"\n(.*?)```', page, re.DOTALL):
        Path(name).write_text(content, encoding="utf-8")
    with Simulator(speed=200.0) as simulator:
        Path("my.key").write_text(simulator.private_key)
        monkeypatch.setenv("ERYPH_IDENTITY_ENDPOINT", simulator.identity_endpoint)
        monkeypatch.setenv("ERYPH_CLIENT_ID", simulator.client_id)
        monkeypatch.setenv("ERYPH_PRIVATE_KEY_FILE", "my.key")
        for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
            for step in re.split(r"^\$ rxeryph ", block, flags=re.MULTILINE)[1:]:
                line, *output = step.splitlines()
                if line == "simulate":
                    continue  # it runs already
                arguments, _, code = line.partition("  # exit code ")
                assert run(arguments.split()) == int(code or 0), line
                printed = capsys.readouterr().out
                assert pattern_of(output).match(printed), f"{line} printed\n{printed}"


def test_the_page_mentions_commands_that_exist() -> None:
    for noun, verb in re.findall(r"`rxeryph (\w+) ([a-z][\w-]*)", text_of(PAGE)):
        entry = ENTRIES[noun]
        assert entry.command or verb in entry.verbs, f"{noun} {verb}"


def test_the_reference_lists_exit_codes_their_order_and_the_objects() -> None:
    text = text_of(REFERENCE)
    assert {int(code): words for code, words in re.findall(r"^\| (\d+) \| (.+) \|$", text, re.MULTILINE)} == MEANINGS
    assert f"the first of {', '.join(map(str, WORST_FIRST))}:" in text
    for noun in nouns.ALL:
        row = re.search(rf"^\| {noun.name} \|.*$", text, re.MULTILINE)
        assert row is None or all(f"`{name}`" in row[0] for name in noun.derived)
