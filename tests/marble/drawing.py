"""Drawings of streams, which run in virtual time.

The last line is what comes out, the one above it the operator, and all lines above are sources. A line
``x = expression`` below defines a character, in terms of the others and of the classes of events.

A character is an event and a second of virtual time; ``-`` is a second without event, ``|`` completes, ``#`` is an
error. Characters in parentheses come at the second of the opening one. Several sources are combined by the function
that is named, unless its arguments use ``second``: then it is an operator on the first source.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from reactivex import Observable
from reactivex.testing import ReactiveTest
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
from tests.unit.operators.stage import Clock

RUNNING, COMPLETED, FAILED = OperationStatus.RUNNING, OperationStatus.COMPLETED, OperationStatus.FAILED
OPERATION = Operation("op", RUNNING)
FINE = Operation("op", COMPLETED)
ENDED = Operation("op", FAILED, "it broke")
TASK = Task("t", "op", "CreateCatletCommand", RUNNING)
ERROR = RxEryphError("drawn")
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
"""The events of characters that a drawing does not define. Upper case is about an end."""

MODEL = {name: getattr(model, name) for name in dir(model)}
NAMES = {**MODEL, **vars(events), **vars(operators), **EVENTS, "Progress": Progress, "replace": replace}
"""What the expressions of a drawing can use."""

SUBSCRIBED, START, DISPOSED = 200, 300, 1000
"""The virtual seconds at which a drawing is subscribed to, has its first column, and is disposed."""

Messages = list[tuple[float, str, object]]
"""Second, kind and value; of an error only whether it is ours."""


@dataclass(frozen=True)
class Drawing:
    """Sources, the operator, what comes out, and the values of further characters."""

    sources: tuple[str, ...]
    call: str
    outcome: str
    values: dict[str, Any] = field(default_factory=dict)

    def streams(self, clock: Clock) -> list[HotObservable[Any]]:
        return [clock.create_hot_observable(*self._records(line)) for line in self.sources]

    def applied(self, streams: list[Any]) -> Observable[Any]:
        """The operator on the first of ``streams``, or the function that combines all of them."""
        call = self.call if "(" in self.call else f"{self.call}()"
        names = {**NAMES, **self.values, **dict(zip(("first", "second", "third"), streams, strict=False))}
        call = call.replace("(", "(*streams, ", 1) if self.is_combination else f"first.pipe({call})"
        made: Observable[Any] = eval(call, {**names, "streams": streams})
        return made

    @property
    def is_combination(self) -> bool:
        return len(self.sources) > 1 and "second" not in self.call

    @property
    def expected(self) -> Messages:
        return messages(self._records(self.outcome))

    @property
    def end(self) -> float:
        """The second at which the outcome has ended, or is disposed."""
        *_, (at, kind, _) = [(0.0, "N", None), *self.expected]
        return DISPOSED if kind == "N" else at

    def check(self, clock: Clock | None = None) -> None:
        """Run it. Each source is subscribed to once, when the outcome is, and left at the latest when that ends."""
        clock = clock or Clock()
        streams = self.streams(clock)
        observer = clock.create_observer()
        clock.advance_to(SUBSCRIBED)
        subscription = self.applied(streams).subscribe(observer, scheduler=clock)
        clock.advance_to(self.end)
        assert not clock.due
        clock.advance_to(DISPOSED)
        subscription.dispose()
        assert messages(observer.messages) == self.expected
        for place, stream in enumerate(streams):
            (only,) = stream.subscriptions
            assert (place > 0 and not self.is_combination) or only.subscribe == SUBSCRIBED
            assert only.unsubscribe <= self.end

    def _records(self, line: str) -> list[Any]:
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
                value = self.values[character] if character in self.values else EVENTS[character]
                found.append(ReactiveTest.on_next(at, value))
        return found


def messages(records: list[Any]) -> Messages:
    return [
        (record.time, "E", isinstance(record.value.exception, RxEryphError))
        if record.value.kind == "E"
        else (record.time, record.value.kind, getattr(record.value, "value", None))
        for record in records
    ]


def drawing(text: str, **values: Any) -> Drawing:
    """The drawing in some lines of text."""
    drawn = []
    for line in filter(str.strip, inspect.cleandoc(text).splitlines()):
        if explanation := re.match(r"(\w) = (.+)", line):
            values[explanation[1]] = eval(explanation[2], {**NAMES, **values})
        else:
            drawn.append(line)
    assert len(drawn) >= 3, f"no source, operator and outcome in {text!r}"
    return Drawing(tuple(drawn[:-2]), drawn[-2].strip(), drawn[-1], values)


def drawings_of(operator: Any) -> Iterator[Drawing]:
    """The drawings in a docstring; at least one."""
    blocks = re.findall(r"\.\. marble::\n\n((?: {4}.+\n?)+)", inspect.getdoc(operator) or "")
    assert blocks, f"the docstring of {operator.__name__} has no marble"
    for block in blocks:
        found = drawing(block)
        assert found.call.partition("(")[0] == operator.__name__, f"the marble shows {found.call}"
        yield found
