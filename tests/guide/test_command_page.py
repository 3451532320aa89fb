"""The pages about the command name commands, exit codes and objects that exist."""

from __future__ import annotations

import re

from rxeryph.cli.app import ENTRIES
from rxeryph.cli.exit_codes import MEANINGS, WORST_FIRST
from rxeryph.cli.output import nouns
from tests.guide.reader import text_of

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
