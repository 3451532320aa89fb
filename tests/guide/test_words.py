"""All text of the project is free of the words that docs/contributing/plain-english.md lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs/contributing/plain-english.md"
ROOTS = (
    *("README.md", "pyproject.toml", "setup.cfg", ".ci", ".github", ".editorconfig", ".pre-commit-config.yaml"),
    *("docs", "rxeryph", "tests"),
)
SUFFIXES = {"", ".cfg", ".md", ".py", ".toml", ".yaml", ".yml"}
ROWS = re.findall(r"^\| (`.*`) \| .* \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def either(cells: Iterable[str]) -> re.Pattern[str]:
    """Matches the phrases in backticks as whole words; a line of text or of a comment may end within a phrase."""
    phrases = re.findall(r"`(.+?)`", " ".join(cells))
    joined = "|".join(r"[\s#]+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return re.compile(rf"\b(?:{joined})\b", re.IGNORECASE)


REJECTED, ALLOWED = either(row[0] for row in ROWS), either(row[1] for row in ROWS)


def rejected_in(text: str) -> Iterator[tuple[int, str]]:
    """Line number and word of each rejected word. The words of a name, as in ``a_name``, count too."""
    text = text.replace("_", " ")
    text = ALLOWED.sub(lambda match: re.sub(r"\w", ".", match[0]), text)
    for match in REJECTED.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[0]


def files_in(root: str) -> Iterator[Path]:
    path = TOP / root
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file() and file.suffix in SUFFIXES and file not in (PAGE, Path(__file__)):
            yield file


def occurrences(root: str) -> list[str]:
    return [
        f"{file.relative_to(TOP)}:{line}: {word}"
        for file in files_in(root)
        for line, word in rejected_in(file.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("root", ROOTS)
def test_no_text_uses_a_rejected_word(root: str) -> None:
    assert any(files_in(root)), f"{root} does not exist"
    assert occurrences(root) == []


def test_whole_words_and_phrases_are_rejected_across_lines_and_in_names() -> None:
    text = "the server is\ntold. it goes\n    # on\ndef test_a_thing(): ..."
    assert list(rejected_in(text)) == [(2, "told"), (2, "goes\n    # on"), (4, "thing")]


def test_longer_words_and_allowed_phrases_pass() -> None:
    assert list(rejected_in("something in a text file; * stands for all; ongoing, onboard")) == []
