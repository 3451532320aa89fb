"""Checked by mypy and pyright, never executed: the type of every operator, alone, in one pipe and fluently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

from reactivex import Observable
from reactivex import operators as rx

import rxeryph
from rxeryph import operators as ops
from rxeryph.events import (
    AnyEvent,
    Dropped,
    LogEntriesAdded,
    LogEntryAdded,
    LogsSuppressed,
    OperationFinished,
    OperationStalled,
    StatusChanged,
    TaskUpdated,
    TrackingFailed,
)
from rxeryph.model import Operation, OperationStatus
from rxeryph.operators._tasks import OfTask
from rxeryph.operators.outcome import AboutFailure
from rxeryph.operators.select import WithStatus
from rxeryph.tracking import Progress
from rxeryph.tracking.progress import TaskNode


def narrowing(stream: rxeryph.OperationStream) -> None:
    assert_type(stream.pipe(ops.of_type(LogEntryAdded)), Observable[LogEntryAdded])
    assert_type(stream.pipe(ops.of_type(LogEntryAdded, TaskUpdated)), Observable[LogEntryAdded | TaskUpdated])
    assert_type(
        stream.pipe(ops.of_type(LogEntryAdded, TaskUpdated, StatusChanged)),
        Observable[LogEntryAdded | TaskUpdated | StatusChanged],
    )
    stream.pipe(ops.of_type(LogEntryAdded)).subscribe(lambda event: print(event.entry.message))
    ops.of_type("log_entry")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


def selecting(stream: rxeryph.OperationStream, narrowed: Observable[LogEntryAdded]) -> None:
    assert_type(stream.pipe(ops.with_status("failed", OperationStatus.CANCELLED)), Observable[WithStatus])
    assert_type(stream.pipe(ops.for_task("CreateCatlet", subtree=True)), Observable[OfTask])
    assert_type(stream.pipe(ops.errors()), Observable[AboutFailure])
    assert_type(narrowed.pipe(ops.for_task("CreateCatlet")), Observable[OfTask])
    ops.with_status(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ops.for_task("CreateCatlet", True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def throttling(stream: rxeryph.OperationStream, logs: Observable[LogEntryAdded]) -> None:
    assert_type(stream.pipe(ops.throttle_logs(0.5)), Observable[AnyEvent])
    assert_type(logs.pipe(ops.throttle_logs(0.5)), Observable[LogEntryAdded])
    assert_type(stream.pipe(ops.limit_logs(3)), Observable[AnyEvent | LogsSuppressed])
    assert_type(logs.pipe(ops.limit_logs(3)), Observable[LogEntryAdded | LogsSuppressed])
    assert_type(stream.pipe(ops.batch_logs()), Observable[AnyEvent | LogEntriesAdded])
    assert_type(stream.pipe(ops.observe_bounded(100)), Observable[AnyEvent | Dropped])
    assert_type(stream.pipe(ops.stalled(60.0)), Observable[AnyEvent | OperationStalled])
    ops.observe_bounded(100, strategy="block")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def merging(one: rxeryph.OperationStream, other: rxeryph.OperationStream) -> None:
    logs, updates = one.pipe(ops.of_type(LogEntryAdded)), other.pipe(ops.of_type(TaskUpdated))
    assert_type(ops.merge(one, other), Observable[AnyEvent])
    assert_type(ops.merge(one, other, fail_fast=False), Observable[AnyEvent])
    assert_type(ops.merge(logs, logs), Observable[LogEntryAdded | TrackingFailed])
    assert_type(ops.merge(logs, logs, fail_fast=True), Observable[LogEntryAdded])
    both: Observable[LogEntryAdded | TaskUpdated | TrackingFailed] = ops.merge(logs, updates)
    assert_type(both.pipe(ops.of_type(TaskUpdated)), Observable[TaskUpdated])
    assert_type(one.pipe(ops.tag("web")), Observable[tuple[str, AnyEvent]])


def following(eryph: rxeryph.Eryph, stream: rxeryph.OperationStream) -> None:
    def start(result: rxeryph.OperationResult) -> rxeryph.OperationStream:
        return eryph.catlets.start(result.resources[0].resource_id)

    def count(result: rxeryph.OperationResult) -> Observable[int]:
        raise NotImplementedError

    assert_type(stream.pipe(ops.then(start)), Observable[AnyEvent])
    assert_type(stream.pipe(ops.then(start), ops.then(start)), Observable[AnyEvent])
    assert_type(stream.pipe(ops.then(lambda result: start(result)), rx.take(3)), Observable[AnyEvent])
    assert_type(stream.pipe(ops.then(count)), Observable[AnyEvent | int])


def folding(stream: rxeryph.OperationStream, other: rxeryph.OperationStream) -> None:
    assert_type(stream.pipe(ops.progress()), Observable[Progress])
    assert_type(ops.merge(stream, other).pipe(ops.combine_progress()), Observable[Mapping[str, Progress]])
    assert_type(stream.pipe(ops.results()), Observable[rxeryph.OperationResult])
    stream.pipe(ops.progress()).pipe(ops.progress())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def phase(progress: Progress) -> str | None:
    return progress.phase


def in_one_pipe(stream: rxeryph.OperationStream, other: rxeryph.OperationStream) -> None:
    assert_type(ops.merge(stream, other).pipe(ops.of_type(OperationFinished)), Observable[OperationFinished])
    assert_type(stream.pipe(ops.throttle_logs(0.5), ops.limit_logs(3)), Observable[AnyEvent | LogsSuppressed])
    assert_type(stream.pipe(ops.batch_logs(), ops.of_type(LogEntriesAdded)), Observable[LogEntriesAdded])
    assert_type(stream.pipe(ops.require_success(), ops.results()), Observable[rxeryph.OperationResult])
    assert_type(
        stream.pipe(ops.for_task("CreateCatlet"), ops.with_status("failed"), ops.of_type(TaskUpdated)),
        Observable[TaskUpdated],
    )
    assert_type(ops.merge(stream, other).pipe(ops.errors(), ops.of_type(LogEntryAdded)), Observable[LogEntryAdded])
    assert_type(stream.pipe(ops.require_success(), ops.progress(), rx.map(phase)), Observable[str | None])


def fluently(stream: rxeryph.OperationStream) -> None:
    assert_type(stream.pipe(ops.of_type(LogEntryAdded)).map(lambda event: event.entry.message), Observable[str])
    assert_type(stream.pipe(ops.with_status("failed")).map(lambda event: event.operation_id), Observable[str])
    assert_type(stream.pipe(ops.for_task("x")).map(lambda event: event.operation), Observable[Operation])
    assert_type(stream.pipe(ops.errors()).map(lambda event: event.operation_id), Observable[str])
    assert_type(stream.pipe(ops.progress()).map(lambda progress: progress.phase), Observable[str | None])
    assert_type(stream.pipe(ops.results()).map(lambda result: result.succeeded), Observable[bool])
    assert_type(stream.pipe(ops.require_success()).map(lambda event: event.operation_id), Observable[str])
    assert_type(
        stream.pipe(ops.combine_progress()).map(lambda latest: latest["id"].tree), Observable[tuple[TaskNode, ...]]
    )
