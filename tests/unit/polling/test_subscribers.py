"""What a subscriber may do inside its handlers, and what it cannot break for the others."""

from __future__ import annotations

import contextlib
import logging

import pytest
from reactivex import Observer

from rxeryph.events import AnyEvent
from rxeryph.model import Operation
from rxeryph.polling.history import PushReader
from tests.observing import Spy
from tests.unit.polling.virtual import RUNNING, Lab, done_at
from tests.unit.samples import COMPLETED, entry, operation


def three(now: float) -> Operation:
    """Three entries in the first snapshot, then nothing until the end at 2."""
    status = COMPLETED if now >= 2 else RUNNING.status
    return operation(status, entries=(entry("l1"), entry("l2", 1.0), entry("l3", 2.0)))


BROKEN = KeyError("broken")
WHOLE = ["status", "log_entry", "log_entry", "log_entry", "status", "finished"]


def test_disposing_inside_on_next_delivers_nothing_more() -> None:
    lab = Lab(three)
    watcher = Spy(lab.scheduler, lambda event: watcher.leave() if len(watcher.events) == 2 else None)
    lab.join(watcher)
    lab.run(60.0)
    assert watcher.types == ["status", "log_entry"]
    assert watcher.ending == (0, 0)
    assert lab.asked == [0]


def test_disposing_inside_on_next_while_replaying_delivers_nothing_more() -> None:
    lab = Lab(three)
    first = lab.watch()
    lab.run(0.5)
    second = Spy(lab.scheduler, lambda event: second.leave())
    lab.join(second)
    assert second.types == ["status"]
    lab.run(60.0)
    assert second.types == ["status"]
    assert first.types == WHOLE


def test_disposing_somebody_else_inside_on_next() -> None:
    lab = Lab(three)
    killer = lab.watch(lambda event: victim.leave())
    victim = lab.watch()
    lab.run(60.0)
    assert victim.types == []
    assert killer.types == WHOLE


def test_subscribing_inside_on_next_sees_the_whole_story_once() -> None:
    lab = Lab(three)
    inner: list[Spy] = []

    def subscribe(event: AnyEvent) -> None:
        if len(outer.events) == 2:
            inner.append(lab.watch())

    outer = Spy(lab.scheduler, subscribe)
    lab.join(outer)
    lab.run(60.0)
    assert outer.types == WHOLE
    assert [watcher.types for watcher in inner] == [WHOLE]
    assert inner[0].events == outer.events
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

    watcher = Spy(lab.scheduler, reenter)
    reader = lab.join(watcher)
    lab.run(60.0)
    assert watcher.types == WHOLE
    assert watcher.has_seen_the_end


def test_a_subscriber_that_raises_ends_only_its_own_subscription(caplog: pytest.LogCaptureFixture) -> None:
    lab = Lab(three)
    broken = Spy(raises={"on_next": BROKEN})
    before = lab.watch()
    lab.join(broken)
    after = lab.watch()
    with caplog.at_level(logging.ERROR, "rxeryph"):
        lab.run(60.0)
    assert broken.types == ["status"]
    assert broken.errors == [BROKEN]
    assert broken.completed == 0
    assert before.types == after.types == WHOLE
    assert before.has_seen_the_end
    assert after.has_seen_the_end
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [BROKEN]
    assert "op" in caplog.text


def test_the_only_subscriber_that_raises_stops_the_polling() -> None:
    lab = Lab(three)
    lab.join(Spy(raises={"on_next": BROKEN}))
    lab.run(60.0)
    assert lab.asked == [0]
    later = lab.watch()
    lab.run(70.0)
    assert later.types == WHOLE


@pytest.mark.parametrize("place", ["on_completed", "on_error"])
def test_raising_at_the_end_is_logged_and_harms_nobody(place: str, caplog: pytest.LogCaptureFixture) -> None:
    def answer(now: float) -> Operation:
        if place == "on_error" and now >= 2:
            raise LookupError("end")
        return done_at(2.0)(now)

    lab = Lab(answer)
    broken = Spy(raises={place: BROKEN})
    lab.join(broken)
    other = lab.watch()
    with caplog.at_level(logging.ERROR, "rxeryph"):
        lab.run(60.0)
    assert other.ending == broken.ending == ((1, 0) if place == "on_error" else (0, 1))
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [BROKEN]
    assert not lab.source.history.is_watched


def test_an_end_nobody_handles_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    def answer(now: float) -> Operation:
        raise LookupError("the end")

    lab = Lab(answer)
    lab.source.history.join(PushReader(lab.source.history, 0, Observer()))
    with caplog.at_level(logging.ERROR, "rxeryph"):
        lab.run(60.0)
    assert [record.getMessage() for record in caplog.records] == [
        "No subscriber handled the error that ended operation op: the end"
    ]


def test_a_subscriber_that_exits_ends_only_its_own_subscription() -> None:
    lab = Lab(three)
    lab.join(Spy(raises={"on_next": SystemExit(1)}))
    other = lab.watch()
    with contextlib.suppress(SystemExit):  # threading ignores it on a worker thread
        lab.run(30.0)
    with contextlib.suppress(SystemExit):
        lab.run(60.0)
    assert other.types == WHOLE
