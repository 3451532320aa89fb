"""Recordings in a file of a test."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import reactivex
from reactivex import Observable
from reactivex import operators as rx
from reactivex.testing import ReactiveTest, TestScheduler

from rxeryph.bridges.recording import record
from rxeryph.bridges.replaying import replay
from rxeryph.events import OperationFinished
from rxeryph.outcome import OperationResult
from tests.observing import Spy
from tests.unit.samples import EVENTS, FULL, OPERATOR_EVENTS

PLAIN = replace(FULL, result=None)
"""A snapshot without a secret."""


def _plain(event: Any) -> Any:
    if isinstance(event, OperationFinished):
        event = replace(event, result=OperationResult(PLAIN))
    return replace(event, operation=PLAIN) if getattr(event, "operation", None) else event


PLAIN_EVENTS: tuple[Any, ...] = tuple(_plain(event) for event in (*EVENTS, *OPERATOR_EVENTS))
"""One of every event, none with a secret in it."""


def watched(observable: Observable[Any]) -> Spy:
    spy = Spy()
    spy.subscription = observable.subscribe(spy)
    return spy


def recorded(path: Path, events: Iterable[Any], end: Exception | None = None) -> Spy:
    """Record ``events`` and their end, all at once."""
    source: Observable[Any] = reactivex.from_iterable(events)
    if end is not None:
        source = source.pipe(rx.concat(reactivex.throw(end)))
    return watched(source.pipe(record(path)))


def record_slowly(path: Path, *steps: tuple[float, Any]) -> None:
    """Record (second, event) in virtual time. The stream completes with the last one."""
    clock = TestScheduler()
    messages: list[Any] = [ReactiveTest.on_next(at, event) for at, event in steps]  # type: ignore[arg-type]
    source = clock.create_cold_observable(*messages, ReactiveTest.on_completed(steps[-1][0]))  # type: ignore[arg-type]
    clock.start(lambda: source.pipe(record(path)))


def replayed(path: Path) -> Spy:
    """The whole replay, all at once."""
    return watched(replay(path, speed=float("inf")))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
