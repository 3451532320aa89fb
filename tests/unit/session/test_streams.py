"""Streams of a real connection: shared loops, waiting, cancelling, leaving."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest
from reactivex import Observer

from rxeryph import Eryph, EventHandlers, OperationResult, OperationStream
from rxeryph import operators as ops
from rxeryph.errors import (
    MissingResultError,
    NotFoundError,
    OperationCancelledError,
    OperationFailedError,
    OperationTimeoutError,
    OperationVanishedError,
)
from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished, PollFailed, PollRecovered, TaskUpdated
from rxeryph.model import OperationStatus
from rxeryph.polling import fixed
from rxeryph.simulator import Hang, Log, Pause, Simulator, Task

Connect = Callable[..., Eryph]


def by_subscribing(stream: OperationStream) -> tuple[list[AnyEvent], OperationResult]:
    events: list[AnyEvent] = []
    errors: list[Exception] = []
    done = threading.Event()

    def fail(error: Exception) -> None:
        errors.append(error)
        done.set()

    stream.subscribe(events.append, fail, done.set)
    assert done.wait(30)
    if errors:
        raise errors[0]
    assert isinstance(events[-1], OperationFinished)
    return events, events[-1].result


def by_waiting(stream: OperationStream) -> tuple[list[AnyEvent], OperationResult]:
    events: list[AnyEvent] = []
    result = stream.wait(30, Observer(events.append))
    return events, result


def by_iterating(stream: OperationStream) -> tuple[list[AnyEvent], OperationResult]:
    return list(stream), stream.wait(1)


def by_asyncio(stream: OperationStream) -> tuple[list[AnyEvent], OperationResult]:
    async def main() -> tuple[list[AnyEvent], OperationResult]:
        return [event async for event in stream], await stream

    return asyncio.run(main())


CONSUMERS = [by_subscribing, by_waiting, by_iterating, by_asyncio]
Consume = Callable[[OperationStream], tuple[list[AnyEvent], OperationResult]]


@pytest.mark.parametrize("consume", CONSUMERS)
def test_the_whole_story_by_every_way_of_watching(eryph: Eryph, consume: Consume) -> None:
    events, result = consume(eryph.catlets.create({"name": "web", "parent": "dbosoft/ubuntu-24.04/20250101"}))
    assert result.succeeded
    assert sum(isinstance(event, OperationFinished) for event in events) == 1
    entries = [event.entry for event in events if isinstance(event, LogEntryAdded)]
    assert len({entry.id for entry in entries}) == len(entries)
    assert set(entries) == set(result.log_entries)
    assert any(isinstance(event, TaskUpdated) and 0 < event.task.progress < 100 for event in events)
    assert result.catlet.name == "web"
    assert result.project.name == "default"
    assert [item.value for item in result.fetch_resources()] == [result.catlet]


@pytest.mark.eryph(settle=1.0)
@pytest.mark.parametrize("consume", CONSUMERS)
def test_late_entries_are_part_of_the_story(simulator: Simulator, eryph: Eryph, consume: Consume) -> None:
    late = Task("T", Log("early"), Log("late", late=30.0), Log("out of order", late=60.0, stamped_before=50.0))
    _, result = consume(eryph.track(simulator.play(late)))
    assert [entry.message for entry in result.log_entries] == ["early", "out of order", "late"]


@pytest.mark.parametrize("consume", CONSUMERS)
def test_a_failed_operation_is_a_result_not_an_error(eryph: Eryph, consume: Consume) -> None:
    _, result = consume(eryph.catlets.create({"name": "bad", "parent": "acme/missing/1.0"}))
    assert (result.failed, result.succeeded) == (True, False)
    assert result.failure is not None
    assert result.failure.task is not None
    assert result.failure.task.title == "Build catlet specification"
    assert [task.title for task in result.failure.ancestors] == ["BuildCatletSpecification", "Create catlet bad"]
    with pytest.raises(OperationFailedError, match=r"acme/missing/1\.0 is not available"):
        result.raise_for_status()
    with pytest.raises(MissingResultError, match="touched no catlet"):
        _ = result.catlet


@pytest.mark.parametrize("consume", CONSUMERS)
def test_an_operation_that_vanishes_is_an_error(simulator: Simulator, eryph: Eryph, consume: Consume) -> None:
    operation_id = simulator.play(Task("T", Hang()))
    stream = eryph.track(operation_id)
    stream.pipe(ops.of_type(OperationFinished)).subscribe(lambda event: None, lambda error: None)
    while stream.operation is None:
        time.sleep(0.01)
    simulator.forget(operation_id)
    with pytest.raises(OperationVanishedError):
        consume(stream)


def test_one_loop_for_all_who_watch(simulator: Simulator, connect_to: Connect) -> None:
    eryph = connect_to(simulator, polling=fixed(0.1))
    stream = eryph.track(simulator.play(Task("T", Pause(100.0))))
    seen: list[list[AnyEvent]] = [[] for _ in range(10)]
    for events in seen:
        eryph.track(stream.operation_id).subscribe(events.append)  # nobody keeps these streams
    result = stream.wait(30)
    polls = len([request for request in simulator.requests if "operations" in request.path])
    assert polls <= 20
    assert all(events == seen[0] for events in seen)
    assert stream.wait(1) == result
    assert list(stream)[-1] == seen[0][-1]
    assert len([request for request in simulator.requests if "operations" in request.path]) == polls


def test_coming_back_continues_from_the_kept_position(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Log("one"), Log("two", seconds=200.0))))
    for event in stream:
        if isinstance(event, LogEntryAdded):
            break
    before = len(simulator.requests)
    second = [event.entry.message for event in stream if isinstance(event, LogEntryAdded)]
    assert second == ["one", "two"]
    assert all("2018-01-01" not in request.query for request in simulator.requests[before:])


def test_live_is_the_stream_without_its_history(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Log("one"), Log("two", seconds=100.0))))
    live: list[str] = []
    for event in stream:
        if isinstance(event, LogEntryAdded) and event.entry.message == "one":
            stream.live.pipe(ops.of_type(LogEntryAdded)).subscribe(lambda entry: live.append(entry.entry.message))
    assert live == ["two"]


def lateness(wait: Callable[[], object], timeout: float) -> float:
    """How much later than ``timeout`` seconds it timed out; the best of three, because the machine may be busy."""
    late = []
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(OperationTimeoutError):
            wait()
        late.append(time.monotonic() - began - timeout)
    assert min(late) >= 0.0
    return min(late)


def test_a_timeout_tells_the_state_and_leaves_the_stream_usable(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Log("one"), Pause(600.0), Log("two"))))
    seen: list[AnyEvent] = []
    observer = Observer(seen.append)
    for event in stream:  # until it has been seen to run, however busy the machine is
        if isinstance(event, LogEntryAdded):
            break
    with pytest.raises(OperationTimeoutError, match=r"is Running after waiting 0\.1 s; it keeps running") as caught:
        stream.wait(0.1, observer)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.operation is not None
    assert caught.value.operation.status == OperationStatus.RUNNING
    assert lateness(lambda: stream.wait(0.1, observer), 0.1) < 0.1
    assert stream.wait(30, observer).succeeded
    assert seen == list(stream)


def test_a_timeout_comes_in_time_while_a_request_hangs(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Hang())))
    simulator.faults.hang(path="/operations/", times=99)
    with pytest.raises(OperationTimeoutError, match=r"was not seen in 0\.2 s"):
        stream.wait(0.2)
    assert lateness(lambda: stream.wait(0.2), 0.2) < 0.1


def test_silence_is_visible(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Pause(60.0))))
    faulty = iter([simulator.faults.html, simulator.faults.truncate, simulator.faults.reset])
    events: list[AnyEvent] = []
    for event in stream:
        events.append(event)
        if len(events) == 1:
            for fault in faulty:
                fault(path="/operations/")
    failed = [event for event in events if isinstance(event, PollFailed)]
    recovered = [event for event in events if isinstance(event, PollRecovered)]
    assert [event.attempt for event in failed] == [1, 2, 3]
    assert [event.failures for event in recovered] == [3]
    assert isinstance(events[-1], OperationFinished)


def test_what_never_existed_is_not_found(eryph: Eryph) -> None:
    with pytest.raises(NotFoundError, match="does not exist, or this client may not see it"):
        eryph.track("00000000-0000-4000-8000-000000000001").wait(5)


def test_cancelling_ends_as_cancelled(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.catlets.create({"name": "web", "parent": "dbosoft/ubuntu-24.04/20250101"})
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


def test_an_idle_stream_leaves_no_poll_behind(simulator: Simulator, eryph: Eryph) -> None:
    stream = eryph.track(simulator.play(Task("T", Hang())))
    seen = threading.Event()
    subscription = stream.subscribe(lambda event: seen.set())
    assert seen.wait(5)
    subscription.dispose()
    time.sleep(0.1)
    polls = len(simulator.requests)
    time.sleep(0.2)
    assert len(simulator.requests) == polls


def test_waiting_inside_a_handler_is_refused(eryph: Eryph) -> None:
    stream = eryph.catlets.create({"name": "web"})
    errors: list[Exception] = []

    def handler(event: AnyEvent) -> None:
        stream.wait(1)

    stream.subscribe(handler, errors.append)
    assert stream.wait(30).succeeded
    assert "would wait for itself" in str(errors[0])


def test_handlers_run_on_workers_never_on_the_timer(eryph: Eryph) -> None:
    names: set[str] = set()
    live = EventHandlers().on(TaskUpdated, lambda event: names.add(threading.current_thread().name))
    stream = eryph.catlets.create({"name": "web"})
    stream.subscribe(live)
    stream.wait(30)
    assert names
    assert all(name.startswith("rxeryph-worker-") for name in names)


def test_threads_are_few_whatever_the_number_of_operations(simulator: Simulator, connect_to: Connect) -> None:
    before = threading.active_count()
    eryph = connect_to(simulator, workers=3)
    streams = [eryph.track(simulator.play(Task("T", Pause(100.0)))) for _ in range(50)]
    most = 0

    def count(event: AnyEvent) -> None:
        nonlocal most
        most = max(most, threading.active_count())

    done = threading.Event()
    ops.merge(*streams).subscribe(count, on_completed=done.set)
    assert done.wait(30)
    assert most - before <= 3 + 1


def test_a_merge_survives_the_failure_of_a_member(eryph: Eryph) -> None:
    good, bad = eryph.catlets.create({"name": "good"}), eryph.catlets.create({"name": "bad", "parent": "acme/x/1"})
    finished: list[OperationStatus] = []
    done = threading.Event()
    ops.merge(good, bad).pipe(ops.of_type(OperationFinished)).subscribe(
        lambda event: finished.append(event.result.status), on_completed=done.set
    )
    assert done.wait(30)
    assert sorted(status.value for status in finished) == ["Completed", "Failed"]
