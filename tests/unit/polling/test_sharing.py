"""One poll loop per operation however many watch it, and everyone gets all events once."""

from __future__ import annotations

from tests.unit.polling.virtual import Lab, done_at, failing, ticking
from tests.unit.samples import NO_ROUTE


def test_a_second_subscriber_shares_the_loop() -> None:
    lab = Lab(done_at(5.0))
    first = lab.watch()
    lab.run(2.5)
    second = lab.watch()
    lab.run(60.0)
    assert lab.asked == [0, 1, 2, 3, 4, 5, 6]
    assert second.events == first.events
    assert first.has_seen_the_end
    assert second.has_seen_the_end


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


def test_a_subscriber_from_a_later_position_gets_only_what_is_new() -> None:
    lab = Lab(ticking)
    first = lab.watch()
    lab.run(4.5)
    live = lab.watch(position=len(lab.source.history.events))
    assert live.events == []
    lab.run(6.5)
    assert live.events == first.events[-2:]


def test_the_last_one_to_leave_stops_the_polling() -> None:
    lab = Lab()
    first, second = lab.watch(), lab.watch()
    lab.run(2.5)
    first.leave()
    lab.run(4.5)
    second.leave()
    lab.run(60.0)
    assert lab.asked == [0, 1, 2, 3, 4]


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


def test_a_finished_stream_replays_without_a_request() -> None:
    lab = Lab(done_at(2.0))
    first = lab.watch()
    lab.run(60.0)
    asked = len(lab.asked)
    second = lab.watch()
    assert second.events == first.events
    assert second.has_seen_the_end
    lab.run(120.0)
    assert len(lab.asked) == asked
    assert not lab.source.history.is_watched


def test_a_stream_that_ended_in_an_error_replays_the_error_too() -> None:
    lab = Lab(failing(KeyError("broken"), since=2.0))
    first = lab.watch()
    lab.run(60.0)
    second = lab.watch()
    assert second.events == first.events
    assert second.error is first.error
    assert isinstance(second.error, KeyError)
    assert lab.asked == [0, 1, 2]


def test_polls_of_one_operation_never_overlap() -> None:
    lab = Lab(is_held=True)
    spy = lab.watch()
    for until in range(1, 50):
        lab.run(float(until))
        if until % 7 == 0:
            spy.leave()
            spy = lab.watch()
        assert len(lab.waiting) == 1


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


def test_failures_before_a_pause_still_count_and_are_recovered_from() -> None:
    lab = Lab(failing(NO_ROUTE, until=50.0))
    first = lab.watch()
    lab.run(1.0)
    first.leave()
    lab.run(100.0)
    second = lab.watch()
    lab.run(101.5)
    assert second.types == ["poll_failed", "poll_failed", "poll_recovered", "status"]
    assert second.events[2].failures == 2
