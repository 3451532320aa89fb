"""Checked by mypy and pyright, never executed: streams, handlers, policies, groups and results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

from reactivex import Observable
from reactivex.abc import ObserverBase
from reactivex.testing import TestScheduler

import rxeryph
from rxeryph import operators as ops
from rxeryph.client import ComputeClient
from rxeryph.events import AnyEvent, Event, LogEntryAdded, OperationFinished, PollFailed, StatusChanged, TaskAdded
from rxeryph.model import ApiVersion, Catlet, LogEntry, Operation, Project, Task
from rxeryph.outcome import FetchedResource
from rxeryph.polling import PollContext, PollingPolicy, fixed


def a_handler_knows_its_event(handlers: rxeryph.EventHandlers) -> None:
    def on_log(event: LogEntryAdded) -> None: ...
    def on_status(event: StatusChanged) -> None: ...

    assert_type(handlers.on(LogEntryAdded, on_log).on(StatusChanged, on_status), rxeryph.EventHandlers)
    handlers.on(LogEntryAdded, lambda event: assert_type(event.entry, LogEntry))
    handlers.on(TaskAdded, lambda event: assert_type(event.task, Task)).on(
        PollFailed, lambda event: assert_type(event.retry_in, float)
    )
    handlers.on(Event, lambda event: assert_type(event.operation_id, str))
    observer: ObserverBase[AnyEvent] = handlers
    del observer
    handlers.on(LogEntryAdded, on_status)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    handlers.on(str, print)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType]
    handlers.on("log_entry", print)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_stream_is_an_observable(stream: rxeryph.OperationStream) -> None:
    observable: Observable[AnyEvent] = stream
    assert_type(stream.live, Observable[AnyEvent])
    assert_type(stream.operation, Operation | None)
    assert_type(stream.polling, PollingPolicy)
    stream.subscribe(rxeryph.EventHandlers(), scheduler=TestScheduler())
    stream.wait(timeout=None, observer=rxeryph.EventHandlers())
    stream.wait("soon")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    del observable


async def a_stream_can_be_waited_for_and_iterated(stream: rxeryph.OperationStream) -> None:
    assert_type(stream.wait(), rxeryph.OperationResult)
    assert_type(await stream, rxeryph.OperationResult)
    async for event in stream:
        assert_type(event, AnyEvent)
    for event in stream:
        assert_type(event, AnyEvent)


def a_policy_is_any_function(stream: rxeryph.OperationStream) -> None:
    def hurry(context: PollContext) -> float:
        return 0.1 if context.quiet_polls < 10 else 1.0

    def lazy(context: PollContext) -> str:
        return "soon"

    stream.polling = hurry
    stream.polling = fixed(2.0)
    stream.polling = lazy  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]


def events_are_narrowed(event: AnyEvent) -> None:
    match event:
        case LogEntryAdded(entry=entry):
            assert_type(entry, LogEntry)
        case OperationFinished(result=result):
            assert_type(result, rxeryph.OperationResult)
            assert_type(result.raise_for_status(), rxeryph.OperationResult)
            assert_type(result.catlet, Catlet)
            assert_type(result.fetch_resources(), tuple[FetchedResource, ...])
        case _:
            pass
    event.operation_id = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def groups_differ_in_what_an_operation_becomes(eryph: rxeryph.Eryph, client: ComputeClient) -> None:
    assert_type(eryph.catlets.create({"name": "web"}), rxeryph.OperationStream)
    assert_type(client.catlets.create({"name": "web"}), Operation)
    assert_type(eryph.projects.create("dev"), rxeryph.OperationStream)
    assert_type(client.projects.create("dev"), Operation)
    assert_type(eryph.catlets.get("id"), Catlet)
    assert_type(eryph.projects.list(), tuple[Project, ...])
    assert_type(eryph.version(), ApiVersion)
    assert_type(eryph.track("id"), rxeryph.OperationStream)


def a_group_takes_ids_streams_and_names(eryph: rxeryph.Eryph, stream: rxeryph.OperationStream) -> None:
    named = eryph.track_all({"web": stream, "db": "id"})
    assert_type(named.wait(stalled=60.0), Mapping[str, rxeryph.OperationResult | rxeryph.RxEryphError])
    eryph.track_all([stream, "id", stream.pipe(ops.tag("web"))])
    eryph.track_all([stream.pipe(ops.tag("web")), stream.pipe(ops.tag("db"))])
    eryph.track_all([stream.pipe(ops.progress())])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
