"""The poll loop: which poll follows which, on what terms a policy may change, and who may come and leave when."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from reactivex.testing import TestScheduler

from rxeryph.events import AnyEvent
from rxeryph.model import Operation
from rxeryph.polling import Done, Engine, ErrorBudget, PollContext, activity, fixed
from rxeryph.polling.loop import PollLoop
from rxeryph.polling.pace import Pace
from tests.unit.polling.virtual import RUNNING, Lab, done_at, failing, running, watched
from tests.unit.samples import NO_ROUTE, entry, operation


def gaps(times: list[float]) -> list[float]:
    return [round(later - earlier, 3) for earlier, later in itertools.pairwise(times)]


def test_busy_workers_do_not_make_the_polls_drift() -> None:
    lab, _ = watched(running, until=10.0, delay=0.4)
    assert lab.asked == [at + 0.4 for at in range(10)]


@pytest.mark.single_polls
def test_a_slow_request_is_followed_by_one_poll_and_the_policy_sees_how_long_it_took() -> None:
    latencies: list[float] = []
    lab = Lab()

    def answer(now: float) -> Operation:
        lab.scheduler.sleep(5.5 if now == 2.0 else 0.0)
        return RUNNING

    def policy(context: PollContext) -> float:
        latencies.append(context.latency)
        return 1.0

    lab.answer, lab.source.policy = answer, policy
    lab.watch()
    lab.run(12.0)
    assert lab.asked[:3] == [0, 1, 2]
    assert 7.5 <= lab.asked[3] < 7.7
    assert set(gaps(lab.asked[3:])) == {1.0}
    assert latencies[:4] == pytest.approx([0.0, 0.0, 5.5, 0.0])


def test_a_policy_that_is_changed_also_changes_the_wait_under_way() -> None:
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


def test_a_policy_that_is_changed_while_no_one_watches_asks_nothing() -> None:
    lab = Lab()
    lab.source.policy = fixed(3.0)
    lab.run(10.0)
    assert lab.asked == []
    lab.watch()
    lab.run(17.0)
    assert lab.asked == [10, 13, 16]


def test_a_policy_that_is_changed_does_not_cut_the_wait_after_a_failure_short() -> None:
    lab = Lab(failing(NO_ROUTE, until=5.0), error_budget=ErrorBudget(attempts=9, first=8.0))
    lab.watch()
    lab.run(1.0)
    lab.source.policy = fixed(2.0)
    lab.run(10.5)
    assert lab.asked == [0, 6, 8, 10]


def test_by_default_a_quiet_operation_is_asked_less_often_until_there_is_news() -> None:
    lab, _ = watched(
        lambda now: operation(entries=(entry(),) if now >= 20 else ()), until=30.0, policy=activity(1.0, 2.0, 5.0)
    )
    assert lab.asked == [0, 1, 3, 7, 12, 17, 22, 23, 25, 29]


def raising(context: PollContext) -> float:
    raise LookupError("no idea")


@pytest.mark.parametrize(
    ("policy", "error"),
    [
        (raising, LookupError),
        (lambda context: None, TypeError),
        (lambda context: "soon", ValueError),
        (lambda context: 0.0, ValueError),
    ],
    ids=["raises", "nothing", "text", "zero"],
)
def test_a_broken_policy_ends_the_stream_with_its_error(
    policy: Callable[[PollContext], float], error: type[Exception]
) -> None:
    lab, spy = watched(running, policy=policy)
    assert isinstance(spy.error, error)
    assert (spy.types, lab.asked) == (["status"], [0])

    lab = Lab()
    spy = lab.watch()
    lab.run(2.5)
    lab.source.policy = policy
    lab.run(60.0)
    assert isinstance(spy.error, error)
    assert lab.asked == [0, 1, 2]


class Counted:
    """What a loop polls, reduced to whether anyone wants it; it is watched from the beginning."""

    def __init__(self) -> None:
        self.is_wanted = self.is_calm = True
        self.asked: list[float] = []
        self.errors: list[Exception] = []
        self.scheduler = TestScheduler()
        self.engine = Engine(self.scheduler, lambda task: task(), random=lambda: 0.5)
        self.pace = Pace(fixed(1.0), ErrorBudget(), self.engine.random)
        self.loop: PollLoop[int] = PollLoop(self, self.engine, self.pace)
        self.loop.watch()
        self.scheduler.advance_to(0.5)

    def ask(self, done: Done[int]) -> None:
        self.asked.append(float(self.scheduler.clock))
        done(1)

    def when_ready(self, action: Callable[[], None]) -> None:
        action()

    def succeeded(self, answer: int, now: float) -> float | None:
        return self.pace.after_answer(now, has_news=False)

    def failed(self, error: Exception, now: float) -> float | None:
        raise error

    def end(self, error: Exception) -> None:
        self.errors.append(error)


def test_a_timer_that_rings_between_leaving_and_coming_back_does_not_stop_the_loop() -> None:
    """One thread leaves; before it has stopped the timer the timer rings, and another thread comes back."""
    polled = Counted()
    polled.is_wanted = False
    polled.scheduler.advance_to(1.5)  # it rings
    polled.is_wanted = True
    polled.loop.watch()  # of the one who came
    polled.loop.watch()  # of the one who left
    polled.scheduler.advance_to(10.0)
    assert len(polled.asked) > 5
    assert set(gaps(polled.asked[2:])) == {1.0}


def test_one_who_left_does_not_take_the_timer_from_one_who_has_come_since() -> None:
    polled = Counted()
    polled.loop.watch()  # left, but another one is there already
    polled.scheduler.advance_to(3.5)
    assert polled.asked == [0, 1, 2, 3]


def test_a_loop_that_was_stopped_and_one_that_failed_ask_no_more() -> None:
    for end in (PollLoop.stop, lambda loop: loop.fail(NO_ROUTE)):
        polled = Counted()
        polled.scheduler.advance_to(1.5)
        end(polled.loop)
        polled.scheduler.advance_to(9.0)
        assert polled.asked == [0, 1]
        assert polled.errors in ([], [NO_ROUTE])


def test_two_policies_that_are_set_at_once_leave_the_later_one() -> None:
    """The first one is slow to answer, and the second one is set meanwhile."""
    polled = Counted()

    def slow(context: PollContext) -> float:
        polled.loop.policy = fixed(3.0)
        return 2.0

    polled.loop.policy = slow
    polled.scheduler.advance_to(7.0)
    assert polled.asked == [0, 3, 6]
