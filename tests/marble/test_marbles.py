"""The marbles in the docstring of every operator are executed.

A line ``x = expression`` says what a character is, in terms of the others and of the classes of events; such lines
come last. Above them is what comes out, above that the operator, and all lines above are sources.

A character is a second of virtual time and an event; ``-`` is a second without one, ``|`` completes, ``#`` is an
error. Characters in parentheses come at the moment of the opening one. Several sources are combined by the function
that is named, unless its arguments speak of ``second``: then it is an operator on the first source.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from reactivex import Observable
from reactivex.testing import ReactiveTest, TestScheduler
from reactivex.testing.hotobservable import HotObservable

from rxeryph import events, model, operators
from rxeryph.errors import RxEryphError
from rxeryph.events import (
    AnyEvent,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    PollRecovered,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
    TrackingFailed,
)
from rxeryph.model import LogEntry, Operation, OperationStatus, Task
from rxeryph.outcome import OperationResult
from rxeryph.tracking import Progress

RUNNING, COMPLETED, FAILED = OperationStatus.RUNNING, OperationStatus.COMPLETED, OperationStatus.FAILED
OPERATION = Operation("op", RUNNING)
FINE = Operation("op", COMPLETED)
ENDED = Operation("op", FAILED, "it broke")
TASK = Task("t", "op", "CreateCatletCommand", RUNNING)
ERROR = RxEryphError("told")
EVENTS: dict[str, AnyEvent] = {
    "s": StatusChanged("op", OPERATION, RUNNING),
    "t": TaskAdded("op", OPERATION, TASK),
    "u": TaskUpdated("op", OPERATION, replace(TASK, progress=50), TASK),
    "T": TaskUpdated("op", OPERATION, replace(TASK, status=FAILED), TASK),
    "l": LogEntryAdded("op", OPERATION, LogEntry("l", "t", "line", 0), TASK),
    "m": LogEntryAdded("op", OPERATION, LogEntry("m", "t", "more", 1), TASK),
    "n": LogEntryAdded("op", OPERATION, LogEntry("n", "t", "next", 2), TASK),
    "p": PollFailed("op", OPERATION, ERROR, 1, 1.0),
    "r": PollRecovered("op", OPERATION, 1, 2.0),
    "X": TrackingFailed("op", OPERATION, ERROR),
    "S": StatusChanged("op", ENDED, FAILED, RUNNING),
    "C": OperationFinished("op", FINE, OperationResult(FINE)),
    "F": OperationFinished("op", ENDED, OperationResult(ENDED)),
    "a": StatusChanged("a", OPERATION, RUNNING),
    "b": StatusChanged("b", OPERATION, RUNNING),
}
"""What characters stand for where a drawing says nothing else; upper case is about an end."""

NAMES = sorted(name for name in operators.__all__ if name != "operators")
START = 300
"""The virtual second of the first column; reactivex subscribes at 200 and disposes at 1000."""


def scope() -> dict[str, Any]:
    """What operators and explanations in a drawing may speak of."""
    own = {**EVENTS, "Progress": Progress, "replace": replace}
    return {**vars(model), **vars(events), **vars(operators), **own}


@dataclass(frozen=True)
class Marble:
    """One drawing: the lines of the sources, the operator, what comes out, and what further characters stand for."""

    sources: tuple[str, ...]
    call: str
    outcome: str
    values: dict[str, Any] = field(default_factory=dict)

    def streams(self, scheduler: TestScheduler) -> list[HotObservable[Any]]:
        return [scheduler.create_hot_observable(*self.records(line)) for line in self.sources]

    def applied(self, streams: list[HotObservable[Any]]) -> Observable[Any]:
        """The operator on the first of ``streams``, or the function that combines them all."""
        call = self.call if "(" in self.call else f"{self.call}()"
        names = {**scope(), **self.values, **dict(zip(("first", "second", "third"), streams, strict=False))}
        if self.is_combination:
            name, _, arguments = call.partition("(")
            combined: Observable[Any] = eval(f"{name}(*streams, {arguments}", {**names, "streams": streams})
            return combined
        return streams[0].pipe(eval(call, names))

    @property
    def is_combination(self) -> bool:
        return len(self.sources) > 1 and "second" not in self.call

    @property
    def end(self) -> float:
        """When what comes out has ended, at the latest when it is disposed."""
        last = self.records(self.outcome)[-1:]
        return last[0].time if last and last[0].value.kind != "N" else 1000

    def records(self, line: str) -> list[Any]:
        """The messages a line stands for."""
        found: list[Any] = []
        opened: int | None = None
        for column, character in enumerate(line.rstrip()):
            at = START + (column if opened is None else opened)
            if character == "(":
                opened = column
            elif character == ")":
                opened = None
            elif character == "|":
                found.append(ReactiveTest.on_completed(at))
            elif character == "#":
                found.append(ReactiveTest.on_error(at, ERROR))
            elif character not in "- ":
                found.append(ReactiveTest.on_next(at, self.values.get(character) or EVENTS[character]))
        return found


def marbles_of(name: str) -> Iterator[Marble]:
    """The drawings in a docstring; at least one."""
    text = inspect.getdoc(getattr(operators, name)) or ""
    blocks = re.findall(r"\.\. marble::\n\n((?: {4}.+\n?)+)", text)
    assert blocks, f"the docstring of {name} has no marble"
    for block in blocks:
        lines = [line[4:] for line in block.splitlines()]
        values: dict[str, Any] = {}
        drawn = []
        for line in lines:
            if explanation := re.match(r"(\w) = (.+)", line):
                values[explanation[1]] = eval(explanation[2], {**scope(), **values})
            else:
                drawn.append(line)
        assert len(drawn) >= 3, f"the marble of {name} needs a source, the operator and the outcome"
        yield Marble(tuple(drawn[:-2]), drawn[-2].strip(), drawn[-1], values)


def shape(messages: list[Any]) -> list[tuple[float, str, object]]:
    """Time, kind and value of messages; of errors only that they are ours."""
    return [
        (message.time, message.value.kind, getattr(message.value, "value", None))
        if message.value.kind != "E"
        else (message.time, "E", isinstance(message.value.exception, RxEryphError))
        for message in messages
    ]


FOR_MANY = [name for name in NAMES if name != "record"]
"""Operators that any number may subscribe to at a time; a recording is one subscription's own file."""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``record`` writes where it is drawn to write."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_the_marble_of_every_operator_is_true(name: str) -> None:
    for marble in marbles_of(name):
        assert marble.call.partition("(")[0] == name, f"the marble of {name} shows {marble.call}"
        scheduler = TestScheduler()
        streams = marble.streams(scheduler)
        observer = scheduler.start(partial(marble.applied, streams))
        assert shape(observer.messages) == shape(marble.records(marble.outcome))
        # Subscribed to once, when asked for, and let go at the end.
        for place, stream in enumerate(streams):
            (subscription,) = stream.subscriptions
            assert (place > 0 and not marble.is_combination) or subscription.subscribe == 200
            assert subscription.unsubscribe <= marble.end


