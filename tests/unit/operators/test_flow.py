"""One operation after the other: the function that submits is called at most once, whatever happens.

That all subscribers get the same stream, whenever they come, is a law in ``test_operator_laws``.
"""

from __future__ import annotations

import threading
from asyncio import CancelledError
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
import reactivex
from reactivex import Observable
from reactivex import operators as rx

from rxeryph import operators as ops
from rxeryph.outcome import OperationResult
from tests.marble.drawing import Drawing
from tests.observing import END, Spy
from tests.unit.operators.stage import Clock, Live, Stage, finished, log
from tests.unit.playing import BROKEN, STORY, TYPES, playing
from tests.unit.samples import CANCELLED, FAILED, NO_ROUTE

FIRST, DONE, NEXT_DONE = log("l1", "first"), finished(of="first"), finished(of="second")


class Submit:
    """The function given to ``then``; notes its calls."""

    def __init__(self, answer: Observable[Any] | Exception | Callable[[], Any]) -> None:
        self.answer = answer
        self.results: list[OperationResult] = []

    def __call__(self, result: OperationResult) -> Observable[Any]:
        self.results.append(result)
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: Observable[Any] = self.answer if isinstance(self.answer, Observable) else self.answer()
        return answer


def succeeded() -> Live:
    """A stream that has ended well before."""
    return Live(FIRST, DONE, has_ended=True)


def watched(stream: Observable[Any]) -> Spy:
    spy = Spy()
    spy.subscription = stream.subscribe(spy)
    return spy


@pytest.mark.parametrize("source", ["F|", "K|", "X|", "XC|", "CX|", "FC|", "CF|", "l|", "y|", "|", "C#"])
def test_without_success_the_chain_ends(source: str) -> None:
    one, other = Submit(reactivex.never()), Submit(reactivex.never())
    values = {"one": one, "other": other, "K": finished(CANCELLED), "y": ("tagged", DONE)}
    Drawing((source,), "then(one), then(other)", source, values).check()
    assert one.results == other.results == []


def test_after_merged_operations_the_last_result_is_given_once_all_have_succeeded() -> None:
    stage, submit = Stage(), Submit(reactivex.empty())
    merged = ops.merge(stage.script((20, DONE), (21, END)), stage.script((10, NEXT_DONE), (30, END)))
    assert stage.played(merged.pipe(ops.then(submit)))[-1] == (30, END)
    assert submit.results == [DONE.result]


def test_a_chain_continues_as_long_as_its_operations_succeed() -> None:
    third = finished(FAILED, "third")
    submits = [Submit(reactivex.of(NEXT_DONE)), Submit(reactivex.of(third)), Submit(reactivex.never())]
    assert watched(succeeded().pipe(*map(ops.then, submits))).seen == [FIRST, DONE, NEXT_DONE, third, END]
    assert [submit.results for submit in submits] == [[DONE.result], [NEXT_DONE.result], []]


@pytest.mark.parametrize(
    ("answer", "again", "seen"),
    [(NO_ROUTE, rx.retry(3), [*[FIRST, DONE] * 3, NO_ROUTE]), (succeeded(), rx.repeat(3), [*[FIRST, DONE] * 6, END])],
    ids=["retry", "repeat"],
)
def test_subscribing_again_does_not_submit_again(answer: Any, again: Any, seen: list[Any]) -> None:
    submit = Submit(answer)
    assert watched(succeeded().pipe(ops.then(submit), again)).seen == seen
    assert len(submit.results) == 1


def test_two_chains_submit_twice() -> None:
    submit = Submit(reactivex.empty())
    operator = ops.then(submit)
    for _ in range(2):
        watched(succeeded().pipe(operator))
    assert len(submit.results) == 2


def test_every_subscriber_gets_the_error_of_the_function_before_and_after_it_is_raised() -> None:
    source, submit = Live(), Submit(ValueError("no catlet"))
    chain = source.pipe(ops.then(submit))
    spies = [watched(chain), watched(chain)]
    source.feed(DONE)
    source.end()
    spies.append(watched(chain))
    assert [spy.seen for spy in spies] == [[DONE, submit.answer]] * 3
    assert len(submit.results) == 1


@pytest.mark.parametrize("answer", [None, "stream"])
def test_a_function_that_returns_no_stream_is_a_type_error(answer: object) -> None:
    error = watched(succeeded().pipe(ops.then(Submit(lambda: answer)))).error
    assert isinstance(error, TypeError)
    assert str(error) == f"The function given to then() must return the next stream, not {type(answer).__name__}"


@pytest.mark.parametrize("raised", [SystemExit(), GeneratorExit(), CancelledError(), KeyboardInterrupt()])
def test_a_function_may_raise_anything_and_all_subscribers_get_it(raised: BaseException) -> None:
    def interrupted() -> Any:
        raise raised

    submit, first = Submit(interrupted), Spy()
    chain = succeeded().pipe(ops.then(submit))
    # Ctrl-C is for the program too.
    with pytest.raises(KeyboardInterrupt) if isinstance(raised, KeyboardInterrupt) else nullcontext():
        chain.subscribe(first)
    for spy in (first, watched(chain)):
        assert spy.error.__cause__ is raised
    assert len(submit.results) == 1


