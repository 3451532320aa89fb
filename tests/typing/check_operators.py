"""Checked by mypy and pyright, never executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

from reactivex import Observable
from reactivex import operators as rx

import rxeryph
from rxeryph import operators as ops
from rxeryph.client import ComputeClient
from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished, StatusChanged, TaskUpdated
from rxeryph.model import ApiVersion, Catlet, Operation, OperationStatus, Project
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


def combining(one: rxeryph.OperationStream, other: rxeryph.OperationStream) -> None:
    assert_type(ops.merge(one, other), Observable[AnyEvent])
    assert_type(ops.merge(one, other).pipe(ops.of_type(OperationFinished)), Observable[OperationFinished])
    required: Observable[AnyEvent] = one.pipe(ops.require_success())
    assert_type(required.pipe(ops.of_type(TaskUpdated)), Observable[TaskUpdated])


def selecting(stream: rxeryph.OperationStream, narrowed: Observable[LogEntryAdded]) -> None:
    assert_type(stream.pipe(ops.with_status("failed", OperationStatus.CANCELLED)), Observable[WithStatus])
    assert_type(stream.pipe(ops.for_task("CreateCatlet", subtree=True)), Observable[OfTask])
    assert_type(stream.pipe(ops.errors()), Observable[AboutFailure])
    assert_type(narrowed.pipe(ops.for_task("CreateCatlet")), Observable[OfTask])
    ops.with_status(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ops.for_task("CreateCatlet", True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def folding(stream: rxeryph.OperationStream, other: rxeryph.OperationStream) -> None:
    assert_type(stream.pipe(ops.progress()), Observable[Progress])
    assert_type(ops.merge(stream, other).pipe(ops.combine_progress()), Observable[Mapping[str, Progress]])
    assert_type(stream.pipe(ops.results()), Observable[rxeryph.OperationResult])
    stream.pipe(ops.progress()).pipe(ops.progress())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def phase(progress: Progress) -> str | None:
    return progress.phase


def in_one_pipe(stream: rxeryph.OperationStream, other: rxeryph.OperationStream) -> None:
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


def groups(eryph: rxeryph.Eryph, client: ComputeClient) -> None:
    assert_type(eryph.catlets.create({"name": "web"}), rxeryph.OperationStream)
    assert_type(client.catlets.create({"name": "web"}), Operation)
    assert_type(eryph.projects.create("dev"), rxeryph.OperationStream)
    assert_type(client.projects.create("dev"), Operation)
    assert_type(eryph.catlets.get("id"), Catlet)
    assert_type(eryph.projects.list(), tuple[Project, ...])
    assert_type(eryph.version(), ApiVersion)
    assert_type(eryph.track("id"), rxeryph.OperationStream)


async def consuming(stream: rxeryph.OperationStream) -> None:
    assert_type(stream.wait(), rxeryph.OperationResult)
    assert_type(await stream, rxeryph.OperationResult)
    async for event in stream:
        assert_type(event, AnyEvent)
    for event in stream:
        assert_type(event, AnyEvent)


def handlers(show: rxeryph.EventHandlers) -> None:
    def on_log(event: LogEntryAdded) -> None: ...
    def on_status(event: StatusChanged) -> None: ...

    assert_type(show.on(LogEntryAdded, on_log).on(StatusChanged, on_status), rxeryph.EventHandlers)
    show.on(LogEntryAdded, on_status)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
