"""Memory of a tracked operation at rest: 5 tasks, 20 entries, one subscriber, nothing under way."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable

from reactivex.testing import TestScheduler

from rxeryph.model import CancelRequest, Operation
from rxeryph.polling import Engine, PollingSettings, PollingSource, asking
from rxeryph.streams import OperationStream
from rxeryph.wire import SnapshotLoader

from .canned import operation

COUNT = 500
BODY = json.dumps(operation(entries=20)).encode()


def _reader() -> Callable[[str | None], Operation]:
    loader = SnapshotLoader()
    return lambda stamp: loader.load(bytes(bytearray(BODY)))  # a copy, since each reply has bytes of its own


def run() -> list[str]:
    """The lines of the report."""
    scheduler = TestScheduler()
    engine = Engine(scheduler, lambda task: task())
    gc.collect()
    tracemalloc.start()
    streams = []
    for number in range(COUNT):
        source = PollingSource(
            f"op{number}",
            asking(_reader(), engine),
            engine,
            PollingSettings(),
        )
        stream = OperationStream(source, lambda: CancelRequest("op"))
        stream.subscribe(lambda event: None)
        streams.append(stream)
    scheduler.advance_to(3.0)
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    parsed = len(BODY)
    return [
        f"{used / COUNT / 1024:.1f} kB for each of {len(streams)} operations,"
        f" {used / COUNT / parsed:.1f} times the text of its reply"
    ]


if __name__ == "__main__":
    print("\n".join(run()))
