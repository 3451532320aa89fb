"""The pictures of the operators show the drawings that tests/marble runs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from rxeryph import operators
from tests.marble.drawing import drawings_of
from tests.site.sources import load

pytest.importorskip("griffe", reason="needs rxeryph[docs]")


@pytest.fixture(scope="module")
def marbles() -> ModuleType:
    return load("marbles")


@pytest.mark.parametrize("name", operators.__all__)
def test_each_letter_and_end_of_a_drawing_is_in_its_picture(name: str, marbles: ModuleType) -> None:
    operator: Callable[..., Any] = getattr(operators, name)
    text = inspect.getdoc(operator) or ""
    pictures = [
        ElementTree.fromstring(line)
        for line in marbles.DRAWING.sub(lambda match: marbles.figure(match[1]), text).splitlines()
        if line.startswith("<figure")
    ]
    for picture, drawing in zip(pictures, drawings_of(operator), strict=True):
        shown = ["".join(element.itertext()) for element in picture.iter("text")]
        assert shown[0].partition("(")[0] == name
        assert sorted(shown[1:]) == sorted(re.findall(r"\w", "".join((*drawing.sources, drawing.outcome))))
        assert len([*picture.iter("circle")]) == len(shown) - 1


def test_a_picture_has_no_line_break_that_would_end_it(marbles: ModuleType) -> None:
    assert marbles.figure("    s-|\n      tag('<')\n    x-|\n    x = ('<', s)\n").count("\n") == 1
