"""Ten thousand polls of a hundred operations in virtual time: wall seconds, against the bare tracker."""

from __future__ import annotations

import time
from collections.abc import Callable

from reactivex import Observer
from reactivex.testing import TestScheduler

from rxeryph.events import AnyEvent
from rxeryph.model import LogEntry, Operation, OperationStatus
from rxeryph.polling import Engine, PollingSettings, PollingSource, asking, fixed
from rxeryph.polling.history import PushReader
from rxeryph.tracking import NOTHING_KNOWN, observe

OPERATIONS, POLLS = 100, 100


def _in_turn(snapshots: list[Operation]) -> Callable[[str | None], Operation]:
    story = iter(snapshots)
    return lambda stamp: next(story)


def run() -> list[str]:
    """The lines of the report."""
    snapshots = [
        Operation(
            "op",
            OperationStatus.RUNNING,
            log_entries=tuple(LogEntry(f"l{entry}", "t", "line", entry) for entry in range(poll // 10)),
        )
        for poll in range(POLLS)
    ]
    began = time.perf_counter()
    for _ in range(OPERATIONS):
        known = NOTHING_KNOWN
        for snapshot in snapshots:
            known, _ = observe(known, snapshot)
    bare = time.perf_counter() - began

    scheduler = TestScheduler()
    engine = Engine(scheduler, lambda task: task(), random=lambda: 0.5)
    seen: list[AnyEvent] = []
    began = time.perf_counter()
    for _ in range(OPERATIONS):
        source = PollingSource("op", asking(_in_turn(snapshots), engine), engine, PollingSettings(policy=fixed(1.0)))
        source.history.join(PushReader(source.history, 0, Observer(seen.append)))
    scheduler.advance_to(POLLS - 0.5)
    wall = time.perf_counter() - began
    return [
        f"{OPERATIONS * POLLS} polls of {OPERATIONS} operations: {wall:.2f} s of wall time, {len(seen)} events,"
        f" {wall / bare:.1f} times the bare tracker"
    ]


if __name__ == "__main__":
    print("\n".join(run()))
