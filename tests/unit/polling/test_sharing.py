"""One poll loop per operation however many watch it, and everyone gets all events once."""

from __future__ import annotations

from tests.unit.polling.virtual import Lab, failing, ticking


def test_a_late_subscriber_gets_the_whole_history_at_once_and_once() -> None:
    lab = Lab(ticking)
    first = lab.watch()
    lab.run(4.5)
    second = lab.watch()
    assert second.events == first.events
    assert second.times == [4.5] * 6
    lab.run(9.5)
    assert second.events == first.events
    assert len(second.events) == 11


def test_a_reader_may_be_closed_twice() -> None:
    lab = Lab()
    reader = lab.join(lab.watch())
    reader.close()
    reader.close()
    lab.run(3.5)
    assert lab.asked == [0, 1, 2, 3]


def test_a_stream_that_ended_in_an_error_replays_the_error_too() -> None:
    lab = Lab(failing(KeyError("broken"), since=2.0))
    first = lab.watch()
    lab.run(60.0)
    second = lab.watch()
    assert second.events == first.events
    assert second.error is first.error
    assert isinstance(second.error, KeyError)
    assert lab.asked == [0, 1, 2]
