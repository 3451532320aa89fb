"""The drawings themselves: a true one passes, and one that is false in any way fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex import operators as rx
from reactivex.abc import DisposableBase, ObserverBase, SchedulerBase

from tests.marble.drawing import drawing, drawings_of

TRUE = "s---l---|"


def holding_on(source: Observable[Any]) -> Observable[Any]:
    """Takes the first event, and never leaves its source."""

    def subscribe(observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
        first: Subject[Any] = Subject()
        source.subscribe(first)
        return first.pipe(rx.take(1)).subscribe(observer)

    return Observable(subscribe)


def split(event: Any) -> list[Any]:
    return [event, event.entry] if event.operation_id == "x" else [event]


def check(text: str, operator: Callable[..., Any], is_true: bool) -> None:
    """Check a drawing of ``operator``, which is called "invented" there."""
    drawn = drawing(text, invented=operator)
    if is_true:
        drawn.check()
    else:
        with pytest.raises(AssertionError):
            drawn.check()


@pytest.mark.parametrize(
    "outcome",
    [TRUE, "s-------|", "s---t---|", "s----l--|", "s---l----|", "s---l---#", "s---l----", "s---l-l-|", "--------|"],
)
def test_events_times_and_the_end_must_be_true(outcome: str) -> None:
    check(f"{TRUE}\n  invented\n{outcome}", lambda: rx.map(lambda event: event), outcome == TRUE)


@pytest.mark.parametrize(("expression", "is_true"), [("x.entry", True), ("l.entry.id", False)])
def test_a_character_is_what_the_drawing_says_and_those_in_parentheses_come_at_once(
    expression: str, is_true: bool
) -> None:
    text = 's-x---|\n  invented\ns-(xy)|\nx = replace(l, operation_id="x")\ny = '
    check(text + expression, lambda: rx.flat_map(split), is_true)


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("s--l---|\n  invented(2.0)\n--s--l---|", rx.delay),
        (
            "--a-|\n-b--|\n  invented(1)\n-(b|)",
            lambda one, other, count: reactivex.merge(one, other).pipe(rx.take(1)),
        ),
        ("a--|\n-----b--|\n  invented(second)\na----b--|", rx.concat),
    ],
    ids=["a column is a second", "several sources", "a second source as an argument"],
)
def test_the_operator_is_applied_as_it_is_drawn(text: str, operator: Callable[..., Any]) -> None:
    check(text, operator, True)


@pytest.mark.parametrize(("operator", "is_true"), [(lambda: rx.take(1), True), (lambda: holding_on, False)])
def test_sources_must_be_left_at_the_end(operator: Callable[..., Any], is_true: bool) -> None:
    check(f"{TRUE}\n  invented\n(s|)", operator, is_true)


def test_a_timer_must_not_remain_at_the_end() -> None:
    check(f"{TRUE}\n  invented\n(s|)", lambda: lambda source: source.pipe(rx.take(1), leaving_a_timer), False)


def leaving_a_timer(source: Observable[Any]) -> Observable[Any]:
    def subscribe(observer: ObserverBase[Any], scheduler: SchedulerBase | None) -> DisposableBase:
        assert scheduler is not None
        scheduler.schedule_relative(5000.0, lambda *_: None)
        return source.subscribe(observer, scheduler=scheduler)

    return Observable(subscribe)


MARBLE = "Drops nothing.\n\n.. marble::\n\n    s---l---|\n      invented\n    s---l---|\n\nEnds.\n"


@pytest.mark.parametrize(
    ("docstring", "count"),
    [
        (MARBLE, 1),
        (MARBLE + MARBLE, 2),
        ("Has no drawing.", None),
        (MARBLE.replace("      invented\n    s---l---|\n", ""), None),
        (MARBLE.replace("invented", "of_type"), None),
    ],
    ids=["one", "two", "none", "half", "of another"],
)
def test_a_docstring_has_whole_drawings_of_its_own_function(docstring: str, count: int | None) -> None:
    def invented() -> None: ...

    invented.__doc__ = docstring
    if count is None:
        with pytest.raises(AssertionError):
            list(drawings_of(invented))
    else:
        assert len(list(drawings_of(invented))) == count
