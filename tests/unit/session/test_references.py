"""What keeps a connection and its streams: a subscription does, and nothing else does."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator

import pytest
from reactivex.abc import DisposableBase

from rxeryph import Eryph
from rxeryph.scheduling import timer, workers
from rxeryph.simulator import Log, Pause, Simulator, Task
from rxeryph.testing import connect_to
from tests.observing import Spy

SLOW = Task("SlowCommand", Log("begun"), Pause(600.0), Log("done"))


@pytest.fixture(autouse=True)
def idle_threads_end_soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(timer, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.05)
    yield
    gc.collect()  # the connections that no one closed


def subscribed(simulator: Simulator, spy: Spy) -> tuple[weakref.ref[Eryph], DisposableBase]:
    """A connection that only the subscription of ``spy`` to a running operation keeps."""
    eryph = connect_to(simulator)
    return weakref.ref(eryph), eryph.track(simulator.play(SLOW)).subscribe(spy)


def is_collected(connection: weakref.ref[Eryph]) -> bool:
    deadline = time.monotonic() + 10.0
    while gc.collect() >= 0 and connection() is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    return connection() is None


def test_a_subscription_keeps_its_stream_running_to_the_end_without_another_reference(
    stopped_clock: Simulator,
) -> None:
    spy = Spy()
    connection, _ = subscribed(stopped_clock, spy)
    stopped_clock.advance(10.0)
    gc.collect()
    assert not spy.ended.is_set()
    stopped_clock.advance(700.0)
    assert spy.ended.wait(30)
    assert spy.has_seen_the_end
    spy.events.clear()  # the result can fetch its resources, and so keeps the connection too
    spy.timed.clear()
    assert is_collected(connection)


def test_after_the_last_subscription_nothing_keeps_polling(stopped_clock: Simulator) -> None:
    connection, subscription = subscribed(stopped_clock, Spy())
    subscription.dispose()
    assert is_collected(connection)


def test_a_stream_without_a_subscription_keeps_nothing(stopped_clock: Simulator) -> None:
    eryph = connect_to(stopped_clock)
    stream = eryph.track(stopped_clock.play(SLOW))
    for _ in stream:
        break
    connection = weakref.ref(eryph)
    del eryph, stream
    assert is_collected(connection)
