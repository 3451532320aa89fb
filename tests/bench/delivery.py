"""What it costs to bring an event to its subscribers, against reactivex's own means."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import reactivex
from reactivex import Observable
from reactivex import operators as rx
from reactivex.subject import ReplaySubject, Subject
from reactivex.testing import TestScheduler

from rxeryph import operators as ops
from rxeryph.events import AnyEvent, LogEntryAdded, StatusChanged
from rxeryph.model import LogEntry, Operation, OperationStatus
from rxeryph.polling import Engine, PollingSettings, PollingSource, SourceGroup, asking
from rxeryph.polling.history import History
from rxeryph.streams import EventStream

EVENTS = 10_000
OPERATION = Operation("op", OperationStatus.RUNNING)
EVENT = LogEntryAdded("op", OPERATION, LogEntry("l", "t", "line", 0))
STATUS = StatusChanged("op", OPERATION, OperationStatus.RUNNING)
Emit = Callable[[AnyEvent], object]


def _nothing(event: object) -> None:
    pass


def _best(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(9))


def _emitting(emit: Emit, count: int = EVENTS, event: AnyEvent = EVENT) -> float:
    """Seconds for each of ``count`` events."""
    began = time.process_time()
    for _ in range(count):
        emit(event)
    return (time.process_time() - began) / count


def _history() -> tuple[Observable[AnyEvent], Emit]:
    history = History(lambda: None)
    return EventStream(history, None), lambda event: history.append((event,))


def _replay_subject() -> tuple[Observable[AnyEvent], Emit]:
    subject: ReplaySubject[AnyEvent] = ReplaySubject()
    return subject, subject.on_next


def _live(make: Callable[[], tuple[Observable[AnyEvent], Emit]], subscribers: int) -> float:
    stream, emit = make()
    for _ in range(subscribers):
        stream.subscribe(_nothing)
    return _emitting(emit, 2000)


def _late(make: Callable[[], tuple[Observable[AnyEvent], Emit]]) -> float:
    stream, emit = make()
    _emitting(emit)
    began = time.process_time()
    stream.subscribe(_nothing)
    return time.process_time() - began


def _through(*operators: Callable[[Observable[AnyEvent]], Observable[AnyEvent]], event: AnyEvent = EVENT) -> float:
    subject: Subject[AnyEvent] = Subject()
    stream: Observable[AnyEvent] = subject
    for operator in operators:
        stream = operator(stream)
    stream.subscribe(_nothing)
    return _emitting(subject.on_next, event=event)


def _sources(count: int) -> list[PollingSource]:
    engine = Engine(TestScheduler(), lambda task: task())
    settings = PollingSettings()
    return [
        PollingSource(f"op{number}", asking(lambda stamp: OPERATION, engine), engine, settings)
        for number in range(count)
    ]


def _round_robin(sources: list[PollingSource], news: int) -> float:
    """Seconds for each event when every poll brings ``news`` of them."""
    events = (EVENT,) * news
    began = time.process_time()
    for number in range(EVENTS // news):
        sources[number % len(sources)].history.append(events)
    return (time.process_time() - began) / EVENTS


def _merged(count: int, news: int) -> float:
    sources = _sources(count)
    reactivex.merge(*(EventStream(source.history, None) for source in sources)).subscribe(_nothing)
    return _round_robin(sources, news)


def _grouped(count: int, news: int) -> float:
    sources = _sources(count)
    EventStream(SourceGroup(sources).history, None).subscribe(_nothing)
    return _round_robin(sources, news)


def run() -> list[str]:
    """The lines of the report."""
    lines = []
    for subscribers in (1, 10):
        ours = _best(lambda n=subscribers: _live(_history, n))  # type: ignore[misc]
        theirs = _best(lambda n=subscribers: _live(_replay_subject, n))  # type: ignore[misc]
        lines.append(
            f"to {subscribers:>2} subscribers: {ours * 1e6:6.2f} us per event, ReplaySubject {theirs * 1e6:7.2f} us,"
            f" {theirs / ours:.0f} times as fast"
        )
    ours, theirs = _best(lambda: _late(_history)), _best(lambda: _late(_replay_subject))
    lines.append(
        f"a late subscriber over {EVENTS} events: {ours * 1e3:.1f} ms, ReplaySubject {theirs * 1e3:.1f} ms,"
        f" {theirs / ours:.0f} times as fast"
    )
    chains: dict[str, tuple[Any, AnyEvent]] = {  # an operator, and an event that it lets pass
        "map": (rx.map(lambda event: event), EVENT),
        "of_type": (ops.of_type(LogEntryAdded), EVENT),
        "with_status": (ops.with_status("Running"), STATUS),
        "require_success": (ops.require_success(), EVENT),
    }
    none, costs = 1.0, dict.fromkeys(chains, 1.0)
    for _ in range(9):  # by turns, so that all meet the machine in the same moods
        none = min(none, _through())
        for name, (operator, event) in chains.items():
            costs[name] = min(costs[name], _through(*[operator] * 5, event=event))
    for name, cost in costs.items():
        lines.append(
            f"5 times {name} adds {(cost - none) * 1e6:.2f} us per event,"
            f" {(cost - none) / (costs['map'] - none):.2f} of 5 maps"
        )
    for news in (1, 2, 3):
        merged = grouped = 1.0
        for _ in range(20):
            merged, grouped = min(merged, _merged(10, news)), min(grouped, _grouped(1000, news))
        lines.append(
            f"track_all of 1000 operations, {news} at a time: {grouped * 1e6:.2f} us per event,"
            f" {grouped / merged:.2f} of reactivex.merge of 10 streams"
        )
    return lines


if __name__ == "__main__":
    print("\n".join(run()))
