"""The marble in the docstring of every operator is executed.

The last line is what comes out, the line before it the operator, all lines above are sources. Characters are events;
``-`` is a step of time, ``|`` completes, ``#`` is an error.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import Observable
from reactivex.testing import ReactiveTest, TestScheduler

from rxeryph import events, operators
from rxeryph.errors import RxEryphError
from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished, StatusChanged, TaskAdded
from rxeryph.model import LogEntry, Operation, OperationStatus, Task
from rxeryph.result import OperationResult

RUNNING, FAILED = OperationStatus.RUNNING, OperationStatus.FAILED
OPERATION = Operation("op", RUNNING)
ENDED = Operation("op", FAILED, "it broke")
TASK = Task("t", "op", "T", RUNNING)
EVENTS: dict[str, AnyEvent] = {
    "s": StatusChanged("op", OPERATION, RUNNING),
    "t": TaskAdded("op", OPERATION, TASK),
    "l": LogEntryAdded("op", OPERATION, LogEntry("l", "t", "line", 0), TASK),
    "F": OperationFinished("op", ENDED, OperationResult(ENDED)),
    "a": StatusChanged("a", OPERATION, RUNNING),
    "b": StatusChanged("b", OPERATION, RUNNING),
}
NAMES = sorted(name for name in operators.__all__ if name != "operators")
START = 300


def marble_of(name: str) -> tuple[list[str], str, str]:
    """Sources, operator and outcome of the marble in a docstring."""
    text = inspect.getdoc(getattr(operators, name)) or ""
    block = re.search(r"\.\. marble::\n\n((?: {4}.+\n)+)", text)
    assert block, f"the docstring of {name} has no marble"
    lines = [line[4:] for line in block[1].splitlines()]
    assert len(lines) >= 3, f"the marble of {name} needs a source, the operator and the outcome"
    return lines[:-2], lines[-2].strip(), lines[-1]


def records(line: str) -> list[Any]:
    """The messages a line of marbles stands for, one step of time per character."""
    found: list[Any] = []
    for step, character in enumerate(line.rstrip()):
        at = START + step
        if character == "|":
            found.append(ReactiveTest.on_completed(at))
        elif character == "#":
            found.append(ReactiveTest.on_error(at, RxEryphError("told")))
        elif character not in "- ":
            found.append(ReactiveTest.on_next(at, EVENTS[character]))
    return found


def shape(messages: list[Any]) -> list[tuple[float, str, object]]:
    """Time, kind and value of messages; of errors only that they are ours."""
    return [
        (message.time, message.value.kind, getattr(message.value, "value", None))
        if message.value.kind != "E"
        else (message.time, "E", isinstance(message.value.exception, RxEryphError))
        for message in messages
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_marble_of_every_operator_is_true(name: str) -> None:
    sources, call, outcome = marble_of(name)
    scheduler = TestScheduler()
    streams = [scheduler.create_hot_observable(*records(line)) for line in sources]
    scope = {**vars(operators), **vars(events)}
    if "(" in call:
        operator: Callable[[Observable[Any]], Observable[Any]] = eval(call, scope)
        made: Observable[Any] = streams[0].pipe(operator)
    elif len(sources) > 1:
        made = scope[call](*streams)
    else:
        made = streams[0].pipe(scope[call]())
    observer = scheduler.start(lambda: made, created=100, subscribed=200, disposed=1000)
    assert shape(observer.messages) == shape(records(outcome))
    # Subscribed to once when asked for, and let go at the end.
    for stream in streams:
        assert [subscription.subscribe for subscription in stream.subscriptions] == [200]
        assert all(subscription.unsubscribe <= 1000 for subscription in stream.subscriptions)


@pytest.mark.parametrize("name", NAMES)
def test_every_operator_lets_go_when_disposed_and_passes_errors_on(name: str) -> None:
    sources, call, _ = marble_of(name)
    scheduler = TestScheduler()
    error = RxEryphError("source")
    streams = [
        scheduler.create_hot_observable(ReactiveTest.on_error(START + 50 + index, error))
        for index, _ in enumerate(sources)
    ]
    scope = {**vars(operators), **vars(events)}
    build = eval(call, scope)
    made = (
        build(*streams)
        if "(" not in call and len(streams) > 1
        else streams[0].pipe(build if "(" in call else build())
    )
    gone = scheduler.create_observer()
    subscription = made.subscribe(gone)
    told = scheduler.create_observer()
    made.subscribe(told)
    scheduler.advance_to(START)
    subscription.dispose()
    scheduler.advance_to(START + 200)
    assert gone.messages == []
    assert shape(told.messages) == [(START + 50, "E", True)]


def test_operators_say_what_they_need() -> None:
    with pytest.raises(TypeError, match="at least one event type"):
        operators.of_type()
    with pytest.raises(TypeError, match="event classes, got 'log_entry'"):
        operators.of_type("log_entry")  # type: ignore[call-overload]


def test_merging_nothing_is_empty() -> None:
    seen: list[object] = []
    empty: Observable[AnyEvent] = operators.merge()
    empty.subscribe(seen.append, on_completed=lambda: seen.append("end"))
    assert seen == ["end"]
