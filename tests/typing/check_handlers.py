"""Checked by mypy and pyright, never executed: handlers, policies and what a stream is."""

from __future__ import annotations

from typing import assert_type

from reactivex import Observable
from reactivex.abc import ObserverBase
from reactivex.testing import TestScheduler

import rxeryph
from rxeryph import operators as ops
from rxeryph.events import (
    AnyEvent,
    Event,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    StatusChanged,
    TaskAdded,
    TrackingFailed,
)
from rxeryph.model import Catlet, LogEntry, Operation, Task
from rxeryph.outcome import FetchedResource
from rxeryph.polling import PollContext, PollingPolicy, fixed


def functions_know_their_event() -> None:
    handlers = rxeryph.EventHandlers()
    handlers.on(LogEntryAdded, lambda event: assert_type(event.entry, LogEntry))
    handlers.on(TaskAdded, lambda event: assert_type(event.task, Task)).on(
        PollFailed, lambda event: assert_type(event.retry_in, float)
    )
    handlers.on(Event, lambda event: assert_type(event.operation_id, str))
    observer: ObserverBase[AnyEvent] = handlers
    del observer
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


def a_chain_keeps_its_types(one: rxeryph.OperationStream, other: rxeryph.OperationStream) -> None:
    statuses = (one.pipe(ops.of_type(StatusChanged)), other.pipe(ops.of_type(StatusChanged)))
    assert_type(ops.merge(*statuses), Observable[StatusChanged | TrackingFailed])
    assert_type(ops.merge(*statuses, fail_fast=True), Observable[StatusChanged])
    narrowed = one.pipe(ops.of_type(LogEntryAdded))
    assert_type(narrowed.map(lambda event: event.entry.message), Observable[str])
    ops.of_type("log_entry")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
