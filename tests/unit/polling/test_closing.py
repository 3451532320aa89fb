"""``Engine.close()``: running streams end with ClosedError, finished ones stay readable."""

from __future__ import annotations

from rxeryph.errors import ClosedError
from rxeryph.polling import Engine
from tests.observing import Spy
from tests.unit.polling.virtual import Lab, done_at, join


def test_running_streams_end_with_closed_error_and_ask_no_more() -> None:
    lab = Lab()
    other = lab.add("other")
    spies = [lab.watch(), lab.watch(), Spy()]
    join(other.history, spies[2])
    lab.run(2.5)
    lab.engine.close()
    lab.engine.close()
    assert [type(spy.error) for spy in spies] == [ClosedError] * 3
    lab.run(60.0)
    assert lab.asked == [0, 1, 2]


def test_a_request_that_waits_for_a_worker_is_not_sent() -> None:
    lab = Lab(is_held=True)
    spy = lab.watch()
    lab.run(1.0)
    assert len(lab.waiting) == 1
    lab.engine.close()
    lab.work()
    assert (lab.asked, spy.events, lab.waiting) == ([], [], [])
    assert isinstance(spy.error, ClosedError)


def test_after_close_nothing_can_be_watched_and_nothing_is_asked() -> None:
    lab = Lab()
    lab.engine.close()
    spy = lab.watch()
    assert isinstance(spy.error, ClosedError)
    assert str(spy.error) == "The connection is closed; open another with rxeryph.connect()."
    lab.run(60.0)
    assert lab.asked == []


def test_a_stream_that_was_left_keeps_its_history_and_ends_closed() -> None:
    lab = Lab()
    first = lab.watch()
    lab.run(1.5)
    first.leave()
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
    spy = lab.watch(lambda event: lab.engine.close())
    lab.run(60.0)
    assert spy.types == ["status"]
    assert isinstance(spy.error, ClosedError)
    assert lab.asked == [0]


def test_close_ends_all_that_is_owned() -> None:
    closed: list[float] = []

    class Owned:
        def close(self, timeout: float = 2.0) -> None:
            closed.append(timeout)

    engine = Engine(Lab().scheduler, lambda task: task(), owned=(Owned(), Owned()))
    engine.close(timeout=2.0)
    engine.close()
    assert len(closed) == 2
    assert sum(closed) <= 2.0
