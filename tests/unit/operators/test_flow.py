"""One operation after the other: the function that submits is called at most once, whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex import operators as rx
from reactivex.testing import TestScheduler

from rxeryph import operators as ops
from rxeryph.events import TrackingFailed
from rxeryph.operators._scheduled_observable import scheduler_of
from rxeryph.outcome import OperationResult
from tests.unit.operators.watching import END, Live, Stage, Watch, finished, log, status
from tests.unit.playing import BROKEN, STORY, TYPES, playing
from tests.unit.samples import CANCELLED, FAILED, NO_ROUTE, operation

DONE, NEXT_DONE = finished(of="first"), finished(of="second")
LOST = TrackingFailed("first", operation(), NO_ROUTE)


class Submit:
    """What ``then`` is given: notes its calls."""

    def __init__(self, answer: Observable[Any] | Exception | Callable[[], Any]) -> None:
        self.answer = answer
        self.results: list[OperationResult] = []

    def __call__(self, result: OperationResult) -> Observable[Any]:
        self.results.append(result)
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, Observable):
            return self.answer
        made: Observable[Any] = self.answer()
        return made


def succeeded() -> Live:
    """A stream that ended well long ago."""
    live = Live()
    live.feed(log("l1", "first"), DONE)
    live.end()
    return live


def test_the_events_of_the_next_operation_follow_a_success() -> None:
    stage = Stage()
    second = stage.tell((20, status(of="missed")), (40, status(of="second")), (50, NEXT_DONE), (51, END))
    submit = Submit(second)
    first = stage.tell((10, log("l1")), (30, DONE), (31, END))
    assert stage.watched(first.pipe(ops.then(submit))) == [
        (10, log("l1")),
        (30, DONE),
        (40, status(of="second")),
        (50, NEXT_DONE),
        (51, END),
    ]
    assert submit.results == [DONE.result]
    assert [[(each.subscribe, each.unsubscribe) for each in story.subscriptions] for story in stage.stories] == [
        [(31, 51)],
        [(0, 31)],
    ]


@pytest.mark.parametrize(
    "events",
    [
        (finished(FAILED),),
        (finished(CANCELLED),),
        (LOST,),
        (LOST, DONE),
        (DONE, LOST),
        (finished(FAILED), DONE),
        (DONE, finished(FAILED)),
        (log("l1"),),
        (("tagged", DONE),),
        (),
    ],
)
def test_what_is_no_success_ends_the_chain(events: tuple[Any, ...]) -> None:
    stage, submit, later = Stage(), Submit(reactivex.never()), Submit(reactivex.never())
    told = stage.tell(*((10 + at, event) for at, event in enumerate(events)), (20, END))
    seen = stage.watched(told.pipe(ops.then(submit), ops.then(later)))
    assert seen == [*((10 + at, event) for at, event in enumerate(events)), (20, END)]
    assert submit.results == later.results == []


def test_failed_tracking_ends_the_chain_with_its_error() -> None:
    stage, submit = Stage(), Submit(reactivex.never())
    told = stage.tell((10, DONE), (20, NO_ROUTE))
    assert stage.watched(told.pipe(ops.then(submit))) == [(10, DONE), (20, NO_ROUTE)]
    assert submit.results == []


def test_after_merged_operations_the_last_result_is_given_once_all_succeeded() -> None:
    stage, submit = Stage(), Submit(reactivex.empty())
    merged = ops.merge(stage.tell((20, DONE), (21, END)), stage.tell((10, NEXT_DONE), (30, END)))
    assert stage.watched(merged.pipe(ops.then(submit)))[-1] == (30, END)
    assert submit.results == [DONE.result]


def test_chains_go_on_for_as_long_as_operations_succeed() -> None:
    third = finished(FAILED, "third")
    submits = [Submit(reactivex.of(NEXT_DONE)), Submit(reactivex.of(third)), Submit(reactivex.never())]
    watch = Watch()
    succeeded().pipe(*(ops.then(submit) for submit in submits)).subscribe(watch)
    assert watch.seen == [log("l1", "first"), DONE, NEXT_DONE, third, END]
    assert [submit.results for submit in submits] == [[DONE.result], [NEXT_DONE.result], []]


def test_however_many_subscribe_and_whenever_it_is_called_once_and_all_get_the_same_stream() -> None:
    source, following = Live(), Live()
    submit = Submit(following)
    chain = source.pipe(ops.then(submit))
    watches = [Watch() for _ in range(3)]
    for watch in watches:
        chain.subscribe(watch)
    source.feed(DONE)
    source.end()
    late = Watch()
    chain.subscribe(late)
    following.feed(NEXT_DONE)
    following.end()
    latest = Watch()
    chain.subscribe(latest)
    assert [watch.seen for watch in (*watches, late, latest)] == [[DONE, NEXT_DONE, END]] * 5
    assert len(submit.results) == 1


def test_retry_and_repeat_do_not_submit_again() -> None:
    submit = Submit(NO_ROUTE)
    watch = Watch()
    succeeded().pipe(ops.then(submit), rx.retry(3)).subscribe(watch)
    assert watch.seen == [*[log("l1", "first"), DONE] * 3, NO_ROUTE]
    assert len(submit.results) == 1

    again = Submit(succeeded())
    succeeded().pipe(ops.then(again), rx.repeat(3)).subscribe(Watch())
    assert len(again.results) == 1


def test_two_chains_are_two_chains() -> None:
    submit = Submit(reactivex.empty())
    operator = ops.then(submit)
    for _ in range(2):
        succeeded().pipe(operator).subscribe(Watch())
    assert len(submit.results) == 2


def test_what_it_raised_is_told_to_everybody_now_and_later() -> None:
    source, submit = Live(), Submit(ValueError("no catlet"))
    chain = source.pipe(ops.then(submit))
    watches = [Watch(), Watch()]
    for watch in watches:
        chain.subscribe(watch)
    source.feed(DONE)
    source.end()
    watches.append(Watch())
    chain.subscribe(watches[-1])
    assert [watch.seen for watch in watches] == [[DONE, submit.answer]] * 3
    assert len(submit.results) == 1


@pytest.mark.parametrize("answer", [None, "stream"])
def test_what_is_no_stream_is_told(answer: object) -> None:
    watch = Watch()
    succeeded().pipe(ops.then(Submit(lambda: answer))).subscribe(watch)
    error = watch.seen[-1]
    assert isinstance(error, TypeError)
    assert str(error) == f"The function given to then() must return the next stream, not {type(answer).__name__}"


@pytest.mark.parametrize("raised", [SystemExit, KeyboardInterrupt])
def test_one_that_was_interrupted_is_not_called_again_and_nobody_waits_in_vain(raised: type[BaseException]) -> None:
    def interrupted() -> Any:
        raise raised

    submit = Submit(interrupted)
    chain = succeeded().pipe(ops.then(submit))
    first, second = Watch(), Watch()
    with pytest.raises(raised):
        chain.subscribe(first)
    chain.subscribe(second)
    assert len(submit.results) == 1
    for watch in (first, second):
        assert isinstance(watch.seen[-1], RuntimeError)
        assert "interrupted" in str(watch.seen[-1])


def test_it_is_not_called_when_all_have_left_before_and_is_when_somebody_comes_back() -> None:
    source, submit = Live(), Submit(reactivex.empty())
    chain = source.pipe(ops.then(submit))
    leaving = [chain.subscribe(Watch()) for _ in range(2)]
    for subscription in leaving:
        subscription.dispose()
    source.feed(DONE)
    source.end()
    assert submit.results == []
    chain.subscribe(Watch())
    assert len(submit.results) == 1


def test_it_is_not_called_for_one_that_had_enough_of_a_stream_that_ended_before() -> None:
    submit = Submit(reactivex.never())
    watch = Watch()
    succeeded().pipe(ops.then(submit), rx.take(1)).subscribe(watch)
    assert watch.seen == [log("l1", "first"), END]
    assert submit.results == []


def test_one_that_leaves_at_the_very_end_of_the_source_is_not_counted() -> None:
    source, submit = Live(), Submit(reactivex.never())
    watch = Watch(react=lambda event: subscription.dispose())
    subscription = source.pipe(ops.then(submit)).subscribe(watch)
    source.feed(DONE)
    source.end()
    assert (watch.seen, submit.results) == ([DONE], [])


def test_while_it_runs_others_neither_call_it_nor_wait_and_get_its_stream_when_it_is_there() -> None:
    source, following = succeeded(), Live()
    running, go_on = threading.Event(), threading.Event()
    attached: list[object] = []

    def attach(observer: Any, scheduler: Any) -> Any:
        attached.append(observer)
        return following.subscribe(observer)

    def slow() -> Observable[Any]:
        running.set()
        assert go_on.wait(10)
        return Observable(attach)

    submit = Submit(slow)
    chain = source.pipe(ops.then(submit))
    first, second, gone = Watch(), Watch(), Watch()
    thread = threading.Thread(target=chain.subscribe, args=(first,))
    thread.start()
    assert running.wait(10)
    chain.subscribe(second)  # returns at once
    chain.subscribe(gone).dispose()
    assert second.seen == [log("l1", "first"), DONE]
    go_on.set()
    thread.join(10)
    assert len(attached) == 2
    following.feed(NEXT_DONE)
    following.end()
    assert first.seen == second.seen == [log("l1", "first"), DONE, NEXT_DONE, END]
    assert gone.seen == [log("l1", "first"), DONE]
    assert len(submit.results) == 1


def test_many_threads_at_once_call_it_once() -> None:
    source, submit = succeeded(), Submit(reactivex.empty())
    chain = source.pipe(ops.then(submit))
    start = threading.Barrier(8)
    watches = [Watch() for _ in range(8)]

    def subscribe(watch: Watch) -> None:
        start.wait(10)
        chain.subscribe(watch)

    threads = [threading.Thread(target=subscribe, args=(watch,)) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [watch.seen[-1] for watch in watches] == [END] * 8
    assert len(submit.results) == 1


def test_disposing_leaves_the_source_or_what_follows() -> None:
    source, following = Subject[Any](), Subject[Any]()
    chain = source.pipe(ops.then(Submit(following)))
    assert not source.observers
    early, late = chain.subscribe(Watch()), chain.subscribe(Watch())
    early.dispose()
    assert len(source.observers) == 1
    source.on_next(DONE)
    source.on_completed()
    assert (len(source.observers), len(following.observers)) == (0, 1)
    late.dispose()
    assert not following.observers


def test_schedulers_go_along() -> None:
    source, given = succeeded(), []
    source.scheduler = TestScheduler()

    def subscribe(observer: Any, scheduler: Any) -> Any:
        given.append(scheduler)

    chain = source.pipe(ops.then(Submit(Observable(subscribe))))
    assert scheduler_of(chain) is source.scheduler
    other = TestScheduler()
    chain.subscribe(Watch(), scheduler=other)
    assert given == [other]


def test_operations_follow_each_other_on_the_engines_threads() -> None:
    with playing(*STORY) as (first, _), playing(*STORY) as (second, _), playing(BROKEN) as (third, _):
        submits = [Submit(second), Submit(third), Submit(first)]
        done, watch = threading.Event(), Watch()
        chain = first.pipe(*(ops.then(submit) for submit in submits))
        chain.pipe(rx.finally_action(done.set)).subscribe(watch)
        assert done.wait(10)
        assert watch.seen[-1] is END
        assert [event.type for event in watch.seen[: len(TYPES) * 2]] == TYPES * 2
        assert watch.seen[-2].result.failed
        assert [len(submit.results) for submit in submits] == [1, 1, 0]
