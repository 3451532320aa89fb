"""Any observable as a loop, blocking or on an event loop."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator
from itertools import islice
from typing import Any, cast

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex import operators as rx

from rxeryph.bridges import aiterate, iterate
from tests.unit.playing import STORY, TYPES, playing

Collect = Callable[[Observable[Any]], list[Any]]


def by_for(observable: Observable[Any]) -> list[Any]:
    return list(iterate(observable, 30))


def by_async_for(observable: Observable[Any]) -> list[Any]:
    async def collect() -> list[Any]:
        return [item async for item in aiterate(observable)]

    return asyncio.run(collect())


each_way = pytest.mark.parametrize("collect", [by_for, by_async_for])


def fed(*items: int, error: Exception | None = None, pause: float = 0.0) -> Observable[int]:
    """An observable that another thread feeds, once it is subscribed to."""
    subject = Subject[int]()

    def feed() -> None:
        while not subject.observers:
            time.sleep(0.001)
        for item in items:
            time.sleep(pause)
            subject.on_next(item)
        if error is not None:
            subject.on_error(error)
        else:
            subject.on_completed()

    def begin(_: object) -> Observable[int]:
        threading.Thread(target=feed).start()
        return subject

    return reactivex.defer(begin)


def beginning(subject: Subject[int], *items: int) -> Observable[int]:
    return subject.pipe(rx.start_with(*items))


@each_way
def test_all_values_come_in_order_and_then_the_loop_ends(collect: Collect) -> None:
    assert collect(reactivex.of(1, 2, 3)) == [1, 2, 3]
    assert collect(reactivex.empty()) == []
    assert collect(fed(*range(1000))) == [*range(1000)]
    assert collect(fed(1, 2, pause=0.02)) == [1, 2]
    assert [type(item) for item in collect(reactivex.of(None, ValueError("a value"), 0))] == [
        type(None),
        ValueError,
        int,
    ]


@each_way
@pytest.mark.parametrize("pause", [0.0, 0.02])
def test_the_error_of_the_observable_is_raised_after_the_values_before_it(collect: Collect, pause: float) -> None:
    error, seen = LookupError("mine"), list[int]()
    source = fed(1, 2, error=error, pause=pause).pipe(rx.do_action(seen.append))
    with pytest.raises(LookupError) as caught:
        collect(source)
    assert caught.value is error
    assert seen == [1, 2]


def test_nothing_is_subscribed_to_before_the_first_value_is_requested() -> None:
    subscribed: list[int] = []

    def begin(_: object) -> Observable[int]:
        subscribed.append(1)
        return reactivex.of(1)

    source = reactivex.defer(begin)
    blocking, on_loop = iterate(source), aiterate(source)
    assert subscribed == []
    assert list(blocking) == [1]
    assert subscribed == [1]
    assert asyncio.run(anext(on_loop)) == 1  # type: ignore[arg-type]


def by_breaking(subject: Subject[int]) -> None:
    for item in iterate(beginning(subject, 1, 2)):
        if item == 2:
            break


def by_closing(subject: Subject[int]) -> None:
    loop = cast(Generator[int], iterate(beginning(subject, 1)))
    next(loop)
    loop.close()


def by_raising(subject: Subject[int]) -> None:
    def fail() -> None:
        for _ in iterate(beginning(subject, 1)):
            raise LookupError("mine")

    with pytest.raises(LookupError):
        fail()


def by_closing_on_the_event_loop(subject: Subject[int]) -> None:
    async def main() -> None:
        loop = cast(AsyncGenerator[int, None], aiterate(beginning(subject, 1)))
        assert await anext(loop) == 1
        await loop.aclose()
        assert not subject.observers

    asyncio.run(main())


def by_cancelling(subject: Subject[int]) -> None:
    async def consume(began: asyncio.Event) -> None:
        async for _ in aiterate(beginning(subject, 1)):
            began.set()

    async def main() -> None:
        began = asyncio.Event()
        task = asyncio.create_task(consume(began))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not subject.observers

    asyncio.run(main())


@pytest.mark.parametrize("leave", [by_breaking, by_closing, by_raising, by_closing_on_the_event_loop, by_cancelling])
def test_leaving_the_loop_disposes(leave: Callable[[Subject[int]], None]) -> None:
    subject = Subject[int]()
    leave(subject)
    gc.collect()
    assert not subject.observers


def test_the_timeout_is_raised_in_time_and_disposes() -> None:
    subject = Subject[int]()
    began = time.monotonic()
    loop = iterate(beginning(subject, 1), 0.3)
    assert next(loop) == 1
    with pytest.raises(TimeoutError, match=r"not ended within 0\.3 s"):
        next(loop)
    assert time.monotonic() - began >= 0.3
    assert not subject.observers


def test_a_timeout_ends_a_loop_that_never_waits() -> None:
    subject = Subject[int]()
    endless = iterate(beginning(subject, 0), 0.1)
    with pytest.raises(TimeoutError):
        deque(map(subject.on_next, islice(endless, 1_000_000)), 0)


def test_an_observable_that_has_ended_in_time_is_no_timeout() -> None:
    loop = iterate(reactivex.of(1, 2, 3), 0.05)
    assert next(loop) == 1
    time.sleep(0.1)
    assert list(loop) == [2, 3]


def test_the_tick_comes_on_the_calling_thread_while_no_value_comes() -> None:
    ticks: list[int] = []
    assert list(iterate(fed(1, pause=0.7), 30, tick=lambda: ticks.append(threading.get_ident()))) == [1]
    assert set(ticks) == {threading.get_ident()}
    assert 2 <= len(ticks) <= 4


def test_an_event_loop_that_was_closed_before_the_iterator_does_not_break_the_source() -> None:
    subject = Subject[int]()
    loop = asyncio.new_event_loop()
    iterator = cast(AsyncGenerator[int, None], aiterate(beginning(subject, 1)))
    assert loop.run_until_complete(anext(iterator)) == 1
    loop.close()
    subject.on_next(2)
    subject.on_next(3)
    assert not subject.observers
    with pytest.raises(StopIteration):
        iterator.aclose().send(None)


def test_a_burst_wakes_the_event_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Subject[int]()
    wakes: list[object] = []

    async def main() -> list[int]:
        loop = asyncio.get_running_loop()
        original = loop.call_soon_threadsafe

        def wake(callback: Callable[..., object], *arguments: Any) -> asyncio.Handle:
            wakes.append(callback)
            return original(callback, *arguments)

        async def consume() -> list[int]:
            return [item async for item in aiterate(subject)]

        monkeypatch.setattr(loop, "call_soon_threadsafe", wake)
        task = asyncio.create_task(consume())
        while not subject.observers:
            await asyncio.sleep(0)
        for item in range(100):
            subject.on_next(item)
        subject.on_completed()
        return await task

    assert asyncio.run(main()) == [*range(100)]
    assert len(wakes) == 1


def test_the_event_loop_runs_other_tasks_while_it_waits() -> None:
    async def main() -> int:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.01)
                beats += 1

        heart = asyncio.create_task(beat())
        assert [item async for item in aiterate(fed(1, pause=0.2))] == [1]
        heart.cancel()
        return beats

    assert asyncio.run(main()) >= 5


@each_way
def test_an_operator_on_a_stream_can_be_iterated_like_the_stream(collect: Collect) -> None:
    with playing(*STORY) as (stream, _):
        assert [event.type.value for event in collect(stream.pipe(rx.filter(lambda _: True)))] == TYPES
