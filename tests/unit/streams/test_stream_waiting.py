"""``wait`` and ``await``: blocking for the end, giving up, and waiting again."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable
from functools import partial

import pytest

from rxeryph import OperationStream, bridges
from rxeryph import operators as ops
from rxeryph.errors import NotFoundError, OperationTimeoutError, OperationVanishedError
from rxeryph.events import AnyEvent, OperationFinished
from rxeryph.model import Operation
from rxeryph.outcome import OperationResult
from rxeryph.polling import PollContext, threaded_engine
from rxeryph.retry import ErrorBudget
from rxeryph.streams import OperationGroup
from tests.observing import Spy
from tests.unit.playing import (
    BEGUN,
    BROKEN,
    FURTHER,
    STORY,
    SUCCEEDED,
    TYPES,
    WORKING,
    Play,
    by_subscribing,
    playing,
    stream_of,
)
from tests.unit.samples import NO_ROUTE, api
from tests.unit.scheduling.threads import at_once


async def awaited(stream: OperationStream) -> OperationResult:
    return await stream


@pytest.mark.parametrize("end", [SUCCEEDED, BROKEN])
def test_wait_returns_the_result_of_success_and_failure_alike(end: Operation) -> None:
    with playing(BEGUN, end) as (stream, _):
        result = stream.wait(30)
        assert isinstance(result, OperationResult)
        assert result.status is end.status
        assert stream.wait(0.0) == result
        assert stream.wait(None) == result


def test_a_timeout_carries_the_last_snapshot_and_leaves_the_stream_usable() -> None:
    gate = threading.Event()
    with playing(BEGUN, WORKING, gate, FURTHER, SUCCEEDED) as (stream, play):
        reading = Spy()
        stream.subscribe(reading)
        assert play.is_waiting.wait(30)
        with pytest.raises(OperationTimeoutError, match=r"Running after waiting 0\.01 s; it keeps running") as caught:
            stream.wait(0.01)
        assert caught.value.operation == WORKING
        assert caught.value.operation_id == "op"
        assert isinstance(caught.value, TimeoutError)
        assert "\n" not in str(caught.value)
        gate.set()
        assert stream.wait(30).succeeded
        assert reading.types == TYPES


def test_a_timeout_before_the_first_snapshot_says_so() -> None:
    gate = threading.Event()
    with playing(gate, *STORY) as (stream, play):
        with pytest.raises(OperationTimeoutError, match="was not seen in 0 s") as caught:
            stream.wait(0.0)
        assert caught.value.operation is None
        assert not play.is_watched


def test_a_timeout_names_the_failure_of_the_last_poll() -> None:
    with playing(BEGUN, NO_ROUTE, error_budget=ErrorBudget(first=100.0, maximum=100.0)) as (stream, _):
        failed = threading.Event()
        stream.subscribe(lambda event: failed.set() if event.type == "poll_failed" else None)
        assert failed.wait(30)
        with pytest.raises(OperationTimeoutError, match="The last poll failed: no route"):
            stream.wait(0.0)


def test_an_observer_that_waits_again_continues_where_it_stopped() -> None:
    gate = threading.Event()
    with playing(BEGUN, WORKING, gate, FURTHER, SUCCEEDED) as (stream, play):
        stream.subscribe(lambda event: None)
        assert play.is_waiting.wait(30)
        spy, other = Spy(), Spy()
        for _ in range(3):
            with pytest.raises(OperationTimeoutError):
                stream.wait(0.0, spy)
        assert spy.types == TYPES[:4]
        gate.set()
        stream.wait(30, spy)
        assert spy.types == TYPES
        stream.wait(30, spy)
        assert spy.types == TYPES
        stream.wait(30, other)
        assert other.types == TYPES


def test_wait_raises_what_the_observer_raised_and_the_stream_continues() -> None:
    with playing(*STORY) as (stream, _):
        with pytest.raises(LookupError, match="broken"):
            stream.wait(30, Spy(raises={"on_next": LookupError("broken")}))
        assert stream.wait(30).succeeded


RAISING: dict[str, Callable[[OperationStream], object]] = {
    "wait": lambda stream: stream.wait(30),
    "wait with an observer": lambda stream: stream.wait(30, Spy()),
    "await": lambda stream: asyncio.run(awaited(stream)),
    "for": list,
    "wait for a group": lambda stream: OperationGroup({"op": stream}, stream.scheduler, fail_fast=True).wait(30),
    "iterate": lambda stream: list(bridges.iterate(stream)),
}


@pytest.mark.parametrize("way", RAISING)
def test_the_error_of_the_end_is_raised_each_time_and_its_traceback_does_not_grow(way: str) -> None:
    with playing(BEGUN, api(NotFoundError, 404)) as (stream, _):
        lengths = []
        for _ in range(100 if way != "await" else 10):
            with pytest.raises(OperationVanishedError) as caught:
                RAISING[way](stream)
            lengths.append(len(list(traceback.walk_tb(caught.value.__traceback__))))
            assert isinstance(caught.value.__cause__, NotFoundError)
        assert max(lengths) <= lengths[0]


def test_an_error_of_the_policy_is_raised_with_the_line_that_raised_it() -> None:
    def broken_policy(context: PollContext) -> float:
        raise LookupError("no idea")

    with playing(BEGUN, policy=broken_policy) as (stream, _):
        for _ in range(2):
            with pytest.raises(LookupError) as caught:
                stream.wait(30)
            names = [frame.f_code.co_name for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
            assert names[-1] == "broken_policy"


def test_wait_inside_a_handler_of_the_same_stream_is_refused() -> None:
    refused: list[str] = []

    def wait(event: AnyEvent) -> None:
        with pytest.raises(RuntimeError) as caught:
            stream.wait(30)
        refused.append(str(caught.value))

    with playing(*STORY) as (stream, _):
        live, replayed = Spy(act=wait), Spy(act=wait)
        stream.subscribe(live)
        assert live.ended.wait(30)
        stream.subscribe(replayed)  # on this thread
        assert live.types == replayed.types == TYPES
        assert len(refused) == 2 * len(TYPES)
        assert "inside a handler of operation op" in refused[0]


def test_wait_inside_a_handler_of_another_stream_is_allowed() -> None:
    results: list[OperationResult] = []
    with playing(*STORY) as (inner, _), playing(*STORY) as (outer, _):

        def wait(event: AnyEvent) -> None:
            if isinstance(event, OperationFinished):
                results.append(inner.wait(30))

        spy = Spy(act=wait)
        outer.subscribe(spy)
        assert spy.ended.wait(30)
    assert [result.succeeded for result in results] == [True]


LAST_WAITS: dict[str, Callable[[OperationStream], object]] = {
    "wait": lambda stream: stream.wait(5),
    "wait with an observer": lambda stream: stream.wait(5, Spy()),
    "for": list,
    "await": lambda stream: asyncio.run(awaited(stream)),
    "wait for a group": lambda stream: OperationGroup({"op": stream}, stream.scheduler).wait(5),
    "iterate": lambda stream: list(bridges.iterate(stream.pipe(ops.results()))),
    "aiterate": lambda stream: asyncio.run(to_its_end(stream)),
}


async def to_its_end(stream: OperationStream) -> None:
    async for _ in bridges.aiterate(stream):
        pass


@pytest.mark.parametrize("workers", [1, 3, 8])
@pytest.mark.parametrize("way", LAST_WAITS)
def test_waiting_in_a_handler_is_refused_when_no_worker_is_left(way: str, workers: int) -> None:
    engine = threaded_engine(workers)
    plays = [Play(WORKING) for _ in range(workers)]
    refused = threading.Event()
    spies = [Spy() for _ in plays]

    def handle(event: AnyEvent, stream: OperationStream) -> None:
        if isinstance(event, OperationFinished):
            try:
                LAST_WAITS[way](stream)
            except RuntimeError:
                refused.set()
                raise

    try:
        for play, spy in zip(plays, spies, strict=True):
            outer = stream_of(Play(*STORY), engine)
            outer.subscribe(partial(handle, stream=stream_of(play, engine)), spy.on_error, spy.on_completed)
        assert refused.wait(30)
        for play in plays:
            play.steps.append(SUCCEEDED)
        for spy in spies:
            assert spy.ended.wait(30)
    finally:
        engine.close()
    (error,) = [error for spy in spies for error in spy.errors]
    assert isinstance(error, RuntimeError)
    assert ("its only worker" if workers == 1 else f"the last of its {workers} workers") in str(error)
    assert sum(spy.completed for spy in spies) == workers - 1


def test_a_handler_may_wait_for_what_has_ended_even_on_the_only_worker() -> None:
    engine = threaded_engine(1)
    try:
        ended = stream_of(Play(*STORY), engine)
        result = ended.wait(30)
        results: list[OperationResult] = []
        spy = Spy(act=lambda event: results.append(ended.wait(30)))
        stream_of(Play(BEGUN, SUCCEEDED), engine).subscribe(spy)
        assert spy.ended.wait(30)
    finally:
        engine.close()
    assert spy.errors == []
    assert set(map(id, results)) == {id(result)}


@pytest.mark.parametrize("way", [way for way in LAST_WAITS if "iterate" not in way])
@pytest.mark.parametrize("handled", ["the stream", "a group of it"])
def test_waiting_for_a_stream_in_its_own_handler_is_refused_in_every_way(way: str, handled: str) -> None:
    with playing(*STORY) as (stream, _):
        outer = stream if handled == "the stream" else OperationGroup({"op": stream}, stream.scheduler)
        spy = Spy(act=lambda event: LAST_WAITS[way](stream))
        outer.subscribe(spy)
        assert spy.ended.wait(30)
        assert isinstance(spy.error, RuntimeError)
        assert "would wait for itself" in str(spy.error)


def test_many_threads_may_wait_for_one_stream() -> None:
    results: list[OperationResult] = []
    with playing(*STORY) as (stream, _):
        at_once(*[lambda: results.append(stream.wait(30))] * 10)
    assert len(results) == 10
    assert len({id(result) for result in results}) == 1


def test_awaiting_gives_the_result_and_does_not_block_the_loop() -> None:
    gate = threading.Event()

    async def main() -> OperationResult:
        waiting = asyncio.ensure_future(awaited(stream))
        await asyncio.sleep(0)
        gate.set()
        return await waiting

    with playing(BEGUN, gate, *STORY[1:]) as (stream, _):
        assert asyncio.run(main()).succeeded
        assert asyncio.run(main()) == stream.wait(0)


def test_a_consumer_on_a_loop_that_was_closed_harms_no_one_else() -> None:
    gate = threading.Event()
    with playing(BEGUN, gate, *STORY[1:]) as (stream, play):
        loop = asyncio.new_event_loop()
        events = stream.__aiter__()

        async def first() -> AnyEvent:
            return await anext(events)

        assert loop.run_until_complete(first()).type == "status"
        loop.close()
        gate.set()
        assert by_subscribing(stream).types == TYPES
        assert not play.is_watched


def test_waiting_again_does_not_call_an_observer_that_has_not_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler is slow, ``wait`` times out meanwhile, and is called again with the same observer."""
    entered, again, release = threading.Event(), threading.Event(), threading.Event()

    def slow(event: AnyEvent) -> None:
        if entered.is_set():
            again.set()
        entered.set()
        assert release.wait(30)

    spy = Spy(act=slow)
    with playing(WORKING, SUCCEEDED) as (stream, _):
        with monkeypatch.context() as patch:
            patch.setattr("rxeryph.streams.waiting.wait_for", lambda *_: not entered.wait(30))
            with pytest.raises(OperationTimeoutError):
                stream.wait(1.0, spy)
        second = threading.Thread(target=stream.wait, args=(30, spy))
        second.start()
        overlapped = again.wait(0.3)
        release.set()
        second.join(30)
    assert not overlapped
