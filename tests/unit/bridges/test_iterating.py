"""Any observable as a loop, blocking or on an event loop."""

from __future__ import annotations

import asyncio
import collections
import gc
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from itertools import islice
from typing import Any, cast

import pytest
import reactivex
from reactivex import Observable, Subject
from reactivex import operators as rx

from rxeryph.bridges import aiterate, iterate
from rxeryph.events import AnyEvent
from tests.unit.playing import STORY, TYPES, playing

Collect = Callable[[Observable[int]], list[int]]


def by_for(observable: Observable[int]) -> list[int]:
    return list(iterate(observable, 30))


def by_async_for(observable: Observable[int]) -> list[int]:
    async def collect() -> list[int]:
        return [item async for item in aiterate(observable)]

    return asyncio.run(collect())


each_way = pytest.mark.parametrize("collect", [by_for, by_async_for])


class Feeding:
    """An observable fed by another thread, and whether it is subscribed to."""

    def __init__(self, *items: int, error: Exception | None = None, pause: float = 0.0) -> None:
        self.subject = Subject[int]()
        self.observable: Observable[int] = reactivex.defer(lambda _: self._begin())
        self._items = items
        self._error = error
        self._pause = pause
        self._thread = threading.Thread(target=self._feed)

    @property
    def is_watched(self) -> bool:
        return bool(self.subject.observers)

    def _begin(self) -> Observable[int]:
        self._thread.start()
        return self.subject

    def _feed(self) -> None:
        while not self.is_watched:
            time.sleep(0.001)
        for item in self._items:
            time.sleep(self._pause)
            self.subject.on_next(item)
        if self._error is not None:
            self.subject.on_error(self._error)
        else:
            self.subject.on_completed()


@each_way
def test_everything_comes_in_order_and_then_the_loop_ends(collect: Collect) -> None:
    assert collect(reactivex.of(1, 2, 3)) == [1, 2, 3]
    assert collect(reactivex.empty()) == []
    assert collect(Feeding(*range(1000)).observable) == [*range(1000)]
    assert collect(Feeding(1, 2, pause=0.02).observable) == [1, 2]


@each_way
def test_values_that_look_like_an_end_are_values(collect: Collect) -> None:
    strange = cast(Observable[int], reactivex.of(None, ValueError("a value"), 0))
    assert [type(item) for item in collect(strange)] == [type(None), ValueError, int]


@each_way
@pytest.mark.parametrize("pause", [0.0, 0.02])
def test_the_error_of_the_observable_is_raised_after_what_came_before(collect: Collect, pause: float) -> None:
    error, seen = LookupError("told"), list[int]()
    source = Feeding(1, 2, error=error, pause=pause).observable.pipe(rx.do_action(seen.append))
    with pytest.raises(LookupError) as caught:
        collect(source)
    assert caught.value is error
    assert seen == [1, 2]


def test_nothing_is_subscribed_before_the_first_is_asked_for() -> None:
    asked: list[int] = []

    def begin(_: object) -> Observable[int]:
        asked.append(1)
        return reactivex.of(1)

    source = reactivex.defer(begin)
    blocking, on_loop = iterate(source), aiterate(source)
    assert asked == []
    assert list(blocking) == [1]
    assert asked == [1]
    assert asyncio.run(anext(on_loop)) == 1  # type: ignore[arg-type]


def test_leaving_the_loop_disposes() -> None:
    subject = Subject[int]()
    source = subject.pipe(rx.start_with(1, 2))
    for item in iterate(source):
        assert subject.observers
        if item == 2:
            break
    gc.collect()
    assert not subject.observers
    loop = iterate(source)
    next(loop)
    cast(Generator[int], loop).close()
    assert not subject.observers


def test_an_error_in_the_loop_disposes() -> None:
    subject = Subject[int]()

    def consume() -> None:
        for _ in iterate(subject.pipe(rx.start_with(1))):
            raise LookupError("mine")

    with pytest.raises(LookupError):
        consume()
    gc.collect()
    assert not subject.observers


