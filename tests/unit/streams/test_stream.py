"""``OperationStream`` on real threads, through every way of consuming it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rxeryph.errors import ClosedError, NotFoundError, OperationVanishedError
from rxeryph.events import LogEntryAdded
from rxeryph.model import OperationStatus
from rxeryph.polling import fixed, threaded_engine
from tests.observing import Spy
from tests.unit.playing import (
    BEGUN,
    CONSUMERS,
    FURTHER,
    STORY,
    SUCCEEDED,
    TYPES,
    WORKING,
    Consume,
    Play,
    by_subscribing,
    playing,
    stream_of,
)
from tests.unit.samples import COMPLETED, api, operation, task

every_way = pytest.mark.parametrize("consume", CONSUMERS, ids=lambda consume: consume.__name__)


@every_way
def test_all_events_in_order_and_then_the_end_and_again_without_a_request(consume: Consume) -> None:
    with playing(*STORY) as (stream, play):
        first = consume(stream)
        assert first.types == TYPES
        assert first.ending == (0, 1)
        polls = play.polls
        assert consume(stream).events == first.events
        assert play.polls == polls


@every_way
def test_failed_tracking_is_the_error_itself_after_all_events(consume: Consume) -> None:
    with playing(BEGUN, WORKING, api(NotFoundError, 404)) as (stream, _):
        spy = consume(stream)
    assert spy.types == TYPES[:4]
    assert isinstance(spy.error, OperationVanishedError)


@every_way
def test_closing_the_engine_ends_every_consumer(consume: Consume) -> None:
    gate = threading.Event()
    play, engine = Play(BEGUN, gate, BEGUN), threaded_engine(2)
    stream = stream_of(play, engine)
    spies: list[Spy] = []
    consumer = threading.Thread(target=lambda: spies.append(consume(stream)))
    consumer.start()
    assert play.is_waiting.wait(30)
    engine.close(timeout=0.02)  # while the request hangs
    consumer.join(30)
    gate.set()
    assert spies[0].types == ["status"]
    assert isinstance(spies[0].error, ClosedError)


def test_consumers_of_every_kind_share_one_loop() -> None:
    gate = threading.Event()
    with playing(BEGUN, gate, *STORY[1:]) as (stream, play):
        spies: list[Spy] = []
        threads = [
            threading.Thread(target=lambda consume=consume: spies.append(consume(stream))) for consume in CONSUMERS
        ]
        for thread in threads:
            thread.start()
        assert play.is_waiting.wait(30)
        gate.set()
        for thread in threads:
            thread.join(30)
        assert [spy.types for spy in spies] == [TYPES] * 4
        assert play.polls == 5


def test_live_is_the_same_stream_without_the_history() -> None:
    gate = threading.Event()
    with playing(BEGUN, WORKING, gate, *STORY[2:]) as (stream, play):
        whole, live, finished = Spy(), Spy(), Spy()
        stream.subscribe(whole)
        assert play.is_waiting.wait(30)
        stream.live.subscribe(live)
        assert live.events == []
        gate.set()
        assert live.ended.wait(30)
        assert whole.ended.wait(30)
        assert live.events == whole.events[4:]
        stream.live.subscribe(finished)
        assert (finished.events, finished.ending) == ([], (0, 1))


def test_user_code_runs_on_workers_and_never_on_the_timer() -> None:
    names: set[str] = set()

    def policy(context: object) -> float:
        names.add(threading.current_thread().name)
        return 0.001

    spy = Spy(act=lambda event: names.add(threading.current_thread().name))
    with playing(*STORY, policy=policy) as (stream, play):
        stream.subscribe(spy)
        assert spy.ended.wait(30)
        names -= {threading.current_thread().name}
        assert names
        assert all(name.startswith("rxeryph-worker-") for name in names | play.threads)


def test_threads_stay_few_however_many_operations() -> None:
    engine = threaded_engine(3)
    plays = [Play(*STORY) for _ in range(50)]
    spies = [Spy() for _ in plays]
    streams = [stream_of(play, engine) for play in plays]
    for stream, spy in zip(streams, spies, strict=True):
        stream.subscribe(spy)
    for spy in spies:
        assert spy.ended.wait(30)
    names = {name for play in plays for name in play.threads}
    assert names <= {f"rxeryph-worker-{number}" for number in (1, 2, 3)}
    engine.close()
    assert [spy.types for spy in spies] == [TYPES] * 50
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("rxeryph")]
    assert {*left} <= {"rxeryph-journal"}  # of a journal, which is not closed with the engine


def test_disposing_stops_watching_and_cancels_nothing() -> None:
    with playing(BEGUN) as (stream, play):
        subscription = stream.subscribe(Spy())
        assert play.is_watched
        subscription.dispose()
        assert not play.is_watched
        assert play.cancelled == 0


def test_the_repr_is_one_line_with_id_title_status_and_duration() -> None:
    with playing(*STORY) as (stream, _):
        assert repr(stream) == "OperationStream('op', not seen yet)"
        by_subscribing(stream)
        assert repr(stream) == "OperationStream('op', 'CreateCatlet', Completed)"
    began = datetime(2026, 1, 1, tzinfo=UTC)
    titled = task(display_name="Create\n\x1b[31m" + "x" * 500, status=COMPLETED)
    ended = replace(operation(COMPLETED, tasks=(titled,)), started_at=began, ended_at=began + timedelta(seconds=4.56))
    with playing(ended) as (stream, _):
        by_subscribing(stream)
        text = repr(stream)
        assert text.startswith("OperationStream('op', 'Create \\x1b[31mxxx")
        assert text.endswith("…', Completed, 4.6 s)")
        assert len(text) <= 200
        assert text.isprintable()
    with playing(operation(OperationStatus("odd\n" * 99), id="i" * 500)) as (stream, _):
        for _ in stream:
            break
        assert repr(stream).isprintable()
        assert len(repr(stream)) <= 200


def test_the_snapshot_has_all_entries_seen() -> None:
    with playing(*STORY) as (stream, _):
        before = stream.operation
        by_subscribing(stream)
        after = stream.operation
        assert before is None
        assert after is not None
        assert [line.id for line in after.log_entries] == ["l1", "l2"]
        assert stream.operation_id == "op"


def test_cancel_asks_the_server_and_ends_nothing() -> None:
    with playing(*STORY) as (stream, play):
        stream.cancel()
        assert play.cancelled == 1
        assert by_subscribing(stream).types == TYPES


def test_the_policy_may_be_changed_while_the_stream_runs() -> None:
    def once(context: object) -> float:
        stream.polling = fixed(0.001)
        return 0.001

    with playing(*STORY, policy=once) as (stream, _):
        assert stream.polling is once
        assert by_subscribing(stream).types == TYPES
        assert stream.polling is not once


def test_leaving_a_loop_unsubscribes_and_coming_back_loses_nothing() -> None:
    with playing(BEGUN, WORKING) as (stream, play):
        for event in stream:
            if isinstance(event, LogEntryAdded):
                break
        assert not play.is_watched
        # Not before: what a list shows of an operation that no one watches is dropped.
        play.steps += [FURTHER, SUCCEEDED]
        assert [event.type.value for event in stream] == TYPES
