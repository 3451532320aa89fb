"""The marbles in the docstring of every operator are run, and the docstrings have one shape."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reactivex import Observable
from reactivex.testing import ReactiveTest

from rxeryph import operators
from rxeryph.events import TrackingFailed
from tests.marble.drawing import ERROR, START, drawings_of, messages
from tests.observing import Spy
from tests.unit.operators.stage import Clock

OPERATORS = [getattr(operators, name) for name in sorted(operators.__all__)]
REPEATABLE = [operator for operator in OPERATORS if operator is not operators.record]
"""All but the one that writes a file, which a second subscriber cannot."""
PARTS = (".. marble::", "\nArgs:\n", "\nEnds ", "Delivers on", "See also")

of_each = pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
of_each_repeatable = pytest.mark.parametrize("operator", REPEATABLE, ids=lambda operator: operator.__name__)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For ``record``."""
    monkeypatch.chdir(tmp_path)


def test_every_public_function_in_the_modules_of_the_operators_is_exported() -> None:
    found = {operators.record}  # which is beside replay, in the bridges
    for module in pkgutil.iter_modules(operators.__path__, operators.__name__ + "."):
        if not module.name.rpartition(".")[2].startswith("_"):
            members = inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
            found |= {each for name, each in members if each.__module__ == module.name and not name.startswith("_")}
    assert found == set(OPERATORS)


@of_each
def test_its_marble_is_true(operator: Callable[..., Any]) -> None:
    for drawing in drawings_of(operator):
        drawing.check()


@of_each
def test_its_docstring_has_the_same_parts_in_the_same_order_as_the_others(operator: Callable[..., Any]) -> None:
    text = inspect.getdoc(operator) or ""
    parameters = inspect.signature(operator).parameters
    places = [text.find(part) for part in PARTS if parameters or "Args" not in part]
    assert -1 not in places
    assert places == sorted(places)
    sentence, _, _ = text.partition("\n\n")
    assert sentence.endswith(".")
    assert ". " not in sentence
    for parameter in parameters.values():
        described = re.search(rf"^ {{4}}{parameter.name}: (.+(?:\n {{8}}.+)*)", text, re.MULTILINE)
        assert described, f"{parameter.name} is not described"
        assert parameter.default is parameter.empty or "efault" in described[1]


@of_each_repeatable
@pytest.mark.parametrize("is_deaf", [False, True])
def test_disposed_at_any_second_it_delivers_nothing_more_and_leaves_its_sources_and_the_clock(
    operator: Callable[..., Any], is_deaf: bool
) -> None:
    for drawing in drawings_of(operator):
        for column in range(len(drawing.outcome)):
            clock, at = Clock(is_deaf=is_deaf), START + column + 0.5
            streams = drawing.streams(clock)
            observer = clock.create_observer()
            subscription = drawing.applied(streams).subscribe(observer, scheduler=clock)
            clock.advance_to(at)
            subscription.dispose()
            assert all(each.unsubscribe <= at for stream in streams for each in stream.subscriptions)
            assert not clock.due
            clock.advance_to(999)
            assert messages(observer.messages) == [message for message in drawing.expected if message[0] <= at]


@of_each_repeatable
def test_it_passes_an_error_of_its_source_on_at_once(operator: Callable[..., Any]) -> None:
    for drawing in drawings_of(operator):
        clock = Clock()
        streams = [clock.create_hot_observable(ReactiveTest.on_error(START, ERROR)) for _ in drawing.sources]
        spy = Spy(clock)
        drawing.applied(streams).subscribe(spy, scheduler=clock)
        clock.advance_to(START)
        at, error = spy.timed[0]
        assert at == START
        assert (error.error if isinstance(error, TrackingFailed) else error) is ERROR  # some isolate their members


@of_each_repeatable
def test_what_it_remembers_belongs_to_one_subscription(operator: Callable[..., Any]) -> None:
    for drawing in drawings_of(operator):
        clock = Clock()
        made = drawing.applied(drawing.streams(clock))
        observers = [clock.create_observer() for _ in range(2)]
        for observer in observers:
            made.subscribe(observer, scheduler=clock)
        clock.advance_to(999)
        for observer in observers:
            assert messages(observer.messages) == drawing.expected


@of_each
def test_it_passes_the_schedulers_of_the_subscriber_and_of_the_connection_on(operator: Callable[..., Any]) -> None:
    passed: list[object] = []

    def subscribe(observer: object, scheduler: Any) -> Any:
        passed.append(scheduler)

    for drawing in drawings_of(operator):
        source: Any = Observable(subscribe)
        source.scheduler, subscribers = Clock(), Clock()
        made: Any = drawing.applied([source] * len(drawing.sources))
        assert made.scheduler is source.scheduler
        made.subscribe(scheduler=subscribers).dispose()
        assert {*passed} == {subscribers}
        passed.clear()
