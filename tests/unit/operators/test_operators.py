"""What the operators promise beyond their marbles."""

from __future__ import annotations

from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject

from rxeryph import operators as ops
from rxeryph.errors import OperationCancelledError, OperationFailedError
from rxeryph.events import AnyEvent, Event, LogEntryAdded, OperationFinished, StatusChanged, TaskAdded
from rxeryph.model import OperationStatus
from rxeryph.result import OperationResult
from tests.unit.samples import CANCELLED, COMPLETED, EVENTS, FAILED, NO_ROUTE, operation


class Record:
    """All an observable does."""

    def __init__(self, source: Observable[Any]) -> None:
        self.values: list[Any] = []
        self.errors: list[Exception] = []
        self.completed = 0
        self.subscription = source.subscribe(self.values.append, self.errors.append, self._complete)

    def _complete(self) -> None:
        self.completed += 1

    @property
    def ending(self) -> tuple[int, int]:
        return len(self.errors), self.completed


def finished(status: OperationStatus) -> OperationFinished:
    ended = operation(status, message="because")
    return OperationFinished("op", ended, OperationResult(ended))


def test_of_type_lets_exactly_the_given_classes_through() -> None:
    for event in EVENTS:
        assert Record(reactivex.from_iterable(EVENTS).pipe(ops.of_type(type(event)))).values == [event]
    both = Record(reactivex.from_iterable(EVENTS).pipe(ops.of_type(TaskAdded, StatusChanged)))
    assert [type(event) for event in both.values] == [StatusChanged, TaskAdded]
    assert both.ending == (0, 1)


def test_of_type_counts_subclasses() -> None:
    assert Record(reactivex.from_iterable(EVENTS).pipe(ops.of_type(Event))).values == list(EVENTS)


@pytest.mark.parametrize("wrong", [(), ("log_entry",), (LogEntryAdded, None), (EVENTS[0],)])
def test_of_type_refuses_what_is_no_class_when_it_is_called(wrong: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="of_type needs"):
        ops.of_type(*wrong)


@pytest.mark.parametrize(
    ("status", "error"), [(FAILED, OperationFailedError), (CANCELLED, OperationCancelledError)], ids=str
)
def test_require_success_replaces_the_end_of_a_failure_by_its_error(
    status: OperationStatus, error: type[Exception]
) -> None:
    source: Observable[AnyEvent] = reactivex.of(EVENTS[0], finished(status))
    record = Record(source.pipe(ops.require_success()))
    assert record.values == [EVENTS[0]]
    assert record.ending == (1, 0)
    assert isinstance(record.errors[0], error)
    assert "because" in str(record.errors[0])


def test_require_success_lets_a_success_through() -> None:
    record = Record(reactivex.of(EVENTS[0], finished(COMPLETED)).pipe(ops.require_success()))
    assert record.values == [EVENTS[0], finished(COMPLETED)]
    assert record.ending == (0, 1)


def test_a_merge_survives_an_operation_that_fails() -> None:
    first, second = Subject[AnyEvent](), Subject[AnyEvent]()
    record = Record(ops.merge(first, second))
    first.on_next(finished(FAILED))
    first.on_completed()
    second.on_next(EVENTS[0])
    assert record.ending == (0, 0)
    second.on_completed()
    assert record.values == [finished(FAILED), EVENTS[0]]
    assert record.ending == (0, 1)


def test_a_merge_ends_when_tracking_one_member_fails() -> None:
    first, second = Subject[AnyEvent](), Subject[AnyEvent]()
    record = Record(ops.merge(first, second))
    first.on_error(NO_ROUTE)
    second.on_next(EVENTS[0])
    assert (record.values, record.errors) == ([], [NO_ROUTE])
    assert not second.observers


def test_disposing_a_merge_leaves_every_member() -> None:
    members = [Subject[AnyEvent]() for _ in range(5)]
    record = Record(ops.merge(*members))
    assert [len(member.observers) for member in members] == [1] * 5
    record.subscription.dispose()
    assert [len(member.observers) for member in members] == [0] * 5


def test_a_merge_of_nothing_completes() -> None:
    assert Record(ops.merge()).ending == (0, 1)


@pytest.mark.parametrize("operator", [ops.of_type(Event), ops.require_success()], ids=["of_type", "require_success"])
def test_operators_do_nothing_before_somebody_subscribes_and_pass_everything_on(operator: Any) -> None:
    source = Subject[AnyEvent]()
    piped = source.pipe(operator)
    assert not source.observers
    record, other = Record(piped), Record(piped)
    source.on_next(EVENTS[0])
    record.subscription.dispose()
    source.on_next(EVENTS[1])
    source.on_error(NO_ROUTE)
    assert record.values == [EVENTS[0]]
    assert record.ending == (0, 0)
    assert (other.values, other.errors) == ([EVENTS[0], EVENTS[1]], [NO_ROUTE])
