"""Checked by mypy and pyright, never executed: operators about logs, combination, flow and back-pressure."""

from __future__ import annotations

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
    TaskUpdated,
    TrackingFailed,
)


def calming(stream: rxeryph.OperationStream, logs: Observable[LogEntryAdded]) -> None:
    assert_type(stream.pipe(ops.throttle_logs(0.5)), Observable[AnyEvent])
    assert_type(logs.pipe(ops.throttle_logs(0.5)), Observable[LogEntryAdded])
    assert_type(stream.pipe(ops.limit_logs(3)), Observable[AnyEvent | LogsSuppressed])
    assert_type(logs.pipe(ops.limit_logs(3)), Observable[LogEntryAdded | LogsSuppressed])
    assert_type(stream.pipe(ops.batch_logs()), Observable[AnyEvent | LogEntriesAdded])
    assert_type(stream.pipe(ops.observe_bounded(100)), Observable[AnyEvent | Dropped])
    assert_type(stream.pipe(ops.throttle_logs(0.5), ops.limit_logs(3)), Observable[AnyEvent | LogsSuppressed])
    assert_type(stream.pipe(ops.batch_logs(), ops.of_type(LogEntriesAdded)), Observable[LogEntriesAdded])
    ops.observe_bounded(100, strategy="block")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def merging(one: rxeryph.OperationStream, other: rxeryph.OperationStream) -> None:
    logs, updates = one.pipe(ops.of_type(LogEntryAdded)), other.pipe(ops.of_type(TaskUpdated))
    assert_type(ops.merge(logs, logs), Observable[LogEntryAdded | TrackingFailed])
    assert_type(ops.merge(logs, logs, fail_fast=True), Observable[LogEntryAdded])
    both: Observable[LogEntryAdded | TaskUpdated | TrackingFailed] = ops.merge(logs, updates)
    assert_type(both.pipe(ops.of_type(TaskUpdated)), Observable[TaskUpdated])
    assert_type(ops.merge(one, other, fail_fast=False), Observable[AnyEvent])
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
    assert_type(stream.pipe(ops.then(start)).pipe(ops.of_type(LogEntryAdded)), Observable[LogEntryAdded])
