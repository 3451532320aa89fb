"""Observers that dispose, subscribe again, cause the next event or raise, inside ``on_next``."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import reactivex
from reactivex import Subject

from rxeryph import operators as ops
from rxeryph.events import LogEntriesAdded, LogEntryAdded
from tests.observing import END, Spy
from tests.unit.operators.stage import Clock, Live, Operator, finished, log
from tests.unit.samples import NO_ROUTE

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
LOGS = [log(f"l{number}") for number in range(6)]
each_operator = pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
at_the_first_or_second_event = pytest.mark.parametrize("at", [1, 2])
"""Behind an operator with a clock, the second comes from there."""


def feed_slowly(live: Live, clock: Clock) -> None:
    """All entries, a second between them, and some more seconds."""
    for event in LOGS:
        live.feed(event)
        clock.advance_by(1.0)
    clock.advance_by(100.0)


@each_operator
@at_the_first_or_second_event
def test_an_observer_that_disposes_gets_nothing_more(operator: Operator, at: int) -> None:
    live, clock = Live(), Clock()
    spy = Spy(act=lambda event: spy.leave() if len(spy.events) == at else None)
    spy.subscription = operator(live).subscribe(spy, scheduler=clock)
    feed_slowly(live, clock)
    assert len(spy.seen) == at
    assert not live.history.is_watched


@each_operator
def test_an_observer_that_subscribes_again_gets_a_second_view_of_everything(operator: Operator) -> None:
    live, clock, second = Live(), Clock(), Spy()
    made = operator(live)

    def again(event: Any) -> None:
        if len(first.events) == 1:
            second.subscription = made.subscribe(second, scheduler=clock)

    first = Spy(act=again)
    first.subscription = made.subscribe(first, scheduler=clock)
    feed_slowly(live, clock)
    assert len(first.events) >= 2
    assert first.seen[-1] == second.seen[-1]
    ids = [event.entry.id for event in second.seen if isinstance(event, LogEntryAdded)]
    assert ids == sorted(set(ids))
    first.leave()
    second.leave()


@each_operator
@at_the_first_or_second_event
@pytest.mark.parametrize("raised", [ValueError("mine"), NO_ROUTE, SystemExit(3)], ids=["plain", "ours", "exit"])
def test_an_observer_that_raises_gets_its_error_once_and_harms_no_other(
    operator: Operator, at: int, raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """An error of ours is no exception, though an isolating merge could take it for failed tracking."""

    def act(event: Any) -> None:
        if len(spy.events) == at:
            raise raised

    live, clock, spy, other = Live(), Clock(), Spy(act=act), Spy()
    operator(live).subscribe(spy, scheduler=clock)
    live.subscribe(other)
    with caplog.at_level(logging.ERROR):
        feed_slowly(live, clock)
        live.feed(finished())
        live.end()
        clock.advance_by(100.0)
    assert len(spy.events) == at
    assert spy.error is raised if isinstance(raised, Exception) else "SystemExit(3)" in str(spy.error)
    assert "raised; its subscription ends" in caplog.text
    assert other.seen == [*LOGS, finished(), END]


@each_operator
def test_an_observer_that_raises_and_has_no_on_error_loses_its_subscription_too(
    operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    live, clock, spy = Live(), Clock(), Spy(raises={"on_next": ValueError("mine")})
    with caplog.at_level(logging.ERROR):
        operator(live).subscribe(spy.on_next, scheduler=clock)
        feed_slowly(live, clock)
    assert len(spy.seen) == 1
    assert not live.history.is_watched
    assert "mine" in caplog.text


@pytest.mark.parametrize("name", OPERATORS)
def test_an_event_that_the_observer_causes_comes_after_the_present_one(name: str) -> None:
    source, clock = Subject[Any](), Clock()
    waiting = list(LOGS[1:])
    spy = Spy(act=lambda event: source.on_next(waiting.pop(0)) if waiting else None)
    OPERATORS[name](source).subscribe(spy, scheduler=clock)
    source.on_next(LOGS[0])
    clock.advance_by(200.0)
    while waiting:
        source.on_next(waiting.pop(0))
    source.on_next(finished())
    source.on_completed()
    clock.advance_by(200.0)
    ids: list[str] = []
    for event in spy.events:
        if isinstance(event, LogEntriesAdded):
            ids.extend(entry.id for entry in event.entries)
        elif isinstance(event, LogEntryAdded):
            ids.append(event.entry.id)
    assert ids == sorted(set(ids))
    assert name in ("tag", "limit_logs") or ids[-1] == "l5"
