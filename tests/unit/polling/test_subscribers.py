"""What a subscriber may do inside its handlers, and that it cannot break anything for the others."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from reactivex import Observer

from rxeryph.events import AnyEvent
from rxeryph.model import Operation
from rxeryph.polling.history import PushReader
from tests.observing import Spy
from tests.unit.polling.virtual import Answer, Lab, done_at, failing
from tests.unit.samples import COMPLETED, RUNNING, entry, operation


def three(now: float) -> Operation:
    """Three entries in the first snapshot, then nothing until the end at 2."""
    return operation(COMPLETED if now >= 2 else RUNNING, entries=(entry("l1"), entry("l2", 1.0), entry("l3", 2.0)))


BROKEN = KeyError("broken")
WHOLE = ["status", "log_entry", "log_entry", "log_entry", "status", "finished"]


def test_disposing_inside_on_next_delivers_nothing_more() -> None:
    lab = Lab(three)
    spy = lab.watch(lambda event: spy.leave() if len(spy.events) == 2 else None)
    lab.run(60.0)
    assert spy.types == ["status", "log_entry"]
    assert spy.ending == (0, 0)
    assert lab.asked == [0]


def test_disposing_inside_on_next_during_the_replay_delivers_nothing_more() -> None:
    lab = Lab(three)
    first = lab.watch()
    lab.run(0.5)
    second = Spy(act=lambda event: second.leave())
    reader = PushReader(lab.source.history, 0, second)
    second.leave = reader.close  # type: ignore[method-assign]  # before it has joined
    lab.source.history.join(reader)
    lab.run(60.0)
    assert second.types == ["status"]
    assert first.types == WHOLE


def test_disposing_another_subscription_inside_on_next() -> None:
    lab = Lab(three)
    first = lab.watch(lambda event: second.leave())
    second = lab.watch()
    lab.run(60.0)
    assert second.types == []
    assert first.types == WHOLE


def test_subscribing_inside_on_next_gets_all_events_once() -> None:
    lab = Lab(three)
    inner: list[Spy] = []

    def subscribe(event: AnyEvent) -> None:
        if len(outer.events) == 2:
            inner.append(lab.watch())

    outer = lab.watch(subscribe)
    lab.run(60.0)
    assert outer.types == WHOLE
    assert [spy.events for spy in inner] == [outer.events]
    assert inner[0].has_seen_the_end
    assert lab.asked == [0, 1, 2, 3]


def test_subscribing_inside_on_completed_replays_without_a_request() -> None:
    lab = Lab(three)
    again: list[Spy] = []
    outer = Observer[AnyEvent](on_completed=lambda: again.append(lab.watch()))
    lab.source.history.join(PushReader(lab.source.history, 0, outer))
    lab.run(60.0)
    assert again[0].types == WHOLE
    assert again[0].has_seen_the_end
    assert lab.asked == [0, 1, 2, 3]


def test_a_handler_is_never_called_twice_at_once() -> None:
    lab = Lab(three)
    depth: list[int] = [0]

    def reenter(event: AnyEvent) -> None:
        depth[0] += 1
        assert depth[0] == 1
        lab.source.history.append(())
        reader.notify()
        depth[0] -= 1

    spy = Spy(act=reenter)
    reader = lab.join(spy)
    lab.run(60.0)
    assert spy.types == WHOLE
    assert spy.has_seen_the_end


@pytest.mark.parametrize("raised", [BROKEN, SystemExit(1)])
def test_a_subscriber_that_raises_ends_only_its_own_subscription(
    raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    lab = Lab(three)
    broken = Spy(raises={"on_next": raised})
    before = lab.watch()
    lab.join(broken)
    after = lab.watch()
    lab.run(60.0)
    assert broken.types == ["status"]
    assert raised in (broken.error, broken.error.__cause__)
    assert before.types == after.types == WHOLE
    assert before.has_seen_the_end
    assert after.has_seen_the_end
    (record,) = caplog.records
    assert record.getMessage() == "A subscriber of operation op raised; its subscription ends"
    assert record.exc_info is not None
    assert record.exc_info[1] is raised


def test_the_only_subscriber_that_raises_stops_the_polling() -> None:
    lab = Lab(three)
    lab.join(Spy(raises={"on_next": BROKEN}))
    lab.run(60.0)
    assert lab.asked == [0]
    later = lab.watch()
    lab.run(70.0)
    assert later.types == WHOLE


@pytest.mark.parametrize(
    ("place", "answer"), [("on_completed", done_at(2.0)), ("on_error", failing(LookupError("end"), since=2.0))]
)
def test_raising_at_the_end_is_logged_and_harms_no_one_else(
    place: str, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    lab = Lab(answer)
    broken = Spy(raises={place: BROKEN})
    lab.join(broken)
    other = lab.watch()
    lab.run(60.0)
    assert other.ending == broken.ending == ((1, 0) if place == "on_error" else (0, 1))
    assert [record.getMessage() for record in caplog.records] == [f"A subscriber of operation op raised in {place}"]
    assert not lab.source.history.is_watched


@pytest.mark.parametrize(
    ("end", "level"),
    [(lambda lab: lab.run(60.0), logging.ERROR), (lambda lab: lab.engine.close(), logging.INFO)],
    ids=["error", "closed"],
)
def test_an_error_that_no_subscriber_handles_is_logged_once(
    end: Callable[[Lab], None], level: int, caplog: pytest.LogCaptureFixture
) -> None:
    lab = Lab(failing(LookupError("gone")))
    lab.source.history.join(PushReader(lab.source.history, 0, Observer()))
    with caplog.at_level(logging.INFO, "rxeryph"):
        end(lab)
    (record,) = caplog.records
    assert record.levelno == level
    error = lab.source.history.error
    assert record.getMessage() == f"No subscriber handled the error that ended operation op: {error}"
