"""One poll loop per operation however many watch it, and everyone gets all events once."""

from __future__ import annotations

from tests.unit.polling.virtual import Lab, failing, ticking
from tests.unit.samples import NO_ROUTE


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


def test_coming_back_continues_from_the_kept_position() -> None:
    lab = Lab(ticking)
    first = lab.watch()
    lab.run(4.5)
    first.leave()
    lab.run(7.0)
    second = lab.watch()
    lab.run(8.5)
    assert lab.asked == [0, 1, 2, 3, 4, 7, 8]
    assert lab.stamps[4] == "2026-05-28T20:26:38.0000000Z"
    assert lab.stamps[5] == "2026-05-28T20:26:39.0000000Z"
    assert second.types == ["status"] + ["log_entry"] * 9
    assert second.events[:6] == first.events


def test_subscribers_that_come_and_leave_often_keep_one_loop() -> None:
    lab = Lab()
    for at in range(20):
        spy = lab.watch()
        lab.run(at * 0.3 + 0.1)
        spy.leave()
    lab.watch()
    before = len(lab.asked)
    lab.run(lab.now + 10.0)
    assert len(lab.asked) - before in (10, 11)


def test_a_stream_that_ended_in_an_error_replays_the_error_too() -> None:
    lab = Lab(failing(KeyError("broken"), since=2.0))
    first = lab.watch()
    lab.run(60.0)
    second = lab.watch()
    assert second.events == first.events
    assert second.error is first.error
    assert isinstance(second.error, KeyError)
    assert lab.asked == [0, 1, 2]


def test_silence_while_no_one_watched_does_not_count() -> None:
    lab = Lab(failing(NO_ROUTE, 1000.0, 1002.0))
    first = lab.watch()
    lab.run(1.5)
    first.leave()
    lab.run(1000.0)
    second = lab.watch()
    lab.run(1010.0)
    assert second.errors == []
    (recovered,) = [event for event in second.events if event.type == "poll_recovered"]
    assert recovered.silent_for < 5.0
