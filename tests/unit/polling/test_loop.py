"""When the next poll comes: without drift, jittered, never two at once, and when the subscribers have returned."""

from __future__ import annotations

import itertools
import random

import pytest

from rxeryph.events import AnyEvent
from rxeryph.model import Operation
from rxeryph.polling import ErrorBudget, PollContext, activity, fixed
from tests.observing import Spy
from tests.unit.polling.virtual import RUNNING, Lab, done_at, watched
from tests.unit.samples import NO_ROUTE, entry, operation


def gaps(times: list[float]) -> list[float]:
    return [round(later - earlier, 3) for earlier, later in itertools.pairwise(times)]


def test_late_workers_do_not_make_the_polls_drift() -> None:
    lab, _ = watched(lambda now: RUNNING, until=10.0, delay=0.4)
    assert lab.asked == [at + 0.4 for at in range(10)]


def test_jitter_keeps_operations_out_of_step() -> None:
    lab, _ = watched(lambda now: RUNNING, until=100.0, random=random.Random(1).random)
    assert all(0.9 <= gap <= 1.1 for gap in gaps(lab.asked))
    assert len(set(gaps(lab.asked))) > 50


def test_a_slow_request_is_followed_by_one_poll_and_not_by_those_that_were_missed() -> None:
    lab = Lab()

    def answer(now: float) -> Operation:
        if now == 2.0:
            lab.scheduler.sleep(5.5)
        return RUNNING

    lab.answer = answer
    lab.watch()
    lab.run(12.0)
    assert lab.asked[:3] == [0, 1, 2]
    assert 7.5 <= lab.asked[3] < 7.7
    assert set(gaps(lab.asked[3:])) == {1.0}


def test_a_slow_subscriber_is_followed_by_one_poll_and_loses_nothing() -> None:
    lab = Lab(lambda now: operation(entries=tuple(entry(f"l{at}", at) for at in range(int(now) + 1))))

    def dawdle(event: object) -> None:
        if len(slow.events) == 4:
            lab.scheduler.sleep(7.0)

    slow = Spy(lab.scheduler, dawdle)
    lab.join(slow)
    lab.run(12.0)
    assert lab.asked == [0, 1, 2, 9, 10, 11, 12]
    assert slow.types == ["status"] + ["log_entry"] * 13


def test_a_policy_that_is_changed_measures_the_wait_under_way_anew() -> None:
    lab = Lab()
    lab.watch()
    lab.run(2.5)
    lab.source.policy = fixed(5.0)
    lab.run(13.5)
    assert lab.asked == [0, 1, 2, 7, 12]
    lab.source.policy = fixed(0.5)  # its time has come already
    lab.run(15.25)
    assert lab.asked[5:] == [13.5, 14, 14.5, 15]
    lab.source.policy = fixed(0.5)
    lab.run(16.25)
    assert lab.asked[9:] == [15.5, 16]


def test_a_policy_that_is_changed_inside_a_handler_counts_from_that_poll_on() -> None:
    lab = Lab(done_at(100.0))

    def slow_down(event: AnyEvent) -> None:
        lab.source.policy = fixed(4.0)

    lab.watch(slow_down)
    lab.run(9.0)
    assert lab.asked == [0, 4, 8]


def test_a_policy_that_is_changed_while_nobody_watches_asks_nothing() -> None:
    lab = Lab()
    lab.source.policy = fixed(3.0)
    lab.run(10.0)
    assert lab.asked == []
    lab.watch()
    lab.run(17.0)
    assert lab.asked == [10, 13, 16]


def test_a_policy_that_is_changed_while_a_failure_is_waited_out_does_not_cut_that_short() -> None:
    def failing(now: float) -> Operation:
        if now < 5:
            raise NO_ROUTE
        return RUNNING

    lab = Lab(failing, error_budget=ErrorBudget(attempts=9, first=8.0))
    lab.watch()
    lab.run(1.0)
    lab.source.policy = fixed(2.0)
    lab.run(10.5)
    assert lab.asked == [0, 6, 8, 10]


def test_the_policy_is_told_what_it_may_look_at() -> None:
    contexts: list[PollContext] = []
    lab = Lab(lambda now: operation(entries=(entry(),) if now >= 6 else ()))

    def policy(context: PollContext) -> float:
        contexts.append(context)
        return 2.0

    lab.source.policy = policy
    lab.run(100.0)
    lab.watch()
    lab.answer = lambda now: operation(entries=(entry(),) if now >= 106 else ())
    lab.run(110.5)
    assert contexts == [
        PollContext(age=0.0, idle=0.0, polls=1, quiet_polls=0, latency=0.0),
        PollContext(age=2.0, idle=2.0, polls=2, quiet_polls=1, latency=0.0),
        PollContext(age=4.0, idle=4.0, polls=3, quiet_polls=2, latency=0.0),
        PollContext(age=6.0, idle=0.0, polls=4, quiet_polls=0, latency=0.0),
        PollContext(age=8.0, idle=2.0, polls=5, quiet_polls=1, latency=0.0),
        PollContext(age=10.0, idle=4.0, polls=6, quiet_polls=2, latency=0.0),
    ]


def test_the_policy_is_told_how_long_the_request_took() -> None:
    latencies: list[float] = []
    lab = Lab()

    def answer(now: float) -> Operation:
        lab.scheduler.sleep(0.25)
        return RUNNING

    def policy(context: PollContext) -> float:
        latencies.append(context.latency)
        return 1.0

    lab.answer, lab.source.policy = answer, policy
    lab.watch()
    lab.run(2.0)
    assert latencies == pytest.approx([0.25] * len(lab.asked))
    assert len(latencies) > 1


def test_by_default_a_quiet_operation_is_asked_less_often_until_there_is_news() -> None:
    lab, _ = watched(
        lambda now: operation(entries=(entry(),) if now >= 20 else ()), until=30.0, policy=activity(1.0, 2.0, 5.0)
    )
    assert lab.asked == [0, 1, 3, 7, 12, 17, 22, 23, 25, 29]


def raising(context: PollContext) -> float:
    raise LookupError("no idea")


@pytest.mark.parametrize(("answer", "error"), [(None, TypeError), ("soon", ValueError)])
def test_a_policy_that_says_no_number_ends_the_stream(answer: object, error: type[Exception]) -> None:
    _, watcher = watched(lambda now: RUNNING, policy=lambda context: answer)
    assert isinstance(watcher.error, error)


def test_a_policy_that_raises_ends_the_stream_with_its_error() -> None:
    lab, watcher = watched(lambda now: RUNNING, policy=raising)
    assert isinstance(watcher.error, LookupError)
    assert watcher.types == ["status"]
    assert lab.asked == [0]


def test_a_policy_that_is_broken_later_ends_the_stream_then() -> None:
    lab = Lab()
    watcher = lab.watch()
    lab.run(2.5)
    lab.source.policy = raising
    lab.run(60.0)
    assert isinstance(watcher.error, LookupError)
    assert lab.asked == [0, 1, 2]
