"""Streams of a real connection, against the simulator. What every stream does is tested in virtual time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from rxeryph import Eryph
from rxeryph.bridges import iterate
from rxeryph.errors import (
    MissingResultError,
    NotFoundError,
    OperationCancelledError,
    OperationFailedError,
    OperationTimeoutError,
    OperationVanishedError,
)
from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished, PollFailed, PollRecovered, TaskUpdated
from rxeryph.polling import fixed
from rxeryph.simulator import Hang, Pause, Simulator, Task
from tests.simulation import Raw
from tests.unit.playing import CONSUMERS, Consume

Connect = Callable[..., Eryph]
COLD = "dbosoft/ubuntu-24.04/20250101"
"""A parent whose genes have to be downloaded, with progress."""


@pytest.mark.parametrize("consume", CONSUMERS, ids=lambda consume: consume.__name__)
def test_every_consumer_sees_all_events_of_an_operation(eryph: Eryph, consume: Consume) -> None:
    events = consume(eryph.catlets.create({"name": "web", "parent": COLD})).events
    last = events[-1]
    assert isinstance(last, OperationFinished)
    result = last.result
    assert result.succeeded
    assert sum(isinstance(event, OperationFinished) for event in events) == 1
    entries = [event.entry for event in events if isinstance(event, LogEntryAdded)]
    assert len({entry.id for entry in entries}) == len(entries)
    assert set(entries) == set(result.log_entries)
    assert any(isinstance(event, TaskUpdated) and 0 < event.task.progress < 100 for event in events)
    assert result.catlet.name == "web"
    assert result.project.name == "default"
    assert result.catlet in [item.value for item in result.fetch_resources()]


def test_a_failed_operation_is_a_result_with_the_failed_task(eryph: Eryph) -> None:
    result = eryph.catlets.create({"name": "bad", "parent": "acme/missing/1.0"}).wait(30)
    assert (result.failed, result.succeeded) == (True, False)
    assert result.failure is not None
    assert result.failure.task is not None
    assert result.failure.task.title == "Build catlet specification"
    assert [task.title for task in result.failure.ancestors] == ["BuildCatletSpecification", "Create catlet bad"]
    with pytest.raises(OperationFailedError, match=r"acme/missing/1\.0 is not available"):
        result.raise_for_status()
    with pytest.raises(MissingResultError, match="touched no catlet"):
        _ = result.catlet


def test_an_operation_that_vanishes_is_an_error(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Hang())))
    next(iter(stream))
    simulator.forget(stream.operation_id)
    with pytest.raises(OperationVanishedError):
        stream.wait(30)


@pytest.mark.single_polls
def test_a_poll_right_after_the_submit_may_not_find_the_operation(simulator: Simulator, eryph: Eryph) -> None:
    simulator.faults.reply(404, path="/operations/", times=2)
    stream = eryph.catlets.create({"name": "web"})
    events = list(stream)
    assert [type(event.error) for event in events if isinstance(event, PollFailed)] == [NotFoundError] * 2
    assert isinstance(events[-1], OperationFinished)


def test_an_operation_that_was_found_in_a_list_and_is_gone_has_vanished(
    simulator: Simulator, connect_to: Connect
) -> None:
    eryph = connect_to(simulator)
    running = simulator.play(Task("T", Hang()))
    stream = next(iterate(eryph.watch_operations(include_running=True), 30))
    assert stream.operation_id == running
    simulator.forget(running)
    with pytest.raises(OperationVanishedError):
        stream.wait(30)


def test_streams_of_one_operation_share_a_poll_loop(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, polling=fixed(0.1))
    stream = eryph.track(simulator.play(Task("T", Pause(100.0))))
    seen: list[list[AnyEvent]] = [[] for _ in range(10)]
    for events in seen:
        eryph.track(stream.operation_id).subscribe(events.append)  # the stream itself is not kept
    result = stream.wait(30)
    polls = len([request for request in simulator.requests if "operations" in request.path])
    assert polls <= 20
    assert all(events == seen[0] for events in seen)
    assert stream.wait(1) == result
    assert len([request for request in simulator.requests if "operations" in request.path]) == polls


@pytest.mark.single_polls
def test_a_timeout_is_on_time_while_a_request_hangs(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Hang())))
    simulator.faults.hang(path="/operations/", times=99)
    late = []
    for _ in range(3):  # the best of three, because the machine may be busy
        began = time.monotonic()
        with pytest.raises(OperationTimeoutError, match=r"was not seen in 0\.2 s"):
            stream.wait(0.2)
        late.append(time.monotonic() - began - 0.2)
    assert 0.0 <= min(late) < 0.1


@pytest.mark.single_polls
def test_failed_polls_are_visible(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Pause(60.0))))
    events: list[AnyEvent] = []
    for event in stream:
        events.append(event)
        if len(events) == 1:
            for fault in (simulator.faults.html, simulator.faults.truncate, simulator.faults.reset):
                fault(path="/operations/")
    assert [event.attempt for event in events if isinstance(event, PollFailed)] == [1, 2, 3]
    assert [event.failures for event in events if isinstance(event, PollRecovered)] == [3]
    assert isinstance(events[-1], OperationFinished)


@pytest.mark.parametrize("batching", ["never", "always"])
def test_a_reply_nested_100_000_levels_deep_is_a_failed_poll(
    simulator: Simulator, connect_to: Connect, batching: str
) -> None:
    eryph = connect_to(simulator, batching=batching)
    operation_id = simulator.play(Task("T", Pause(60.0)))
    simulator.faults.reply(200, "[" * 100_000, content_type="application/json", path="/v1/operations", times=2)
    events = list(eryph.track(operation_id))
    failed = [event.error for event in events if isinstance(event, PollFailed)]
    assert failed
    assert all("nested too deeply" in str(error) for error in failed)
    assert isinstance(events[-1], OperationFinished)


@pytest.mark.single_polls
def test_a_snapshot_of_another_operation_is_a_failed_poll(
    stopped_clock: Simulator, raw: Raw, connect_to: Connect
) -> None:
    own, other = stopped_clock.play(Task("T")), stopped_clock.play(Task("T"))
    reply = json.dumps(raw.operation(other))
    stopped_clock.faults.reply(200, reply, content_type="application/json", path="/operations/")
    stopped_clock.advance(60.0)
    events = list(connect_to(stopped_clock).track(own))
    [failed] = [event for event in events if isinstance(event, PollFailed)]
    assert f"shows the operation {other} instead of the one that was asked for" in str(failed.error)
    assert {event.operation_id for event in events} == {own}
    assert isinstance(events[-1], OperationFinished)


def test_an_operation_that_never_existed_is_not_found(eryph: Eryph) -> None:
    with pytest.raises(NotFoundError, match="does not exist, or this client may not see it"):
        eryph.track("00000000-0000-4000-8000-000000000001").wait(5)


def test_a_cancelled_operation_ends_as_cancelled(eryph: Eryph) -> None:
    stream = eryph.catlets.create({"name": "web", "parent": COLD})
    for event in stream:
        if isinstance(event, TaskUpdated) and event.task.name == "PrepareGeneCommand" and event.task.progress:
            stream.cancel()
            break
    result = stream.wait(30)
    assert (result.cancelled, result.status_message) == (True, "Cancelled")
    with pytest.raises(OperationCancelledError, match=r"Create catlet web\) was cancelled"):
        result.raise_for_status()
    stream.cancel()  # harmless


def test_disposing_never_cancels(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.catlets.create({"name": "web"})
    subscription = stream.subscribe(lambda event: None)
    subscription.dispose()
    subscription.dispose()
    assert stream.wait(30).succeeded
    assert not [request for request in simulator.requests if request.path.endswith("/cancel")]
