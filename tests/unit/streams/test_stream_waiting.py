"""``wait`` and ``await``: blocking for the end, giving up, and going on."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable

import pytest

from rxeryph import OperationStream, bridges
from rxeryph.errors import NotFoundError, OperationTimeoutError, OperationVanishedError
from rxeryph.events import AnyEvent, OperationFinished
from rxeryph.outcome import OperationResult
from rxeryph.polling import PollContext
from rxeryph.retry import ErrorBudget
from tests.observing import Spy
from tests.unit.playing import (
    BEGUN,
    BROKEN,
    FURTHER,
    STORY,
    SUCCEEDED,
    TYPES,
    WORKING,
    by_subscribing,
    playing,
)
from tests.unit.samples import NO_ROUTE, api


def test_wait_returns_the_result_of_success_and_failure_alike() -> None:
    for end in (SUCCEEDED, BROKEN):
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


def test_a_timeout_before_anything_was_seen_says_so() -> None:
    gate = threading.Event()
    with playing(gate, *STORY) as (stream, _):
        with pytest.raises(OperationTimeoutError, match="was not seen in") as caught:
            stream.wait(0.0)
        assert caught.value.operation is None


def test_a_timeout_names_the_failure_it_came_in() -> None:
    with playing(BEGUN, NO_ROUTE, error_budget=ErrorBudget(first=100.0, maximum=100.0)) as (stream, _):
        failed = threading.Event()
        stream.subscribe(lambda event: failed.set() if event.type == "poll_failed" else None)
        assert failed.wait(30)
        with pytest.raises(OperationTimeoutError, match="The last poll failed: no route"):
            stream.wait(0.0)


def test_waiting_again_with_the_same_observer_goes_on_where_it_stopped() -> None:
    gate = threading.Event()
    with playing(BEGUN, WORKING, gate, FURTHER, SUCCEEDED) as (stream, play):
        stream.subscribe(lambda event: None)
        assert play.is_waiting.wait(30)
        told, other = Spy(), Spy()
        for _ in range(3):
            with pytest.raises(OperationTimeoutError):
                stream.wait(0.0, told)
        assert told.types == TYPES[:4]
        gate.set()
        stream.wait(30, told)
        assert told.types == TYPES
        stream.wait(30, told)
        assert told.types == TYPES
        stream.wait(30, other)
        assert other.types == TYPES


def test_what_the_observer_raises_comes_out_of_wait_and_the_stream_goes_on() -> None:
    def broken(event: AnyEvent) -> None:
        raise LookupError("broken")

    with playing(*STORY) as (stream, _):
        with pytest.raises(LookupError, match="broken"):
            stream.wait(30, Spy(act=broken))
        assert stream.wait(30).succeeded


async def awaited(stream: OperationStream) -> OperationResult:
    return await stream


RAISING: dict[str, Callable[[OperationStream], object]] = {
    "wait": lambda stream: stream.wait(30),
    "wait with an observer": lambda stream: stream.wait(30, Spy()),
    "await": lambda stream: asyncio.run(awaited(stream)),
    "for": list,
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


def test_wait_stops_watching_when_it_returns() -> None:
    gate = threading.Event()
    with playing(gate, *STORY) as (stream, _):
        with pytest.raises(OperationTimeoutError):
            stream.wait(0.0)
        assert not stream._source.history.is_watched


def test_wait_inside_a_handler_of_the_same_stream_is_refused() -> None:
    refused: list[str] = []

    def wait(event: AnyEvent) -> None:
        try:
            stream.wait(30)
        except RuntimeError as error:
            refused.append(str(error))

    with playing(*STORY) as (stream, _):
        told = Spy(act=wait)
        stream.subscribe(told)
        assert told.ended.wait(30)
        assert told.types == TYPES
        assert len(refused) == len(TYPES)
        assert "inside a handler of operation op" in refused[0]
        # The same while the history is replayed on the caller's own thread.
        replayed = Spy(act=wait)
        stream.subscribe(replayed)
        assert len(refused) == 2 * len(TYPES)


def test_wait_inside_a_handler_of_another_stream_is_fine() -> None:
    results: list[OperationResult] = []
    with playing(*STORY) as (inner, _), playing(*STORY) as (outer, _):

        def wait(event: AnyEvent) -> None:
            if isinstance(event, OperationFinished):
                results.append(inner.wait(30))

        told = Spy(act=wait)
        outer.subscribe(told)
        assert told.ended.wait(30)
    assert [result.succeeded for result in results] == [True]


def test_many_threads_may_wait_for_one_stream() -> None:
    results: list[OperationResult] = []
    with playing(*STORY) as (stream, _):
        threads = [threading.Thread(target=lambda: results.append(stream.wait(30))) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert len(results) == 10
    assert len({id(result) for result in results}) == 1


def test_awaiting_gives_the_result_and_does_not_block_the_loop() -> None:
    gate = threading.Event()

    async def main() -> OperationResult:
        async def open_the_gate() -> None:
            gate.set()

        waiting = asyncio.ensure_future(_await())
        await asyncio.sleep(0)
        await open_the_gate()
        return await waiting

    async def _await() -> OperationResult:
        return await stream

    with playing(BEGUN, gate, *STORY[1:]) as (stream, _):
        assert asyncio.run(main()).succeeded
        assert asyncio.run(main()) == stream.wait(0)


def test_awaiting_failed_tracking_raises_it() -> None:
    async def main() -> None:
        with pytest.raises(OperationVanishedError):
            await stream

    with playing(BEGUN, api(NotFoundError, 404)) as (stream, _):
        asyncio.run(main())
        asyncio.run(main())


def test_leaving_or_cancelling_an_async_loop_stops_watching() -> None:
    gate = threading.Event()

    async def main() -> None:
        async for event in stream:
            assert event.type == "status"
            break
        history = stream._source.history
        for _ in range(100):
            if not history.is_watched:
                break
            await asyncio.sleep(0)
        assert not history.is_watched

        async def consume() -> None:
            async for _ in stream:
                pass

        task = asyncio.ensure_future(consume())
        while not history.is_watched:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not history.is_watched

    with playing(BEGUN, gate, *STORY[1:]) as (stream, _):
        asyncio.run(main())


def test_a_consumer_on_a_loop_that_was_closed_harms_nobody() -> None:
    gate = threading.Event()
    with playing(BEGUN, gate, *STORY[1:]) as (stream, _):
        loop = asyncio.new_event_loop()
        events = stream.__aiter__()

        async def first() -> AnyEvent:
            return await anext(events)

        assert loop.run_until_complete(first()).type == "status"
        loop.close()
        gate.set()
        assert by_subscribing(stream).types == TYPES
        assert not stream._source.history.is_watched


def test_waiting_again_does_not_call_an_observer_that_has_not_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler is slow, ``wait`` times out meanwhile, and is called again with the same observer."""
    entered, again, release = threading.Event(), threading.Event(), threading.Event()

    def slow(event: AnyEvent) -> None:
        if entered.is_set():
            again.set()
        entered.set()
        assert release.wait(30)

    told = Spy(act=slow)
    with playing(WORKING, SUCCEEDED) as (stream, _):
        with monkeypatch.context() as patch:
            patch.setattr("rxeryph.streams.waiting.wait_for", lambda event, timeout: not entered.wait(30))
            with pytest.raises(OperationTimeoutError):
                stream.wait(1.0, told)
        second = threading.Thread(target=stream.wait, args=(30, told))
        second.start()
        overlapped = again.wait(0.3)
        release.set()
        second.join(30)
    assert not overlapped
