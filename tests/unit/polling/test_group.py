"""Many sources as one history: the events of all, failures told apart, and nobody left waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from reactivex.testing import TestScheduler

from rxeryph.errors import AccessDeniedError, ClosedError
from rxeryph.events import AnyEvent
from rxeryph.model import Operation
from rxeryph.polling import Engine, PollingSettings, PollingSource, SourceGroup, asking, fixed
from rxeryph.polling.history import Reader
from tests.observing import Spy
from tests.unit.polling.virtual import join
from tests.unit.samples import COMPLETED, FAILED, api, entry, operation

Answer = Callable[[float], Operation]
DENIED = api(AccessDeniedError, 403)


def ending(id: str, end: float, status: Any = COMPLETED) -> Answer:
    """An entry every second, then the end."""
    return lambda now: operation(
        status if now >= end else operation().status,
        id=id,
        entries=tuple(entry(f"{id}{at:03}", at) for at in range(int(min(now, end)) + 1)),
    )


def denied(now: float) -> Operation:
    raise DENIED


class GroupLab:
    """Sources named a, b, ... in virtual time, as one group."""

    def __init__(self, *answers: Answer, fail_fast: bool = False, policy: Any = None) -> None:
        self.scheduler = TestScheduler()
        self.asked: list[tuple[str, float]] = []
        self.engine = Engine(self.scheduler, lambda task: task(), random=lambda: 0.5)
        settings = PollingSettings(policy=policy or fixed(1.0))
        self.sources = [
            PollingSource(name, asking(self._fetching(name, answer), self.engine), self.engine, settings)
            for name, answer in zip("abcdefgh", answers, strict=False)
        ]
        self.group = SourceGroup(self.sources, fail_fast=fail_fast)

    def _fetching(self, name: str, answer: Answer) -> Callable[[str | None], Operation]:
        def fetch(stamp: str | None) -> Operation:
            self.asked.append((name, round(self.now, 3)))
            return answer(self.now)

        return fetch

    @property
    def now(self) -> float:
        return float(self.scheduler.clock)

    def watch(self, act: Callable[[AnyEvent], object] | None = None) -> Spy:
        watcher = Spy(self.scheduler, act)
        join(self.group.history, watcher)
        return watcher

    def run(self, until: float) -> None:
        self.scheduler.advance_to(until)


def of(events: Sequence[AnyEvent], name: str) -> list[AnyEvent]:
    return [event for event in events if event.operation_id == name]


def test_the_group_has_the_events_of_all_each_in_its_order_and_ends_when_all_have_ended() -> None:
    lab = GroupLab(ending("a", 3.0), ending("b", 6.0, FAILED))
    watcher = lab.watch()
    lab.run(60.0)
    for source in lab.sources:
        assert of(watcher.events, source.operation_id) == source.history.events
    assert len(watcher.events) == sum(len(source.history.events) for source in lab.sources)
    assert watcher.ending == (0, 1)
    assert [event.operation_id for event in watcher.events if event.type == "finished"] == ["a", "b"]


def test_nothing_is_asked_before_anybody_watches_and_all_stop_when_the_last_one_leaves() -> None:
    lab = GroupLab(ending("a", 100.0), ending("b", 100.0))
    lab.run(5.0)
    assert lab.asked == []
    watcher = lab.watch()
    lab.run(6.5)
    watcher.leave()
    lab.run(60.0)
    assert lab.asked == [("a", 5), ("b", 5), ("a", 6), ("b", 6)]


def test_coming_back_continues_and_a_late_watcher_sees_the_whole_story_once() -> None:
    lab = GroupLab(ending("a", 8.0), ending("b", 8.0))
    first = lab.watch()
    lab.run(2.5)
    first.leave()
    lab.run(5.0)
    second = lab.watch()
    lab.run(60.0)
    assert second.ending == (0, 1)
    assert second.events == lab.group.history.events
    assert len({(event.operation_id, repr(event)) for event in second.events}) == len(second.events)
    late = lab.watch()
    assert late.events == second.events
    assert late.ending == (0, 1)


def test_a_failure_of_tracking_is_told_and_the_others_go_on() -> None:
    lab = GroupLab(denied, ending("b", 3.0))
    watcher = lab.watch()
    lab.run(60.0)
    failed = of(watcher.events, "a")
    assert [event.type for event in failed] == ["tracking_failed"]
    assert getattr(failed[0], "error", None) is DENIED
    assert of(watcher.events, "b")[-1].type == "finished"
    assert watcher.ending == (0, 1)


def test_failing_fast_ends_the_whole_with_the_first_error_and_stops_all_polling() -> None:
    lab = GroupLab(denied, ending("b", 30.0), fail_fast=True)
    watcher = lab.watch()
    lab.run(60.0)
    assert watcher.error is DENIED
    assert [at for name, at in lab.asked if name == "b"] in ([], [0.0])


def test_closing_the_connection_ends_the_group_and_not_each_of_its_members() -> None:
    lab = GroupLab(ending("a", 100.0), ending("b", 100.0))
    watcher = lab.watch()
    lab.run(2.5)
    lab.engine.close()
    assert isinstance(watcher.error, ClosedError)
    assert "tracking_failed" not in watcher.types


def test_a_mistake_that_is_no_error_of_ours_is_not_hidden_in_an_event() -> None:
    def policy(context: object) -> float:
        raise LookupError("no idea")

    lab = GroupLab(ending("a", 3.0), policy=policy)
    watcher = lab.watch()
    lab.run(60.0)
    assert isinstance(watcher.error, LookupError)


def test_a_group_of_nothing_has_ended_and_the_same_source_twice_counts_once() -> None:
    watcher = GroupLab().watch()
    assert (watcher.events, watcher.ending) == ([], (0, 1))
    lab = GroupLab(ending("a", 1.0))
    group = SourceGroup([*lab.sources, *lab.sources])
    assert group.sources == tuple(lab.sources)


def test_a_source_that_has_ended_already_tells_its_story_without_a_request() -> None:
    lab = GroupLab(ending("a", 2.0))
    lab.watch()
    lab.run(60.0)
    asked = list(lab.asked)
    again = SourceGroup(lab.sources)
    watcher = Spy()
    join(again.history, watcher)
    assert watcher.events == lab.sources[0].history.events
    assert watcher.ending == (0, 1)
    assert lab.asked == asked


def test_a_reader_far_behind_holds_all_back_until_it_has_caught_up() -> None:
    lab = GroupLab(ending("a", 100.0), ending("b", 100.0))
    slow = Reader(lab.group.history, 0, slack=2)
    lab.group.history.join(slow)
    lab.run(20.0)
    assert len(lab.asked) < 6
    asked = len(lab.asked)
    while slow.take() is not None:
        pass
    lab.run(40.0)
    assert len(lab.asked) > asked
    assert {name for name, _ in lab.asked[asked:]} == {"a", "b"}


def test_a_handler_that_leaves_inside_its_own_call_gets_nothing_more() -> None:
    lab = GroupLab(ending("a", 100.0), ending("b", 100.0))
    watcher = lab.watch(lambda event: watcher.leave() if len(watcher.events) == 3 else None)
    lab.run(60.0)
    assert len(watcher.events) == 3
    assert not lab.sources[0].history.is_watched
    assert not lab.sources[1].history.is_watched


def test_a_subscriber_that_raises_ends_only_its_own_subscription(caplog: pytest.LogCaptureFixture) -> None:
    lab = GroupLab(ending("a", 3.0))

    def fail(event: AnyEvent) -> None:
        raise LookupError("mine")

    bad, good = lab.watch(fail), lab.watch()
    lab.run(60.0)
    assert isinstance(bad.error, LookupError)
    assert good.ending == (0, 1)
    assert "A subscriber of 1 operations raised" in caplog.text
