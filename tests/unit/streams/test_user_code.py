"""A user's code may raise anything, anywhere: only its own subscription ends, with that error."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from reactivex import Observable

from rxeryph import EventHandlers, OperationStream
from rxeryph import operators as ops
from rxeryph.bridges.recording import record
from rxeryph.bridges.replaying import replay
from rxeryph.events import Event
from rxeryph.polling import Engine, fixed, threaded_engine
from tests.observing import Spy
from tests.unit.playing import SUCCEEDED, WORKING, Play, by_subscribing, playing, stream_of
from tests.unit.samples import COMPLETED, entry, operation

RAISED = (
    KeyError("broken"),
    SystemExit(1),
    KeyboardInterrupt(),
    GeneratorExit(),
    asyncio.CancelledError(),
    pytest.fail.Exception("this is no Exception"),
)
STORY = (WORKING, SUCCEEDED)
WHOLE = ["status", "task_new", "log_entry", "task_update", "log_entry", "status", "finished"]
anything = pytest.mark.parametrize("raised", RAISED, ids=lambda raised: type(raised).__name__)


@contextmanager
def one_worker() -> Iterator[Engine]:
    engine = threaded_engine(1)
    try:
        yield engine
    finally:
        engine.close()


def handled(broken: Spy) -> Spy:
    """The same by way of handlers."""
    return EventHandlers(broken.on_error, broken.on_completed).on(Event, broken.on_next)  # type: ignore[return-value]


WAYS: dict[str, Callable[[OperationStream, Spy], object]] = {
    "subscribe": lambda stream, spy: stream.subscribe(spy),
    "live": lambda stream, spy: stream.live.subscribe(spy),
    "handlers": lambda stream, spy: stream.subscribe(handled(spy)),
    "throttle_logs": lambda stream, spy: stream.pipe(ops.throttle_logs(0.001)).subscribe(spy),
    "batch_logs": lambda stream, spy: stream.pipe(ops.batch_logs(0.001)).subscribe(spy),
    "observe_bounded": lambda stream, spy: stream.pipe(ops.observe_bounded(9)).subscribe(spy),
    "merge": lambda stream, spy: ops.merge(stream, stream).subscribe(spy),
}


@anything
@pytest.mark.parametrize("way", WAYS)
def test_a_subscriber_that_raises_ends_only_its_own_subscription_on_the_only_worker(
    way: str, raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    gate, broken, other = threading.Event(), Spy(raises={"on_next": raised}), Spy()
    with one_worker() as engine:
        stream = stream_of(Play(gate, *STORY), engine)
        WAYS[way](stream, broken)
        stream.subscribe(other)
        gate.set()
        assert broken.ended.wait(30)
        assert other.ended.wait(30)
        assert by_subscribing(stream_of(Play(*STORY), engine)).types == WHOLE
    assert len(broken.events) == 1
    assert raised in (broken.error, broken.error.__cause__)
    assert other.types == WHOLE
    assert other.has_seen_the_end
    assert any(record.exc_info and record.exc_info[1] is raised for record in caplog.records)


@anything
@pytest.mark.parametrize("place", ["on_error", "on_completed"])
def test_raising_at_the_end_harms_no_one_else(place: str, raised: BaseException) -> None:
    steps = (WORKING, LookupError("end")) if place == "on_error" else STORY
    broken, other = Spy(raises={place: raised}), Spy()
    gate = threading.Event()
    with one_worker() as engine:
        stream = stream_of(Play(gate, *steps), engine)
        for spy in (broken, other):
            stream.subscribe(spy)
        gate.set()
        assert other.ended.wait(30)
        assert by_subscribing(stream_of(Play(*STORY), engine)).types == WHOLE
    assert broken.ending == other.ending


@anything
def test_closing_works_while_a_subscriber_raises(raised: BaseException) -> None:
    entered, released = threading.Event(), threading.Event()

    def wait(event: object) -> None:
        entered.set()
        assert released.wait(30)

    with one_worker() as engine:
        gate = threading.Event()
        spy = Spy(act=wait, raises={"on_next": raised})
        stream_of(Play(gate, *STORY), engine).subscribe(spy)
        gate.set()
        assert entered.wait(30)
        threading.Timer(0.05, released.set).start()


@anything
def test_a_policy_that_raises_ends_its_stream_with_the_error(raised: BaseException) -> None:
    def policy(context: object) -> float:
        raise raised

    with one_worker() as engine:
        spy = by_subscribing(stream_of(Play(*STORY), engine, policy=policy))
        assert raised in (spy.error, spy.error.__cause__)
        waiting = stream_of(Play(WORKING), engine, policy=fixed(3600.0))
        spy, first = Spy(), threading.Event()
        waiting.subscribe(spy)
        waiting.subscribe(lambda event: first.set())
        assert first.wait(30)
        while not spy.ended.wait(0.01):
            waiting.polling = policy
        assert raised in (spy.error, spy.error.__cause__)
        assert by_subscribing(stream_of(Play(*STORY), engine)).types == WHOLE


@anything
def test_a_step_that_raises_ends_the_chain_with_the_error(raised: BaseException) -> None:
    def submit(result: object) -> Observable[Any]:
        raise raised

    with one_worker() as engine:
        spy, gate = Spy(), threading.Event()
        stream_of(Play(gate, *STORY), engine).pipe(ops.then(submit)).subscribe(spy)
        gate.set()
        assert spy.ended.wait(30)
        assert raised in (spy.error, spy.error.__cause__)
        assert spy.types == WHOLE
        assert by_subscribing(stream_of(Play(*STORY), engine)).types == WHOLE


@anything
def test_an_action_that_raises_ends_neither_the_timer_nor_the_worker(raised: BaseException) -> None:
    def act(scheduler: object, state: object = None) -> None:
        raise raised

    with one_worker() as engine:
        for scheduler in (engine.delivery, engine.scheduler):
            scheduler.schedule(act)
            scheduler.schedule_relative(0.001, act)
        assert by_subscribing(stream_of(Play(*STORY), engine)).types == WHOLE


@anything
@pytest.mark.parametrize("place", ["on_next", "on_completed"])
def test_wait_raises_whatever_its_observer_raises(place: str, raised: BaseException) -> None:
    with playing(*STORY) as (stream, _):
        for _ in range(2):  # live, and from memory
            with pytest.raises(type(raised)) as caught:
                stream.wait(30, Spy(raises={place: raised}))
            assert caught.value is raised
        assert stream.wait(30).succeeded


@anything
def test_a_replay_ends_with_what_its_subscriber_raises(raised: BaseException, tmp_path: Path) -> None:
    path = tmp_path / "run.ndjson"
    with playing(*STORY) as (stream, _):
        by_subscribing(stream.pipe(record(path)))  # type: ignore[arg-type]
    spy = Spy(raises={"on_next": raised})
    thread = threading.Thread(target=replay(path, speed=float("inf")).subscribe, args=(spy,))
    thread.start()
    thread.join(30)
    assert len(spy.events) == 1
    assert raised in (spy.error, spy.error.__cause__)


def test_ctrl_c_in_a_replayed_event_ends_the_subscription_and_is_raised_to_the_program() -> None:
    interrupt = KeyboardInterrupt()
    with playing(*STORY) as (stream, play):
        stream.wait(30)
        spy = Spy(raises={"on_next": interrupt})
        with pytest.raises(KeyboardInterrupt) as caught:
            stream.subscribe(spy)
        assert caught.value is interrupt
        assert spy.error.__cause__ is interrupt
        assert not play.is_watched


class BrokenLog(logging.Handler):
    """Raises with each record."""

    def emit(self, record: logging.LogRecord) -> None:
        raise pytest.fail.Exception("a test that wants a clean log")


def test_a_handler_of_the_log_that_raises_harms_no_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("rxeryph"), "handlers", [BrokenLog()])
    entries = operation(COMPLETED, entries=(entry(),))
    with one_worker() as engine:
        broken = Spy(raises={"on_next": KeyError("broken"), "on_error": KeyError("again")})
        gate = threading.Event()
        stream = stream_of(Play(gate, entries), engine)
        stream.subscribe(broken)
        gate.set()
        assert broken.ended.wait(30)
        engine.submit(lambda: 1 / 0)  # type: ignore[arg-type]
        assert by_subscribing(stream).has_seen_the_end
