"""``play``: events come at the very seconds of the story, and blocking lets virtual time pass."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex.testing import TestScheduler

from rxeryph import ErrorBudget, OperationStream, RxEryphError
from rxeryph import operators as ops
from rxeryph.errors import OperationTimeoutError, TransportError
from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished, PollFailed, PollRecovered
from rxeryph.model import OperationStatus
from rxeryph.outcome import OperationResult
from rxeryph.polling import fixed
from rxeryph.testing import Watched, log, operation, play, resource, task, watch
from tests.unit.playing import Consume, by_async_for, by_iterating, by_waiting

LOST = TransportError("no route", method="GET", url="https://x")
BEGUN = operation("Queued")
WORKING = operation(tasks=[task()], log_entries=[log("pulling"), log("pulled", 1)])
ENDED = operation("Completed", tasks=[task(status="Completed")], resources=[resource("c1")])
STORY = {0: BEGUN, 1.5: WORKING, 4: ENDED}
TIMED = [
    (0.0, "status"),
    (1.5, "status"),
    (1.5, "task_new"),
    (1.5, "log_entry"),
    (1.5, "log_entry"),
    (4.0, "resource_new"),
    (4.0, "task_update"),
    (4.0, "status"),
    (4.0, "finished"),
]


@pytest.fixture
def scheduler() -> TestScheduler:
    return TestScheduler()


def timed(watched: Watched[AnyEvent]) -> list[tuple[float, str]]:
    return [(second, event.type.value) for second, event in watched.timed]


def test_events_come_at_the_very_seconds_of_the_story(scheduler: TestScheduler) -> None:
    watched = watch(play(STORY, scheduler), scheduler)
    assert timed(watched) == TIMED
    assert (watched.is_completed, watched.error, watched.ended_at) == (True, None, 4.0)


@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=8))
def test_any_seconds_will_do(gaps: list[int]) -> None:
    """In microseconds, the resolution of virtual clocks."""
    scheduler = TestScheduler()
    scheduler.advance_to(0.3)
    seconds = [micros / 1e6 for micros in itertools.accumulate(gaps, initial=0)]
    lines = [log(str(second)) for second in seconds]
    story = {second: operation(log_entries=lines[: place + 1]) for place, second in enumerate(seconds)}
    watched = watch(play(story, scheduler).pipe(ops.of_type(LogEntryAdded)), scheduler)
    assert [event.entry.message for event in watched.values] == [str(second) for second in seconds]
    assert [second - 0.3 for second, _ in watched.timed] == pytest.approx(seconds, abs=2e-6)


def test_events_come_when_a_given_policy_asks(scheduler: TestScheduler) -> None:
    watched = watch(play(STORY, scheduler, polling=fixed(3.0)), scheduler)
    assert [second for second, _ in timed(watched)] == [0.0, 3.0, 3.0, 3.0, 3.0, 6.0, 6.0, 6.0, 6.0]


def test_time_operators_applied_to_it_run_on_its_clock(scheduler: TestScheduler) -> None:
    calm = play(STORY, scheduler).pipe(ops.throttle_logs(1.0), ops.of_type(LogEntryAdded))
    assert [(second, event.entry.message) for second, event in watch(calm, scheduler).timed] == [
        (1.5, "pulling"),
        (2.5, "pulled"),
    ]


def test_streams_share_a_clock(scheduler: TestScheduler) -> None:
    other = {0: operation(id="other"), 2: operation("Failed", message="no space", id="other")}
    ends = ops.merge(play(STORY, scheduler), play(other, scheduler)).pipe(ops.of_type(OperationFinished))
    watched = watch(ends, scheduler)
    assert [(second, event.operation_id, event.result.status_message) for second, event in watched.timed] == [
        (2.0, "other", "no space"),
        (4.0, "op", "Completed"),
    ]


def test_an_error_fails_the_polls_until_the_next_second_of_the_story(scheduler: TestScheduler) -> None:
    watched = watch(play({0: BEGUN, 1: LOST, 2: ENDED}, scheduler), scheduler)
    assert timed(watched)[:4] == [
        (0.0, "status"),
        (1.0, "poll_failed"),
        (1.375, "poll_failed"),
        (2.125, "poll_recovered"),
    ]
    failed, recovered = watched.values[1], watched.values[3]
    assert isinstance(failed, PollFailed)
    assert failed.error is LOST
    assert isinstance(recovered, PollRecovered)
    spent = watch(play({0: LOST}, scheduler, error_budget=ErrorBudget(attempts=3)), scheduler, 7200)
    assert spent.error is LOST


def test_late_entries_are_seen_when_it_settles() -> None:
    late = {**STORY, 4.5: operation("Completed", tasks=ENDED.tasks, log_entries=[log("late", 9)])}
    assert [entry.message for entry in play(late).wait(9).log_entries] == ["pulling", "pulled"]
    assert [entry.message for entry in play(late, settle=1.0).wait(9).log_entries] == ["pulling", "pulled", "late"]


@pytest.mark.parametrize("consume", [by_waiting, by_iterating, by_async_for])
def test_blocking_lets_time_pass(consume: Consume, scheduler: TestScheduler) -> None:
    stream = play(STORY, scheduler)
    spy = consume(stream)
    assert spy.types == [name for _, name in TIMED]
    assert stream.wait(0) == asyncio.run(awaited(stream)) == spy.events[-1].result
    assert scheduler.clock == 4.0


@pytest.mark.parametrize("consume", [by_waiting, by_iterating, by_async_for])
def test_blocking_raises_what_the_stream_ends_with(consume: Consume) -> None:
    assert consume(play({0: BEGUN, 1: LOST}, error_budget=ErrorBudget(attempts=2))).error is LOST


async def awaited(stream: OperationStream) -> OperationResult:
    return await stream


def test_an_observer_of_wait_gets_every_event_at_its_second(scheduler: TestScheduler) -> None:
    watched: Watched[AnyEvent] = Watched(scheduler)
    play(STORY, scheduler).wait(observer=watched)
    assert timed(watched) == TIMED
    assert watched.is_completed


def test_a_timeout_is_virtual_and_waiting_again_continues(scheduler: TestScheduler) -> None:
    stream = play(STORY, scheduler)
    watched: Watched[AnyEvent] = Watched(scheduler)
    with pytest.raises(OperationTimeoutError, match="is Running after waiting 3 s"):
        stream.wait(3, watched)
    assert scheduler.clock == 3.0
    assert stream.wait(1, watched).succeeded  # the last second still counts
    assert timed(watched) == TIMED


def test_long_stories_end_too() -> None:
    lines = [log(str(place)) for place in range(1500)]
    story = {0: operation(log_entries=lines), 1: ENDED}
    assert len(play(story).wait(1).log_entries) == 1500


def test_a_cancelled_operation_ends_soon_with_its_tasks(scheduler: TestScheduler) -> None:
    stream = play({**STORY, 4: LOST}, scheduler)
    watched: Watched[AnyEvent] = Watched(scheduler)
    stream.subscribe(watched)
    scheduler.advance_to(2)
    stream.cancel()
    result = stream.wait(1)
    assert result.cancelled
    assert [each.status for each in result.tasks] == [OperationStatus.CANCELLED]
    assert watched.ended_at == 2.1


def test_cancelling_what_has_ended_changes_nothing() -> None:
    stream = play(STORY)
    stream.wait()
    stream.cancel()
    assert stream.wait().succeeded
    unreachable = play({0: LOST})
    with pytest.raises(TransportError):
        unreachable.cancel()


def test_waiting_for_ever_is_refused() -> None:
    stream = play({0: BEGUN})
    with pytest.raises(RuntimeError, match="The story of operation op has no end"):
        stream.wait(None)
    with pytest.raises(RuntimeError, match="has no end"):
        list(stream)


def test_blocking_while_time_is_passing_is_refused(scheduler: TestScheduler) -> None:
    first, second = play(STORY, scheduler), play(STORY, scheduler)
    problems: list[Exception] = []

    def blocking(event: AnyEvent) -> None:
        try:
            second.wait()
        except RuntimeError as error:
            problems.append(error)

    first.subscribe(blocking)
    scheduler.advance_to(0.5)
    assert "Virtual time is already passing" in str(problems[0])


@pytest.mark.parametrize(
    ("story", "message"),
    [
        ({}, "A story begins at second 0"),
        ({1: BEGUN}, "A story begins at second 0"),
        ({0: BEGUN, float("inf"): ENDED}, "not infinite"),
        ({0: "Queued"}, "not 'Queued'"),
        ({0: ENDED, 2: WORKING}, r"the operation was Completed and is Running \(seconds 0 and 2 of the story\)"),
        ({0: ENDED, 1: LOST, 2: operation("Failed", tasks=ENDED.tasks)}, "was Completed and is Failed"),
        ({0: WORKING, 1: BEGUN}, "the operation was Running and is Queued"),
        ({0: WORKING, 1: operation("Completed")}, "task 't1' has disappeared"),
        ({0: ENDED, 1: operation("Completed", tasks=[task()])}, "task 't1' was Completed and is Running"),
        ({0: BEGUN, 1: operation(id="other")}, "two ids: 'op' and 'other'"),
        ({0: operation(log_entries=[log("a", id="1"), log("b", id="1")])}, "Two log entries have the id '1'"),
    ],
)
def test_an_impossible_story_is_refused(story: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        play(story)


def test_the_builders_default_to_what_the_server_shows() -> None:
    assert task(status="Completed").progress == 100
    assert task(status="completed", progress=40).progress == 40
    assert task().progress == 0
    assert operation(OperationStatus("Paused")).status.value == "Paused"
    with pytest.raises(ValueError, match=r"'Runing' is not one of OperationStatus. Did you mean 'Running'\?"):
        operation("Runing")
    assert log("x") == log("x") != log("x", 1)
    assert log("x", 1).ticks - log("x").ticks == 10_000_000
    assert resource("c1").resource_type == "Catlet"


def test_the_repr_of_watched_shows_what_came() -> None:
    watched: Watched[int] = Watched(TestScheduler())
    watched.on_next(1)
    assert repr(watched) == "Watched([(0.0, 1)], not ended)"
    watched.on_completed()
    assert repr(watched) == "Watched([(0.0, 1)], completed)"
    failed: Watched[int] = Watched(TestScheduler())
    failed.on_error(RxEryphError("lost"))
    assert "lost" in repr(failed)
