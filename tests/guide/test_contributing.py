"""The pages for contributors name files that exist, and the pages that list names list all of them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from rxeryph import operators

TOP = Path(__file__).parents[2]
CONTRIBUTING = sorted((TOP / "docs/contributing").glob("*.md"))


@pytest.mark.parametrize("page", CONTRIBUTING, ids=lambda page: page.stem)
def test_a_page_for_contributors_names_files_that_exist(page: Path) -> None:
    named = re.findall(r"`((?:\.ci|docs|rxeryph|tests)/[\w./<>*-]+)`", page.read_text(encoding="utf-8"))
    patterns = {name: re.sub(r"<\w+>", "*", name) for name in named}
    assert [name for name, pattern in patterns.items() if not any(TOP.glob(pattern))] == []


def test_the_table_of_rooms_is_complete() -> None:
    page = (TOP / "docs/contributing/index.md").read_text(encoding="utf-8")
    table = page[page.index("| room |") :].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
    rooms = {
        path.stem for path in (TOP / "rxeryph").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(rooms - {"__init__", "__main__"})


def test_which_operator_mentions_every_operator() -> None:
    page = (TOP / "docs/which-operator.md").read_text(encoding="utf-8")
    assert [name for name in operators.__all__ if f"`{name}(" not in page] == []


def test_each_decision_has_a_date_and_the_alternative_that_was_rejected() -> None:
    _, *days = re.split(
        r"^## (.+)\n", (TOP / "docs/explanation/decisions.md").read_text(encoding="utf-8"), flags=re.M
    )
    dates, entries = days[::2], [each for day in days[1::2] for each in re.split(r"^(?=\d+\. )", day, flags=re.M)[1:]]
    assert dates == sorted(map(str, map(date.fromisoformat, dates)))
    assert [each.partition(".")[0] for each in entries] == [str(number) for number in range(1, len(entries) + 1)]
    assert [each.partition(".")[0] for each in entries if "*Rejected" not in each] == []
