"""Observers that dispose, subscribe again, bring the next event about or raise, inside ``on_next``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex.testing import TestScheduler

from rxeryph import operators as ops
from rxeryph.errors import TransportError
from rxeryph.events import LogEntriesAdded, LogEntryAdded
from tests.unit.operators.watching import END, Live, Watch, finished, log
from tests.unit.samples import NO_ROUTE

Operator = Callable[[Observable[Any]], Observable[Any]]

OPERATORS: dict[str, Operator] = {
    "throttle_logs": ops.throttle_logs(10.0),
    "batch_logs": ops.batch_logs(10.0, 2),
    "limit_logs": ops.limit_logs(3),
    "merge": lambda source: ops.merge(source, reactivex.never()),
    "merge fail_fast": lambda source: ops.merge(source, reactivex.never(), fail_fast=True),
    "tag": ops.tag("web"),
    "then": ops.then(lambda result: reactivex.never()),
    "observe_bounded": ops.observe_bounded(10),
}
EVENTS = [log(f"l{number}") for number in range(6)]


def subscribed(operator: Operator, react: Callable[[Any], None]) -> tuple[Live, TestScheduler, Watch]:
    """A live stream, seen through ``operator`` by an observer that reacts with ``react``, in virtual time."""
    live, clock = Live(), TestScheduler()
    live.scheduler = clock
    watch = Watch(react=react)
    held.append(operator(live).subscribe(watch, scheduler=clock))
    return live, clock, watch


held: list[Any] = []
"""The subscriptions of a test."""


@pytest.fixture(autouse=True)
def subscriptions() -> Any:
    held.clear()
    yield
    for each in held:
        each.dispose()


def pass_time(live: Live, clock: TestScheduler) -> None:
    """All the events, a second between them, and some seconds more."""
    for event in EVENTS:
        live.feed(event)
        clock.advance_by(1.0)
    clock.advance_by(100.0)


@pytest.mark.parametrize("name", OPERATORS)
def test_one_that_disposes_inside_on_next_sees_nothing_more(name: str) -> None:
    live, clock, watch = subscribed(OPERATORS[name], lambda event: held[0].dispose())
    pass_time(live, clock)
    assert len(watch.seen) == 1
    assert not live.history.is_watched


@pytest.mark.parametrize("name", OPERATORS)
def test_one_that_disposes_at_the_second_event_sees_two(name: str) -> None:
    """The second comes on the scheduler, where the operator has to do with time."""

    def react(event: Any) -> None:
        if len(watch.seen) == 2:
            held[0].dispose()

    live, clock, watch = subscribed(OPERATORS[name], react)
    pass_time(live, clock)
    assert len(watch.seen) == 2
    assert not live.history.is_watched


@pytest.mark.parametrize("name", OPERATORS)
def test_one_that_subscribes_again_inside_on_next_gets_a_second_view_of_all(name: str) -> None:
    live, clock = Live(), TestScheduler()
    live.scheduler = clock
    made = OPERATORS[name](live)
    second = Watch()

    def again(event: Any) -> None:
        if len(held) < 2:
            held.append(made.subscribe(second, scheduler=clock))

    first = Watch(react=again)
    held.append(made.subscribe(first, scheduler=clock))
    pass_time(live, clock)
    assert len(held) == 2
    assert len(first.seen) >= 2
    assert first.seen[-1] == second.seen[-1]
    ids = [event.entry.id for event in second.seen if isinstance(event, LogEntryAdded)]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize("raised", [ValueError("mine"), NO_ROUTE, SystemExit(3)], ids=["plain", "ours", "exit"])
def test_one_that_raises_is_told_its_error_once_and_left_and_it_is_logged(
    name: str, at: int, raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def react(event: Any) -> None:
        if len(watch.seen) == at:
            raise raised

    live, clock, watch = subscribed(OPERATORS[name], react)
    other = Watch()
    live.subscribe(other)
    with caplog.at_level(logging.ERROR):
        pass_time(live, clock)
        live.feed(finished())
        live.end()
        clock.advance_by(100.0)
    assert len(watch.seen) == at + 1
    error = watch.seen[-1]
    assert error is raised if isinstance(raised, Exception) else "SystemExit(3)" in str(error)
    assert "raised; its subscription ends" in caplog.text
    assert other.seen == [*EVENTS, finished(), END]
    assert isinstance(NO_ROUTE, TransportError)  # which an isolating merge would take for failed tracking


@pytest.mark.parametrize("name", OPERATORS)
def test_one_that_raises_and_cannot_be_told_is_left_all_the_same(name: str, caplog: pytest.LogCaptureFixture) -> None:
    live, clock = Live(), TestScheduler()
    live.scheduler = clock
    seen: list[Any] = []

    def react(event: Any) -> None:
        seen.append(event)
        raise ValueError("mine")

    held.append(OPERATORS[name](live).subscribe(react, scheduler=clock))
    with caplog.at_level(logging.ERROR):
        pass_time(live, clock)
    assert len(seen) == 1
    assert not live.history.is_watched
    assert "mine" in caplog.text


@pytest.mark.parametrize("name", OPERATORS)
def test_an_event_that_an_observer_brings_about_inside_on_next_comes_after_what_it_has_in_hand(name: str) -> None:
    source, clock = Subject[Any](), TestScheduler()
    pushed = list(EVENTS[1:])

    def react(event: Any) -> None:
        if pushed:
            source.on_next(pushed.pop(0))

    watch = Watch(react=react)
    held.append(OPERATORS[name](source).subscribe(watch, scheduler=clock))
    source.on_next(EVENTS[0])
    clock.advance_by(200.0)
    while pushed:
        source.on_next(pushed.pop(0))
    source.on_next(finished())
    source.on_completed()
    clock.advance_by(200.0)
    ids: list[str] = []
    for event in watch.seen:
        if isinstance(event, LogEntriesAdded):
            ids.extend(entry.id for entry in event.entries)
        elif isinstance(event, LogEntryAdded):
            ids.append(event.entry.id)
    assert ids == sorted(set(ids))
    assert name in ("tag", "limit_logs") or ids[-1] == "l5"
