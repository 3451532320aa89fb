"""Rows in lines of a given width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.cli.view.cells import width_of
from rxeryph.cli.view.charset import ASCII, UNICODE, Symbols
from rxeryph.cli.view.layout import COMPLETE_NAME, WIDEST, Line, Names, layout
from rxeryph.cli.view.rows import Kind, Row
from rxeryph.model.text import one_line

WEB = Row("web", Kind.COMPLETED, "Completed", "", None, "4.6 s")
DB = Row("db", Kind.RUNNING, "", "Preparing gene dbosoft/ubuntu-24.04/20250101:sda", 47, "0:06")
CI = Row(
    "ci", Kind.FAILED, "Failed", "The gene set acme/missing/1.0 is not available in any gene pool.", None, "2.0 s"
)
NEW = Row("new", Kind.QUEUED, "Queued", "", None, "0:00")


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line)


def drawn(rows: list[Row], width: int, symbols: Symbols = UNICODE, frame: int | None = 0) -> list[str]:
    return [text_of(line) for line in layout(rows, Names(row.name for row in rows), width, symbols, frame)]


PICTURES = {
    80: """
web  ✓ Completed                                                           4.6 s
db   ⠋ Preparing gene …ubuntu-24.04/20250101:sda   ━━━━━━━╸────────  47%    0:06
ci   ✗ Failed     The gene set acme/missing/1.0 is not available in any…   2.0 s
new  · Queued                                                               0:00
""",
    60: """
web  ✓ Completed                                       4.6 s
db   ⠋ Preparing gene …0250101:sda  ━━━━━──────  47%    0:06
ci   ✗ Failed     The gene set acme/missing/1.0 is…    2.0 s
new  · Queued                                           0:00
""",
    40: """
web  ✓ Completed                   4.6 s
db   ⠋ Preparing g…  ━━╸───  47%    0:06
ci   ✗ Failed     The gene set…    2.0 s
new  · Queued                       0:00
""",
    20: """
web ✓ Completed
db  ⠋ Preparin…  47%
ci  ✗ Failed  The g…
new · Queued
""",
}


@pytest.mark.parametrize(("width", "picture"), PICTURES.items())
def test_the_middle_shrinks_first(width: int, picture: str) -> None:
    assert drawn([WEB, DB, CI, NEW], width) == picture.strip().splitlines()


def test_ascii_symbols_have_the_same_columns() -> None:
    assert drawn([DB, CI], 80, ASCII) == [
        "db  | Preparing gene ...ubuntu-24.04/20250101:sda  #######---------  47%    0:06",
        "ci  x Failed     The gene set acme/missing/1.0 is not available in an...   2.0 s",
    ]


def test_wide_characters_take_two_cells() -> None:
    assert drawn([replace(WEB, name="网络"), replace(NEW, name="db")], 40) == [
        "网络  ✓ Completed                  4.6 s",
        "db    · Queued                      0:00",
    ]


def test_lines_do_not_grow_without_end() -> None:
    assert drawn([WEB, DB], 200) == drawn([WEB, DB], WIDEST)


def test_rows_that_stay_have_no_spinner() -> None:
    (line,) = drawn([replace(DB, percent=None)], 80, frame=None)
    assert line.startswith("db  · Running    Preparing gene ")


@pytest.mark.parametrize(
    ("percent", "bar"), [(1, "─" * 16), (4, "╸" + "─" * 15), (50, "━" * 8 + "─" * 8), (100, "━" * 16)]
)
def test_the_bar_has_half_cells(percent: int, bar: str) -> None:
    (line,) = drawn([replace(DB, name="web", percent=percent)], 80)
    assert f"  {bar} " in line


STRINGS = st.text(max_size=40).map(one_line)
ROWS = st.builds(
    Row,
    name=STRINGS,
    kind=st.sampled_from(Kind),
    word=st.sampled_from(["", "Completed", "Failed"]) | STRINGS,
    text=STRINGS,
    percent=st.none() | st.integers(0, 100),
    time=st.sampled_from(["0:01", "59.9 s", "23:59:59"]),
)


@given(
    rows=st.lists(ROWS, max_size=5),
    width=st.integers(1, 250),
    symbols=st.sampled_from([UNICODE, ASCII]),
    frame=st.none() | st.integers(0, 100),
)
def test_a_line_is_never_too_wide_and_always_has_the_name(
    rows: list[Row], width: int, symbols: Symbols, frame: int | None
) -> None:
    for row, line in zip(rows, drawn(rows, width, symbols, frame), strict=True):
        assert width_of(line) <= width
        assert line == line.rstrip()
        if len(row.name) <= COMPLETE_NAME and width_of(row.name) <= width:
            assert line.startswith(row.name)
