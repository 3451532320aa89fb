"""The pages about the command name commands, exit codes and objects that exist."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser

import pytest

from rxeryph.cli.app import ENTRIES, run
from rxeryph.cli.exit_codes import MEANINGS, WORST_FIRST
from rxeryph.cli.output import nouns
from tests.guide.reader import Block, blocks_of, text_of

PAGE = "docs/how-to/operate-with-the-command.md"
REFERENCE = "docs/reference/command.md"


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


UNITS = [block for block in blocks_of(text_of("docs/how-to/many-consumers.md")) if ".service" in (block.title or "")]


@pytest.mark.parametrize("unit", UNITS, ids=[str(unit.title) for unit in UNITS])
def test_the_units_run_commands_and_options_that_exist(unit: Block, capsys: pytest.CaptureFixture[str]) -> None:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.source)
    assert parser.sections() == ["Unit", "Service", "Install"]
    program, *arguments = shlex.split(parser["Service"]["ExecStart"])
    assert program.endswith("/rxeryph")
    assert run([*arguments, "--help"]) == 0
    assert f"Usage: rxeryph {arguments[0]} " in capsys.readouterr().out
    assert run([*arguments, "--no-such-option", "--help"]) == 2