@pytest.mark.parametrize("raised", [LookupError("broken"), CancelledError()])
def test_a_stream_that_cannot_be_subscribed_ends_the_chain_with_the_error(raised: BaseException) -> None:
    def broken(observer: Any, scheduler: Any) -> Any:
        raise raised

    spy = watched(succeeded().pipe(ops.then(Submit(Observable(broken)))))
    assert raised in (spy.error, spy.error.__cause__)


def test_a_chain_may_have_thousands_of_steps() -> None:
    steps = [Submit(reactivex.of(NEXT_DONE)) for _ in range(2000)]
    spy = watched(succeeded().pipe(*map(ops.then, steps)))
    assert spy.seen == [FIRST, DONE, *[NEXT_DONE] * 2000, END]
    assert all(len(step.results) == 1 for step in steps)


def test_a_step_may_follow_itself_for_ever() -> None:
    rounds = 2000

    def again(result: OperationResult) -> Observable[Any]:
        nonlocal rounds
        rounds -= 1
        following = reactivex.of(NEXT_DONE)
        return following.pipe(ops.then(again)) if rounds else following

    spy = watched(succeeded().pipe(ops.then(again)))
    assert spy.seen == [FIRST, DONE, *[NEXT_DONE] * 2000, END]


def test_the_stream_of_a_step_that_is_a_chain_itself_begins_without_success() -> None:
    inner, outer = Submit(reactivex.never()), Submit(reactivex.of(NEXT_DONE))
    spy = watched(succeeded().pipe(ops.then(Submit(reactivex.of(FIRST).pipe(ops.then(inner)))), ops.then(outer)))
    assert inner.results == []
    assert outer.results == [DONE.result]
    assert spy.seen == [FIRST, DONE, FIRST, NEXT_DONE, END]
    alone = watched(succeeded().pipe(ops.then(Submit(reactivex.of(FIRST).pipe(ops.then(inner))))))
    assert alone.seen == [FIRST, DONE, FIRST, END]
    assert inner.results == []


@pytest.mark.parametrize("between", [ops.tag("web"), rx.map(lambda event: event), ops.limit_logs(9)])
def test_a_pipe_that_is_too_deep_for_python_ends_with_an_error(between: Any) -> None:
    source = Live()
    spy = watched(source.pipe(*[between] * 1000))
    source.feed(DONE)
    source.end()
    assert isinstance(spy.error, RecursionError)


def test_it_is_not_called_for_a_subscriber_that_has_left_by_the_end_of_the_source() -> None:
    submit = Submit(reactivex.never())
    assert watched(succeeded().pipe(ops.then(submit), rx.take(1))).seen == [FIRST, END]
    source = Live()
    spy = Spy(act=lambda event: spy.leave())
    spy.subscription = source.pipe(ops.then(submit)).subscribe(spy)
    source.feed(DONE)
    source.end()
    assert spy.seen == [DONE]
    assert submit.results == []


def test_while_it_runs_other_subscribers_neither_call_it_nor_wait_and_get_its_stream_afterwards() -> None:
    source, following = succeeded(), Live()
    running, proceed = threading.Event(), threading.Event()
    attached: list[object] = []

    def attach(observer: Any, scheduler: Any) -> Any:
        attached.append(observer)
        return following.subscribe(observer)

    def slow() -> Observable[Any]:
        running.set()
        assert proceed.wait(10)
        return Observable(attach)

    submit, first = Submit(slow), Spy()
    chain = source.pipe(ops.then(submit))
    thread = threading.Thread(target=chain.subscribe, args=(first,))
    thread.start()
    assert running.wait(10)
    second, gone = watched(chain), watched(chain)  # these return at once
    gone.leave()
    assert second.seen == [FIRST, DONE]
    proceed.set()
    thread.join(10)
    assert len(attached) == 2
    following.feed(NEXT_DONE)
    following.end()
    assert first.seen == second.seen == [FIRST, DONE, NEXT_DONE, END]
    assert gone.seen == [FIRST, DONE]
    assert len(submit.results) == 1


def test_many_threads_at_once_call_it_once() -> None:
    submit = Submit(reactivex.empty())
    chain = succeeded().pipe(ops.then(submit))
    start = threading.Barrier(8)
    spies = [Spy() for _ in range(8)]

    def subscribe(spy: Spy) -> None:
        start.wait(10)
        chain.subscribe(spy)

    threads = [threading.Thread(target=subscribe, args=(spy,)) for spy in spies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [spy.completed for spy in spies] == [1] * 8
    assert len(submit.results) == 1


def test_the_scheduler_of_the_subscriber_is_passed_to_the_next_stream() -> None:
    passed: list[object] = []

    def subscribe(observer: Any, scheduler: Any) -> Any:
        passed.append(scheduler)

    clock = Clock()
    succeeded().pipe(ops.then(Submit(Observable(subscribe)))).subscribe(Spy(), scheduler=clock)
    assert passed == [clock]


def test_operations_follow_each_other_on_the_threads_of_the_engine() -> None:
    with playing(*STORY) as (first, _), playing(*STORY) as (second, _), playing(BROKEN) as (third, _):
        submits, spy = [Submit(second), Submit(third), Submit(first)], Spy()
        first.pipe(*map(ops.then, submits)).subscribe(spy)
        assert spy.ended.wait(10)
        assert spy.completed == 1
        assert spy.types[: len(TYPES) * 2] == [*TYPES, *TYPES]
        assert spy.events[-1].result.failed
        assert [len(submit.results) for submit in submits] == [1, 1, 0]
