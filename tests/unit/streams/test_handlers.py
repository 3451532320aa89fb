"""``EventHandlers``: functions per event type, as an ordinary observer."""

from __future__ import annotations

from typing import Any

import pytest
import reactivex
from reactivex.abc import ObserverBase

from rxeryph import EventHandlers
from rxeryph.events import Event, LogEntryAdded, StatusChanged, TaskAdded
from tests.unit.samples import EVENTS, NO_ROUTE

STATUS, LOG = EVENTS[0], EVENTS[5]


def test_each_event_goes_to_the_functions_of_its_type_in_the_order_of_registration() -> None:
    calls: list[tuple[str, Event]] = []
    handlers = (
        EventHandlers()
        .on(StatusChanged, lambda event: calls.append(("first", event)))
        .on(LogEntryAdded, lambda event: calls.append(("log", event)))
        .on(StatusChanged, lambda event: calls.append(("second", event)))
        .on(Event, lambda event: calls.append(("any", event)))
    )
    for event in (STATUS, LOG, EVENTS[1]):
        handlers.on_next(event)
    assert calls == [
        ("first", STATUS),
        ("second", STATUS),
        ("any", STATUS),
        ("log", LOG),
        ("any", LOG),
        ("any", EVENTS[1]),
    ]


def test_handlers_are_reusable_for_any_number_of_streams() -> None:
    seen: list[Event] = []
    ended: list[bool] = []
    handlers = EventHandlers(on_completed=lambda: ended.append(True)).on(Event, seen.append)
    assert isinstance(handlers, ObserverBase)
    for _ in range(3):
        reactivex.of(STATUS, LOG).subscribe(handlers)
    assert seen == [STATUS, LOG] * 3
    assert ended == [True] * 3


def test_an_event_or_an_end_without_a_function_is_ignored() -> None:
    handlers = EventHandlers()
    assert handlers.on(TaskAdded, lambda event: pytest.fail("not this one")) is handlers
    handlers.on_next(STATUS)
    handlers.on_completed()


def test_an_error_of_tracking_goes_to_on_error() -> None:
    errors: list[Exception] = []
    reactivex.throw(NO_ROUTE).subscribe(EventHandlers(on_error=errors.append))
    assert errors == [NO_ROUTE]


def test_without_on_error_the_error_is_raised_to_the_caller() -> None:
    with pytest.raises(type(NO_ROUTE)) as caught:
        EventHandlers().on_error(NO_ROUTE)
    assert caught.value is NO_ROUTE


@pytest.mark.parametrize("wrong", [str, "LogEntryAdded", LOG, None, lambda event: True])
def test_a_wrong_event_type_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(TypeError, match="needs an event class"):
        EventHandlers().on(wrong, print)


@pytest.mark.parametrize("wrong", [None, "print", 1])
def test_a_wrong_function_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"on\(LogEntryAdded, \.\.\.\) needs a function"):
        EventHandlers().on(LogEntryAdded, wrong)