def test_the_timeout_is_raised_in_time_and_disposes() -> None:
    subject = Subject[int]()
    began = time.monotonic()
    loop = iterate(subject.pipe(rx.start_with(1)), 0.3)
    assert next(loop) == 1
    with pytest.raises(TimeoutError, match=r"not ended within 0\.3 s"):
        next(loop)
    assert 0.3 <= time.monotonic() - began < 5.0
    assert not subject.observers


def test_a_timeout_ends_a_loop_that_never_waits() -> None:
    subject = Subject[int]()
    endless = iterate(subject.pipe(rx.start_with(0)), 0.1)
    with pytest.raises(TimeoutError):
        collections.deque(map(subject.on_next, islice(endless, 1_000_000)), 0)


def test_what_has_ended_within_the_time_is_no_timeout() -> None:
    loop = iterate(reactivex.of(1, 2, 3), 0.05)
    assert next(loop) == 1
    time.sleep(0.1)
    assert list(loop) == [2, 3]


def test_the_tick_comes_on_the_calling_thread_while_nothing_else_does() -> None:
    ticks: list[int] = []
    source = Feeding(1, pause=0.7)
    assert list(iterate(source.observable, 30, tick=lambda: ticks.append(threading.get_ident()))) == [1]
    assert set(ticks) == {threading.get_ident()}
    assert 2 <= len(ticks) <= 4


def test_cancelling_the_task_disposes() -> None:
    subject = Subject[int]()

    async def consume() -> None:
        async for _ in aiterate(subject):
            raise AssertionError("nothing was sent")

    async def main() -> None:
        task = asyncio.create_task(consume())
        while not subject.observers:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not subject.observers

    asyncio.run(main())


def test_closing_the_asynchronous_loop_disposes() -> None:
    subject = Subject[int]()

    async def main() -> None:
        loop = cast(AsyncGenerator[int, None], aiterate(subject.pipe(rx.start_with(1))))
        assert await anext(loop) == 1
        assert subject.observers
        await loop.aclose()
        assert not subject.observers

    asyncio.run(main())


def test_a_loop_that_was_closed_without_its_iterator_does_not_break_the_source() -> None:
    subject = Subject[int]()
    loop = asyncio.new_event_loop()
    iterator = aiterate(subject.pipe(rx.start_with(1)))
    assert loop.run_until_complete(anext(iterator)) == 1
    loop.close()
    subject.on_next(2)
    subject.on_next(3)
    assert not subject.observers
    with pytest.raises(StopIteration):
        cast(AsyncGenerator[int, None], iterator).aclose().send(None)


def test_a_burst_wakes_the_event_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Subject[int]()
    wakes: list[object] = []

    async def main() -> list[int]:
        loop = asyncio.get_running_loop()
        original = loop.call_soon_threadsafe

        def wake(callback: Callable[..., object], *arguments: Any) -> asyncio.Handle:
            wakes.append(callback)
            return original(callback, *arguments)

        monkeypatch.setattr(loop, "call_soon_threadsafe", wake)
        found: list[int] = []

        async def consume() -> None:
            async for item in aiterate(subject):
                found.append(item)

        task = asyncio.create_task(consume())
        while not subject.observers:
            await asyncio.sleep(0)
        for item in range(100):
            subject.on_next(item)
        subject.on_completed()
        await task
        return found

    assert asyncio.run(main()) == [*range(100)]
    assert len(wakes) == 1


def test_the_event_loop_goes_on_while_it_waits() -> None:
    async def main() -> int:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.01)
                beats += 1

        heart = asyncio.create_task(beat())
        assert [item async for item in aiterate(Feeding(1, pause=0.2).observable)] == [1]
        heart.cancel()
        return beats

    assert asyncio.run(main()) >= 5


def test_an_operator_on_a_stream_can_be_iterated_like_the_stream() -> None:
    with playing(*STORY) as (stream, _):
        kept: Observable[AnyEvent] = stream.pipe(rx.filter(lambda _: True))
        assert [event.type.value for event in iterate(kept, 30)] == TYPES

        async def collect() -> list[str]:
            return [event.type.value async for event in aiterate(kept)]

        assert asyncio.run(collect()) == TYPES
