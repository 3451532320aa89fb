"""``Engine.close()``: running streams end with ClosedError, finished ones stay readable."""

from __future__ import annotations

import threading

from rxeryph.errors import ClosedError
from rxeryph.events import AnyEvent
from rxeryph.polling import Engine, PollingSource, asking
from rxeryph.polling.history import Reader
from tests.observing import Spy
from tests.unit.polling.virtual import Lab, done_at, running


def test_running_streams_end_with_closed_error() -> None:
    lab = Lab()
    watchers = [lab.watch(), lab.watch()]
    other = PollingSource("other", asking(lambda stamp: running(0.0), lab.engine), lab.engine, lab.settings)
    lab.run(2.5)
    lab.source, first = other, lab.source
    watchers.append(lab.watch())
    lab.engine.close()
    assert [type(watcher.error) for watcher in watchers] == [ClosedError] * 3
    lab.run(60.0)
    assert lab.asked == [0, 1, 2]
    assert first.history.has_ended


def test_a_request_under_way_delivers_nothing_any_more() -> None:
    lab = Lab(is_held=True)
    watcher = lab.watch()
    lab.run(1.0)
    lab.engine.close()
    lab.work()
    assert watcher.events == []
    assert isinstance(watcher.error, ClosedError)
    assert lab.waiting == []


def test_closing_twice_is_harmless() -> None:
    lab = Lab()
    watcher = lab.watch()
    lab.engine.close()
    lab.engine.close()
    assert isinstance(watcher.error, ClosedError)


def test_after_close_nothing_can_be_watched_and_nothing_is_asked() -> None:
    lab = Lab()
    lab.engine.close()
    watcher = lab.watch()
    assert isinstance(watcher.error, ClosedError)
    lab.run(60.0)
    assert lab.asked == []


def test_a_stream_that_was_left_keeps_its_history_and_ends_closed() -> None:
    lab = Lab()
    lab.watch()
    lab.run(1.5)
    for reader in tuple(lab.source.history.readers):
        reader.close()
    lab.engine.close()
    later = lab.watch()
    assert later.types == ["status"]
    assert isinstance(later.error, ClosedError)


def test_a_finished_stream_stays_readable() -> None:
    lab = Lab(done_at(1.0))
    first = lab.watch()
    lab.run(60.0)
    lab.engine.close()
    later = lab.watch()
    assert later.events == first.events
    assert later.has_seen_the_end


def test_closing_inside_a_handler() -> None:
    lab = Lab()
    watcher = lab.watch(lambda event: lab.engine.close())
    lab.run(60.0)
    assert watcher.types == ["status"]
    assert isinstance(watcher.error, ClosedError)
    assert lab.asked == [0]


def test_close_ends_all_that_is_owned() -> None:
    closed: list[float] = []

    class Owned:
        def close(self, timeout: float = 2.0) -> None:
            closed.append(timeout)

    lab = Lab()
    engine = Engine(lab.scheduler, lab._submit, owned=(Owned(), Owned()))
    engine.close(timeout=2.0)
    engine.close()
    assert len(closed) == 2
    assert sum(closed) <= 2.0


def test_after_close_a_poll_that_was_waiting_for_a_worker_is_not_sent() -> None:
    lab = Lab(is_held=True)
    lab.source.history.join(Reader(lab.source.history, 0))
    lab.run(1.0)
    assert len(lab.waiting) == 1
    lab.engine.close()
    lab.work()
    assert lab.asked == []


def test_close_does_not_wait_for_a_handler_that_hangs() -> None:
    lab = Lab()
    watched = lab.watch()
    lab.run(0.5)
    watched.leave()
    entered, release = threading.Event(), threading.Event()

    def hang(event: AnyEvent) -> None:
        entered.set()
        assert release.wait(30)

    slow = Spy(act=hang)
    thread = threading.Thread(target=lab.join, args=(slow,))
    thread.start()
    assert entered.wait(30)
    lab.engine.close()
    assert slow.errors == []
    release.set()
    thread.join(30)
    assert isinstance(slow.error, ClosedError)
    assert slow.types == ["status"]
