"""Many sources as one history: the events of all, each failure on its own, and an end when all have ended."""

from __future__ import annotations

from typing import Any

import pytest

from rxeryph.errors import AccessDeniedError, ClosedError
from rxeryph.events import AnyEvent
from rxeryph.polling import SourceGroup, fixed
from rxeryph.polling.history import Reader
from tests.observing import Spy
from tests.unit.polling.virtual import Answer, Lab, failing, join
from tests.unit.samples import COMPLETED, FAILED, api, entry, operation

DENIED = api(AccessDeniedError, 403)


def ending(id: str, end: float, status: Any = COMPLETED) -> Answer:
    """An entry every second, then the end."""
    return lambda now: operation(
        status if now >= end else operation().status,
        id=id,
        entries=tuple(entry(f"{id}{at:03}", at) for at in range(int(min(now, end)) + 1)),
    )


class GroupLab(Lab):
    """Sources named a, b, ... in virtual time, as one group."""

    def __init__(self, *answers: Answer, fail_fast: bool = False, policy: Any = None) -> None:
        super().__init__(policy=policy or fixed(1.0))
        self.polls: list[tuple[str, float]] = []
        self.sources = [
            self.add(name, self._noting(name, answer)) for name, answer in zip("ab", answers, strict=False)
        ]
        self.group = SourceGroup(self.sources, fail_fast=fail_fast)
        self.history = self.group.history

    def _noting(self, name: str, answer: Answer) -> Answer:
        def noted(now: float) -> Any:
            self.polls.append((name, round(now, 3)))
            return answer(now)

        return noted


def of(spy: Spy, name: str) -> list[AnyEvent]:
    return [event for event in spy.events if event.operation_id == name]


def test_the_group_has_the_events_of_all_each_in_its_order_and_ends_when_all_have_ended() -> None:
    lab = GroupLab(ending("a", 3.0), ending("b", 6.0, FAILED))
    spy = lab.watch()
    lab.run(60.0)
    for source in lab.sources:
        assert of(spy, source.operation_id) == source.history.events
    assert len(spy.events) == sum(len(source.history.events) for source in lab.sources)
    assert spy.ending == (0, 1)
    assert [event.operation_id for event in spy.events if event.type == "finished"] == ["a", "b"]


def test_nothing_is_asked_before_anyone_watches_and_all_stop_when_the_last_one_leaves() -> None:
    lab = GroupLab(ending("a", 100.0), ending("b", 100.0))
    lab.run(5.0)
    assert lab.polls == []
    spy = lab.watch()
    lab.run(6.5)
    spy.leave()
    lab.run(60.0)
    assert lab.polls == [("a", 5), ("b", 5), ("a", 6), ("b", 6)]


def test_coming_back_continues_and_a_late_subscriber_gets_all_events_once() -> None:
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
    assert late.seen == second.seen


def test_failed_tracking_is_an_event_and_the_others_continue() -> None:
    lab = GroupLab(failing(DENIED), ending("b", 3.0))
    spy = lab.watch()
    lab.run(60.0)
    (failed,) = of(spy, "a")
    assert (failed.type, getattr(failed, "error", None)) == ("tracking_failed", DENIED)
    assert of(spy, "b")[-1].type == "finished"
    assert spy.ending == (0, 1)


def test_failing_fast_ends_the_whole_with_the_first_error_and_stops_all_polling() -> None:
    lab = GroupLab(failing(DENIED), ending("b", 30.0), fail_fast=True)
    spy = lab.watch()
    lab.run(60.0)
    assert spy.error is DENIED
    assert [at for name, at in lab.polls if name == "b"] in ([], [0.0])


def test_closing_the_connection_ends_the_group_and_not_each_of_its_members() -> None:
    lab = GroupLab(ending("a", 100.0), ending("b", 100.0))
    spy = lab.watch()
    lab.run(2.5)
    lab.engine.close()
    assert isinstance(spy.error, ClosedError)
    assert "tracking_failed" not in spy.types


def test_an_error_that_is_not_ours_ends_the_group() -> None:
    def policy(context: object) -> float:
        raise LookupError("no idea")

    lab = GroupLab(ending("a", 3.0), policy=policy)
    spy = lab.watch()
    lab.run(60.0)
    assert isinstance(spy.error, LookupError)


def test_an_empty_group_has_ended_and_the_same_source_twice_counts_once() -> None:
    assert GroupLab().watch().seen == ["end"]
    lab = GroupLab(ending("a", 1.0))
    group = SourceGroup([*lab.sources, *lab.sources])
    assert group.sources == tuple(lab.sources)


def test_a_source_that_has_ended_already_replays_without_a_request() -> None:
    lab = GroupLab(ending("a", 2.0))
    lab.watch()
    lab.run(60.0)
    polls = list(lab.polls)
    spy = Spy()
    join(SourceGroup(lab.sources).history, spy)
    assert spy.events == lab.sources[0].history.events
    assert spy.ending == (0, 1)
    assert lab.polls == polls


def test_a_reader_far_behind_holds_all_back_until_it_has_caught_up() -> None:
    lab = GroupLab(ending("a", 100.0), ending("b", 100.0))
    slow = Reader(lab.group.history, 0, slack=2)
    lab.group.history.join(slow)
    lab.run(20.0)
    before = len(lab.polls)
    assert before < 6
    while slow.take() is not None:
        pass
    lab.run(40.0)
    assert {name for name, _ in lab.polls[before:]} == {"a", "b"}


def test_a_subscriber_that_raises_ends_only_its_own_subscription(caplog: pytest.LogCaptureFixture) -> None:
    lab, bad = GroupLab(ending("a", 3.0)), Spy(raises={"on_next": LookupError("mine")})
    lab.join(bad)
    good = lab.watch()
    lab.run(60.0)
    assert isinstance(bad.error, LookupError)
    assert good.ending == (0, 1)
    assert "A subscriber of 1 operation raised" in caplog.text
