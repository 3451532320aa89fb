"""Checked by mypy and pyright, never executed."""

from __future__ import annotations

from typing import assert_type

from reactivex import Observable

import rxeryph
from rxeryph import operators as ops
from rxeryph.client import ComputeClient
from rxeryph.events import AnyEvent, LogEntryAdded, OperationFinished, StatusChanged, TaskUpdated
from rxeryph.model import ApiVersion, Catlet, Operation, Project


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
