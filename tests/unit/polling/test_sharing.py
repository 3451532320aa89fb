"""One poll loop per operation, whoever watches; everybody sees the whole story once."""

from __future__ import annotations

from rxeryph.errors import TransportError
from rxeryph.model import Operation
from tests.observing import Spy
from tests.unit.polling.virtual import RUNNING, Lab, done_at
from tests.unit.samples import NO_ROUTE, entry, operation


def growing(now: float) -> Operation:
    """One more entry every second; only those of the last three are shown."""
    return operation(entries=tuple(entry(f"l{at:02}", at) for at in range(max(0, int(now) - 2), int(now) + 1)))


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


def test_a_late_subscriber_sees_the_whole_history_at_once_and_once() -> None:
    lab = Lab(growing)
    first = lab.watch()
    lab.run(4.5)
    second = lab.watch()
    assert second.events == first.events
    assert second.times == [4.5] * 6
    lab.run(9.5)
    assert second.events == first.events
    assert len(second.events) == 11


def test_a_subscriber_from_a_later_position_sees_only_what_is_new() -> None:
    lab = Lab(growing)
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


def test_leaving_twice_is_harmless() -> None:
    lab = Lab()
    first, second = lab.watch(), lab.watch()
    first.leave()
    first.leave()
    lab.run(3.5)
    assert lab.asked == [0, 1, 2, 3]
    assert second.types == ["status"]


def test_coming_back_continues_from_the_kept_cursor() -> None:
    lab = Lab(growing)
    first = lab.watch()
    lab.run(4.5)
    first.leave()
    lab.run(7.0)
    second = lab.watch()
    lab.run(8.5)
    assert lab.asked == [0, 1, 2, 3, 4, 7, 8]
    assert lab.stamps[4] == "2026-05-28T20:26:38.0000000Z"
    assert lab.stamps[5] == "2026-05-28T20:26:39.0000000Z"
    assert [event.to_dict()["type"] for event in second.events] == ["status"] + ["log_entry"] * 9
    assert second.events[:6] == first.events


def test_many_comings_and_goings_keep_one_loop() -> None:
    lab = Lab()
    for at in range(20):
        watcher = lab.watch()
        lab.run(at * 0.3 + 0.1)
        watcher.leave()
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
    def answer(now: float) -> Operation:
        if now >= 2:
            raise KeyError("broken")
        return RUNNING

    lab = Lab(answer)
    first = lab.watch()
    lab.run(60.0)
    second = lab.watch()
    assert second.events == first.events
    assert second.error is first.error
    assert isinstance(second.error, KeyError)
    assert lab.asked == [0, 1, 2]


def test_an_answer_nobody_waits_for_is_dropped() -> None:
    lab = Lab(is_held=True)
    watcher = lab.watch()
    lab.run(1.0)
    watcher.leave()
    lab.work()
    assert watcher.events == []
    assert lab.source.operation is None


def test_coming_back_while_a_poll_is_under_way_asks_once() -> None:
    lab = Lab(is_held=True)
    lab.watch().leave()
    watcher = lab.watch()
    lab.run(1.0)
    watcher.leave()
    watcher = lab.watch()
    lab.run(2.0)
    assert len(lab.waiting) == 1
    lab.work()
    assert watcher.types == ["status"]
    lab.run(3.0)
    assert len(lab.waiting) == 1


def test_leaving_and_coming_back_while_the_server_answers_misses_nothing() -> None:
    lab = Lab()
    first = lab.watch()
    second: list[Spy] = []

    def answer(now: float) -> Operation:
        if not second:
            first.leave()
            second.append(lab.watch())
        return done_at(2.0)(now)

    lab.answer = answer
    lab.run(60.0)
    assert first.events == []
    assert second[0].types == ["status", "status", "finished"]
    assert lab.asked == [0, 1, 2, 3]


def test_leaving_while_the_server_answers_and_coming_back_later_starts_again() -> None:
    lab = Lab()
    first = lab.watch()

    def answer(now: float) -> Operation:
        first.leave()
        return RUNNING

    lab.answer = answer
    lab.run(10.0)
    assert (first.events, lab.asked) == ([], [0])
    second = lab.watch()
    lab.run(11.5)
    assert (second.types, lab.asked) == (["status"], [0, 10, 11])


def test_polls_of_one_operation_never_overlap() -> None:
    lab = Lab(is_held=True)
    first = lab.watch()
    for until in range(1, 50):
        lab.run(float(until))
        if until % 7 == 0:
            first.leave()
            first = lab.watch()
        assert len(lab.waiting) <= 1
    assert len(lab.waiting) == 1


def test_silence_while_nobody_watched_counts_for_nothing() -> None:
    def answer(now: float) -> Operation:
        if 1000 <= now < 1002:
            raise NO_ROUTE
        return RUNNING

    lab = Lab(answer)
    lab.watch().leave()
    watcher = lab.watch()
    lab.run(1.5)
    watcher.leave()
    lab.run(1000.0)
    watcher = lab.watch()
    lab.run(1010.0)
    assert watcher.errors == []
    assert "poll_recovered" in watcher.types
    recovered = watcher.events[watcher.types.index("poll_recovered")]
    assert recovered.to_dict()["silent_for"] < 5.0
    assert isinstance(NO_ROUTE, TransportError)


def test_a_poll_nobody_waits_for_any_more_is_not_sent() -> None:
    lab = Lab(is_held=True)
    watcher = lab.watch()
    lab.run(1.0)
    watcher.leave()
    lab.work()
    assert lab.asked == []


def test_a_timer_that_rings_between_leaving_and_coming_back_does_not_stop_the_loop() -> None:
    """Thread A leaves; before it has stopped the timer it rings, and before that thread B has come back."""
    lab = Lab()
    first = lab.watch()
    lab.run(0.5)
    history = lab.source.history
    stop_timer = history._on_watch

    def interrupted() -> None:
        history._on_watch = stop_timer
        lab.run(1.5)
        lab.watch()
        stop_timer()

    history._on_watch = interrupted
    first.leave()
    lab.run(10.0)
    assert len(lab.asked) > 5
