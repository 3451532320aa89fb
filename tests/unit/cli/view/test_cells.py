"""Strings that fit into cells."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.cli.view.cells import cut, cut_activity, cut_middle, padded, width_of
from rxeryph.model.text import one_line

LINES = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("/ 网é́"))).map(one_line)
GENE = "Preparing gene dbosoft/ubuntu-24.04/20250101:sda"


@pytest.mark.parametrize("shorten", [cut, cut_middle, cut_activity])
@pytest.mark.parametrize("ellipsis", ["…", "..."])
@given(text=LINES, width=st.integers(0, 60))
def test_a_shortened_string_fits_and_one_that_fits_stays(
    shorten: Callable[[str, int, str], str], ellipsis: str, text: str, width: int
) -> None:
    short = shorten(text, width, ellipsis)
    assert width_of(short) <= width
    if width_of(text) <= width:
        assert short == text
    elif width > 5:
        assert ellipsis in short


@given(LINES, st.integers(0, 60))
def test_a_padded_string_has_the_width(text: str, width: int) -> None:
    assert width_of(padded(text, width)) == max(width, width_of(text))


@pytest.mark.parametrize(
    ("shorten", "text", "width", "expected"),
    [
        (cut, "no space is left", 8, "no spac…"),
        (cut, "not now at all", 5, "not…"),
        (cut, "网络网络", 6, "网络…"),
        (cut_middle, "frontend-replica-1", 11, "front…ica-1"),
        (cut_activity, GENE, 40, "Preparing gene …buntu-24.04/20250101:sda"),
        (cut_activity, GENE, 45, "Preparing gene …ubuntu-24.04/20250101:sda"),
        (cut_activity, GENE, 30, "Preparing gene …20250101:sda"),
        (cut_activity, GENE, 20, "Preparing gene dbos…"),
        (cut_activity, f"Create catlet db: {GENE}", 37, "Create catlet db: …20250101:sda"),
        (cut_activity, "Deploy new catlet", 10, "Deploy ne…"),
    ],
)
def test_the_ends_that_matter_stay(
    shorten: Callable[[str, int, str], str], text: str, width: int, expected: str
) -> None:
    assert shorten(text, width, "…") == expected
