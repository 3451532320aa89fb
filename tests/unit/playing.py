"""Operation streams on real threads, over scripted polls; and every way to consume them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rxeryph.model import CancelRequest, Operation
from rxeryph.polling import Engine, PollingSettings, Source, fixed, threaded_engine
from rxeryph.streams import OperationStream
from rxeryph.tracking import Settling
from tests.observing import Spy
from tests.two_ways import source_for
from tests.unit.samples import COMPLETED, FAILED, QUEUED, RUNNING, entry, operation, task

Step = Operation | Exception | threading.Event
"""What a poll gets: a snapshot, an error, or to wait for the event and then the next step."""

BEGUN = operation(QUEUED)
WORKING = operation(RUNNING, tasks=(task(),), entries=(entry("l1"),))
FURTHER = operation(RUNNING, tasks=(task(progress=50),), entries=(entry("l1"), entry("l2", 1.0)))
SUCCEEDED = operation(COMPLETED, tasks=(task(status=COMPLETED),), entries=(entry("l2", 1.0),))
BROKEN = operation(FAILED, tasks=(task(status=FAILED),), message="it broke")
STORY = (BEGUN, WORKING, FURTHER, SUCCEEDED)
TYPES = ["status", "status", "task_new", "log_entry", "task_update", "log_entry", "task_update", "status", "finished"]


class Play:
    """Polls that get one step after the other; the last one stays."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.polls = 0
        self.threads: set[str] = set()
        self.cancelled = 0
        self.is_waiting = threading.Event()
        self.source: Source | None = None

    @property
    def is_watched(self) -> bool:
        """True while the stream has subscribers of any kind."""
        assert self.source is not None
        return self.source.history.is_watched

    def fetch(self, log_time_stamp: str | None) -> Operation:
        self.polls += 1
        self.threads.add(threading.current_thread().name)
        while isinstance(step := self.steps[0], threading.Event):
            self.is_waiting.set()
            assert step.wait(30)
            self.steps.pop(0)
        if len(self.steps) > 1:
            self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def cancel(self) -> CancelRequest:
        self.cancelled += 1
        return CancelRequest("op")


def stream_of(play: Play, engine: Engine, **settings: Any) -> OperationStream:
    given = PollingSettings(**{"policy": fixed(0.001), "settling": Settling(0.001, 0.05), **settings})
    play.source = source_for("op", play.fetch, engine, given)
    return OperationStream(play.source, play.cancel)


@contextmanager
def playing(*steps: Step, **settings: Any) -> Iterator[tuple[OperationStream, Play]]:
    """A stream that plays ``steps``; all gates are opened and all threads ended on leaving."""
    play = Play(*steps)
    engine = threaded_engine(2)
    gates = [step for step in steps if isinstance(step, threading.Event)]
    try:
        yield stream_of(play, engine, **settings), play
    finally:
        for gate in gates:
            gate.set()
        engine.close()


Consume = Callable[[OperationStream], Spy]


def by_subscribing(stream: OperationStream) -> Spy:
    spy = Spy()
    stream.subscribe(spy)
    assert spy.ended.wait(30)
    return spy


def by_waiting(stream: OperationStream) -> Spy:
    spy = Spy()
    try:
        stream.wait(30, spy)
    except Exception as error:
        spy.errors.append(error)
    return spy


def by_async_for(stream: OperationStream) -> Spy:
    spy = Spy()

    async def consume() -> None:
        async for event in stream:
            spy.events.append(event)
        spy.completed += 1

    try:
        asyncio.run(consume())
    except Exception as error:
        spy.errors.append(error)
    return spy


def by_iterating(stream: OperationStream) -> Spy:
    spy = Spy()
    try:
        for event in stream:
            spy.events.append(event)
        spy.completed += 1
    except Exception as error:
        spy.errors.append(error)
    return spy


CONSUMERS: tuple[Consume, ...] = (by_subscribing, by_waiting, by_async_for, by_iterating)
