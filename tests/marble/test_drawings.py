"""The marble test itself: it finds every operator, and a drawing that is not true fails."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import Observable
from reactivex import operators as rx

from rxeryph import operators
from tests.marble import test_marbles

TRUE = """Drops nothing.

.. marble::

    s---l---|
      invented
    s---l---|

Ends when the source ends.
"""


def public_functions() -> set[str]:
    found = set()
    for module in pkgutil.iter_modules(operators.__path__, operators.__name__ + "."):
        if module.name.rpartition(".")[2].startswith("_"):
            continue
        members = inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
        found |= {name for name, member in members if member.__module__ == module.name and not name.startswith("_")}
    return found


def test_every_public_function_of_the_operators_is_exported_and_drawn() -> None:
    assert public_functions() == set(test_marbles.NAMES)


def invent(monkeypatch: pytest.MonkeyPatch, drawing: str) -> None:
    def invented() -> Callable[[Observable[Any]], Observable[Any]]:
        return rx.map(lambda event: event)

    invented.__doc__ = drawing
    monkeypatch.setattr(operators, "invented", invented, raising=False)


def test_a_true_drawing_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    invent(monkeypatch, TRUE)
    test_marbles.test_the_marble_of_every_operator_is_true("invented")


@pytest.mark.parametrize(
    "outcome",
    ["s-------|", "s---t---|", "s----l--|", "s---l----|", "s---l---#", "s---l----", "s---l-l-|", "--------|"],
)
def test_a_drawing_that_is_not_true_fails(monkeypatch: pytest.MonkeyPatch, outcome: str) -> None:
    head, _, tail = TRUE.rpartition("    s---l---|")
    invent(monkeypatch, f"{head}    {outcome}{tail}")
    with pytest.raises(AssertionError):
        test_marbles.test_the_marble_of_every_operator_is_true("invented")


@pytest.mark.parametrize("drawing", ["Has no drawing.", TRUE.replace("      invented\n    s---l---|\n", "")])
def test_an_operator_without_a_whole_drawing_fails(monkeypatch: pytest.MonkeyPatch, drawing: str) -> None:
    invent(monkeypatch, drawing)
    with pytest.raises(AssertionError):
        test_marbles.test_the_marble_of_every_operator_is_true("invented")
