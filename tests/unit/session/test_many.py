"""Many operations, and operations that other clients start, against the simulator."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable

import pytest

import rxeryph
from rxeryph.errors import ConfigurationError, NotFoundError, OperationTimeoutError
from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished
from rxeryph.outcome import OperationResult
from rxeryph.polling import fixed
from rxeryph.simulator import Fail, Log, Pause, Simulator, Task
from rxeryph.streams import OperationStream
from tests.observing import Spy
from tests.simulation import Raw

QUICK = Task("QuickCommand", Log("done"))
UNKNOWN = "0d9c5f0e-6a51-4c6e-9a61-2f7d3b1f0a11"


def test_many_operations_are_one_stream_on_few_threads(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    ids = [simulator.play(QUICK) for _ in range(40)]
    before = threading.active_count()
    group = eryph.track_all(ids)
    seen: list[str] = []
    group.subscribe(lambda event: seen.append(event.operation_id))
    results = group.wait(60)
    assert threading.active_count() - before <= 8 + 1
    assert set(results) == set(ids) == set(seen)
    assert all(isinstance(result, OperationResult) and result.succeeded for result in results.values())
    assert repr(group) == "OperationGroup(40 of 40 have ended)"


def test_each_operation_keeps_its_outcome(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    good, bad = simulator.play(QUICK), simulator.play(Task("BadCommand", Fail("it broke")))
    stream = eryph.track(good)
    group = eryph.track_all([stream, bad, UNKNOWN])
    results = group.wait(60)
    assert group.operation_ids == (good, bad, UNKNOWN)
    assert isinstance(results[UNKNOWN], NotFoundError)
    ended = [results[good], results[bad]]
    assert [result.status.value for result in ended if isinstance(result, OperationResult)] == ["Completed", "Failed"]
    # The stream of one of them has the same events, without another request.
    sent = len(simulator.requests)
    assert stream.wait(60) == results[good]
    assert len(simulator.requests) == sent


def test_failing_fast_raises_the_first_error(eryph: rxeryph.Eryph) -> None:
    with pytest.raises(NotFoundError):
        eryph.track_all([UNKNOWN], fail_fast=True).wait(60)


def test_a_timeout_says_how_many_are_left(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    ids = [simulator.play(QUICK), simulator.play(Task("SlowCommand", Pause(400.0)))]
    group = eryph.track_all(ids)
    finished: list[str] = []
    handlers = rxeryph.EventHandlers().on(OperationFinished, lambda event: finished.append(event.operation_id))
    with pytest.raises(OperationTimeoutError, match="of 2 operations have not ended") as caught:
        group.wait(0.05, handlers)
    assert caught.value.operation_id in ids
    assert set(group.wait(60, handlers)) == set(ids)
    assert sorted(finished) == sorted(ids)


def test_a_group_can_be_iterated_and_awaited(simulator: Simulator, eryph: rxeryph.Eryph) -> None:
    ids = [simulator.play(QUICK) for _ in range(3)]
    group = eryph.track_all(ids)
    lines = [event.entry.message for event in group if isinstance(event, LogEntryAdded)]
    assert lines == ["done"] * 3

    async def main() -> None:
        assert set(await group) == set(ids)
        assert len([event async for event in group]) == len(list(group))

    asyncio.run(main())


@pytest.mark.parametrize("batching", ["never", "always"])
def test_handlers_on_two_workers_cannot_both_wait_for_other_operations(
    simulator: Simulator, connect_to: Callable[..., rxeryph.Eryph], batching: str
) -> None:
    eryph = connect_to(simulator, workers=2, batching=batching)
    slow = simulator.play(Task("SlowCommand", Pause(20.0)))
    spies = [Spy(act=lambda event: eryph.track(slow).wait(10)) for _ in range(2)]
    for spy in spies:
        eryph.track(simulator.play(QUICK)).subscribe(spy)
    for spy in spies:
        assert spy.ended.wait(60)
    refused = [error for spy in spies for error in spy.errors]
    assert all("the last of its 2 workers" in str(error) for error in refused)
    assert len(refused) <= 1
    assert eryph.track(slow).wait(30).succeeded


def test_operations_of_other_clients_are_found(
    simulator: Simulator, connect_to: Callable[..., rxeryph.Eryph]
) -> None:
    eryph = connect_to(simulator)
    old = simulator.play(QUICK)
    found: list[OperationStream] = []
    arrived = threading.Semaphore(0)

    def note(stream: OperationStream) -> None:
        found.append(stream)
        arrived.release()

    watching = eryph.watch_operations(polling=fixed(0.05)).subscribe(note)
    while not any(request.path.endswith("/v1/operations") and request.status for request in simulator.requests):
        assert not arrived.acquire(timeout=0.02)
    mine = eryph.catlets.create({"name": "web"})
    theirs = simulator.play(QUICK, requested_by="another client")
    assert arrived.acquire(timeout=30)
    assert arrived.acquire(timeout=30)
    watching.dispose()
    assert {stream.operation_id for stream in found} == {mine.operation_id, theirs}
    assert old not in {stream.operation_id for stream in found}
    by_id = {stream.operation_id: stream for stream in found}
    assert by_id[theirs].operation is not None
    assert by_id[theirs].wait(60).succeeded
    # The stream of an operation that this client started shares its events.
    assert by_id[mine.operation_id].wait(60) == mine.wait(60)


def test_new_operations_are_an_ordinary_observable(
    stopped_clock: Simulator, connect_to: Callable[..., rxeryph.Eryph]
) -> None:
    stopped_clock.play(Task("SlowCommand", Pause(100.0)))
    types: list[str] = []
    ended = threading.Event()

    def note(event: AnyEvent) -> None:
        types.append(event.type.value)
        if len(types) == 1:  # it was running when it was found
            stopped_clock.advance(200.0)

    events = connect_to(stopped_clock).watch_operations(include_running=True).take(1).flat_map(lambda stream: stream)
    events.subscribe(note, on_completed=ended.set)
    assert ended.wait(30)
    assert types[-1] == "finished"


def test_an_operation_that_a_list_shows_twice_is_emitted_once(
    stopped_clock: Simulator, raw: Raw, connect_to: Callable[..., rxeryph.Eryph]
) -> None:
    first = stopped_clock.play(Task("SlowCommand", Pause(100.0)))
    [element] = raw.get("/v1/operations")["value"]
    twice = json.dumps({"value": [element, element]})
    stopped_clock.faults.reply(200, twice, content_type="application/json", path="/v1/operations$")
    found: list[str] = []
    both_came = threading.Event()

    def note(stream: OperationStream) -> None:
        found.append(stream.operation_id)
        if stream.operation_id != first:
            both_came.set()

    watching = connect_to(stopped_clock).watch_operations(include_running=True).subscribe(note)
    while stopped_clock.faults.pending:
        assert not both_came.wait(0.01)
    second = stopped_clock.play(Task("SlowCommand", Pause(100.0)))
    assert both_came.wait(30)
    watching.dispose()
    assert found == [first, second]


def test_the_statistics_say_how_operations_were_polled(
    simulator: Simulator, connect_to: Callable[..., rxeryph.Eryph]
) -> None:
    eryph = connect_to(simulator, batching="always")
    eryph.track_all([simulator.play(QUICK) for _ in range(20)]).wait(60)
    found = eryph.statistics()
    assert (found.uses_lists, found.reason) == (True, "batching is always on")
    assert found.polls >= 20
    assert 0 < found.lists <= found.requests < found.polls
    assert found.received > 1000
    with pytest.raises(ConfigurationError, match="batching must be one of automatic, never, always, not 'sometimes'"):
        rxeryph.connect(endpoint=simulator.endpoint, batching="sometimes")
