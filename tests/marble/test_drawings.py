"""The marble test itself: it finds every operator, and a drawing that is not true fails."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex import operators as rx
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase
from reactivex.disposable import CompositeDisposable

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
    assert public_functions() | {"record"} == set(test_marbles.NAMES)  # which lives beside replay, in the bridges


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


def test_a_second_drawing_is_executed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    invent(monkeypatch, TRUE + TRUE)
    test_marbles.test_the_marble_of_every_operator_is_true("invented")
    invent(monkeypatch, TRUE + TRUE.replace("s---l---|\n\nEnds", "s---t---|\n\nEnds"))
    with pytest.raises(AssertionError):
        test_marbles.test_the_marble_of_every_operator_is_true("invented")


def test_a_drawing_shows_the_operator_it_is_the_drawing_of(monkeypatch: pytest.MonkeyPatch) -> None:
    invent(monkeypatch, TRUE.replace("  invented", "  require_success"))
    with pytest.raises(AssertionError, match="shows require_success"):
        test_marbles.test_the_marble_of_every_operator_is_true("invented")


EXPLAINED = """
.. marble::

    s-x---|
      invented
    s-(xy)|
    x = replace(l, operation_id="x")
    y = %s
"""


@pytest.mark.parametrize(("text", "is_true"), [("x.entry", True), ("l.entry.id", False)])
def test_a_character_stands_for_what_the_drawing_says(
    monkeypatch: pytest.MonkeyPatch, text: str, is_true: bool
) -> None:
    """Those in parentheses come at once: both when ``x`` comes."""

    def invented() -> Callable[[Observable[Any]], Observable[Any]]:
        return rx.flat_map(lambda event: [event, event.entry] if event.operation_id == "x" else [event])

    invented.__doc__ = EXPLAINED % text
    monkeypatch.setattr(operators, "invented", invented, raising=False)
    if is_true:
        test_marbles.test_the_marble_of_every_operator_is_true("invented")
    else:
        with pytest.raises(AssertionError):
            test_marbles.test_the_marble_of_every_operator_is_true("invented")


def test_a_column_is_a_second_of_the_scheduler_that_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def invented(seconds: float) -> Callable[[Observable[Any]], Observable[Any]]:
        return rx.delay(seconds)

    invented.__doc__ = """
    .. marble::

        s--l---|
          invented(2.0)
        --s--l---|
    """
    monkeypatch.setattr(operators, "invented", invented, raising=False)
    test_marbles.test_the_marble_of_every_operator_is_true("invented")


def test_several_sources_are_combined_with_the_arguments_that_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def invented(*streams: Observable[Any], count: int = 9) -> Observable[Any]:
        return reactivex.merge(*streams).pipe(rx.take(count))

    invented.__doc__ = """
    .. marble::

        --a-|
        -b--|
          invented(count=1)
        -(b|)
    """
    monkeypatch.setattr(operators, "invented", invented, raising=False)
    test_marbles.test_the_marble_of_every_operator_is_true("invented")


def test_an_operator_may_speak_of_a_second_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def invented(other: Observable[Any]) -> Callable[[Observable[Any]], Observable[Any]]:
        return rx.concat(other)

    invented.__doc__ = """
    .. marble::

        a--|
        -----b--|
          invented(second)
        a----b--|
    """
    monkeypatch.setattr(operators, "invented", invented, raising=False)
    test_marbles.test_the_marble_of_every_operator_is_true("invented")


def test_what_an_operator_remembers_between_subscriptions_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def invented() -> Callable[[Observable[Any]], Observable[Any]]:
        seen: list[object] = []

        def once(event: object) -> bool:
            seen.append(event)
            return seen.count(event) == 1

        return rx.filter(once)

    invented.__doc__ = TRUE
    monkeypatch.setattr(operators, "invented", invented, raising=False)
    test_marbles.test_the_marble_of_every_operator_is_true("invented")
    with pytest.raises(AssertionError):
        test_marbles.test_every_operator_stays_as_it_is_however_often_it_is_used("invented")


@pytest.mark.parametrize("lets_go", [True, False])
def test_an_operator_that_does_not_let_go_at_the_end_is_found_out(
    monkeypatch: pytest.MonkeyPatch, lets_go: bool
) -> None:
    def invented() -> Callable[[Observable[Any]], Observable[Any]]:
        def operator(source: Observable[Any]) -> Observable[Any]:
            def subscribe(observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
                first: Subject[Any] = Subject()
                telling = first.pipe(rx.take(1)).subscribe(observer)
                listening = source.subscribe(first)
                return CompositeDisposable(telling, listening) if lets_go else telling

            return Observable(subscribe)

        return operator

    invented.__doc__ = TRUE.replace("s---l---|\n\n", "(s|)\n\n")
    monkeypatch.setattr(operators, "invented", invented, raising=False)
    if lets_go:
        test_marbles.test_the_marble_of_every_operator_is_true("invented")
    else:
        with pytest.raises(AssertionError):
            test_marbles.test_the_marble_of_every_operator_is_true("invented")
