"""A list shows that two operations changed: a slow subscriber of one does not hold up those of the other."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from reactivex import Observer

from rxeryph.events import AnyEvent
from rxeryph.model import Operation
from rxeryph.polling import Batcher, Batching, Chooser, Listing, PollingSettings, PollingSource, threaded_engine
from rxeryph.polling.history import PushReader
from tests.unit.samples import operation


class Shown:
    """Reads an operation from a list."""

    date = None

    def fetch(self, log_time_stamp: str | None) -> Operation:
        raise AssertionError("the list shows it")

    def load(self, text: bytes, entries: Sequence[object] | None = None) -> Operation:
        return operation(id=text.decode())


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_a_slow_subscriber_delays_its_own_operation_only(workers: int) -> None:
    engine = threaded_engine(workers)
    batcher = Batcher(lambda stamp: Listing({"a": b"a", "b": b"b"}), engine, Chooser(Batching.ALWAYS, workers))
    release, heard = threading.Event(), threading.Event()

    def wait(event: AnyEvent) -> None:
        release.wait(30)

    def hear(event: AnyEvent) -> None:
        heard.set()

    try:
        for name, handle in {"a": wait, "b": hear}.items():
            source = PollingSource(name, batcher.member(name, Shown()), engine, PollingSettings())
            source.history.join(PushReader(source.history, 0, Observer(handle)))
        assert heard.wait(10)
    finally:
        release.set()
        engine.close()