@pytest.mark.parametrize("name", FOR_MANY)
def test_every_operator_lets_go_when_disposed_and_passes_errors_on(name: str) -> None:
    for marble in marbles_of(name):
        scheduler = TestScheduler()
        streams = [
            scheduler.create_hot_observable(ReactiveTest.on_error(START + 50 + place, ERROR))
            for place, _ in enumerate(marble.sources)
        ]
        made = marble.applied(streams)
        gone, told = scheduler.create_observer(), scheduler.create_observer()
        subscription = made.subscribe(gone, scheduler=scheduler)
        made.subscribe(told, scheduler=scheduler)
        scheduler.advance_to(START)
        subscription.dispose()
        scheduler.advance_to(START + 200)
        assert gone.messages == []
        first = told.messages[0]
        assert first.time == START + 50
        if isinstance(value := getattr(first.value, "value", None), TrackingFailed):  # an operator that isolates
            assert value.error is ERROR
        else:
            assert shape(told.messages) == [(START + 50, "E", True)]
        for stream in streams:
            assert all(one.unsubscribe <= START + 200 for one in stream.subscriptions)


@pytest.mark.parametrize("name", FOR_MANY)
def test_every_operator_stays_as_it_is_however_often_it_is_used(name: str) -> None:
    """What an operator remembers belongs to one subscription, not to the operator."""
    for marble in marbles_of(name):
        scheduler = TestScheduler()
        made = marble.applied(marble.streams(scheduler))
        observers = [scheduler.create_observer() for _ in range(2)]
        for observer in observers:
            made.subscribe(observer, scheduler=scheduler)
        scheduler.advance_to(999)
        for observer in observers:
            assert shape(observer.messages) == shape(marble.records(marble.outcome))


PARTS = (".. marble::", "\nArgs:\n", "\nEnds ", "Delivers on", "See also")


@pytest.mark.parametrize("name", NAMES)
def test_the_docstring_of_every_operator_has_the_same_parts_in_the_same_order(name: str) -> None:
    text = inspect.getdoc(getattr(operators, name)) or ""
    parameters = inspect.signature(getattr(operators, name)).parameters
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
