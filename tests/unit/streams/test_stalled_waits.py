"""``wait(stalled=...)``: giving up when nothing changes."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from reactivex.testing import TestScheduler

from rxeryph import OperationStream
from rxeryph.errors import OperationTimeoutError, RxEryphError
from rxeryph.events import AnyEvent
from rxeryph.polling import fixed
from rxeryph.streams import OperationGroup
from rxeryph.testing import log, operation, play
from rxeryph.testing.story import Scene
from tests.observing import Spy
from tests.unit import playing
from tests.unit.samples import NO_ROUTE

FORGOTTEN: dict[float, Scene] = {0: operation("Queued"), 2: operation(log_entries=[log("begun")])}
"""The server was restarted after 2 seconds."""
LATE: dict[float, Scene] = {**FORGOTTEN, 30: operation("Completed", log_entries=[log("begun")])}


class Waiting:
    """A played stream, and the seconds at which its waits ended."""

    def __init__(self, story: dict[float, Scene], **settings: Any) -> None:
        self.clock = TestScheduler()
        self.stream: OperationStream = play(story, self.clock, **settings)

    @property
    def now(self) -> float:
        return self.clock.to_seconds(self.clock.now)

    def gives_up(
        self, timeout: float | None = None, stalled: float | None = 10.0, observer: Spy | None = None
    ) -> str:
        """What the wait raised; it has ``stalled`` only if that was the reason."""
        with pytest.raises(OperationTimeoutError) as caught:
            self.stream.wait(timeout, observer, stalled=stalled)
        assert caught.value.stalled in (stalled, None)
        assert pickle.loads(pickle.dumps(caught.value)) == caught.value
        return str(caught.value)


def test_a_wait_ends_when_nothing_has_changed_for_so_long() -> None:
    waiting = Waiting(FORGOTTEN)
    said = waiting.gives_up()
    assert waiting.now == 12.0
    assert said.startswith("Operation op is Running, and nothing has changed for 10 s. A server that was restarted")
    assert "leaves its operations Running for ever: look there whether it still works, and call wait() again" in said


def test_the_error_has_the_last_snapshot_and_says_that_it_has_stalled() -> None:
    waiting = Waiting(FORGOTTEN)
    with pytest.raises(OperationTimeoutError) as caught:
        waiting.stream.wait(stalled=10.0)
    assert (caught.value.operation_id, caught.value.stalled) == ("op", 10.0)
    assert caught.value.operation == waiting.stream.operation


def test_a_change_begins_the_silence_again() -> None:
    assert Waiting(LATE).stream.wait(stalled=29.0).succeeded
    waiting = Waiting(LATE)
    waiting.gives_up(stalled=27.0)
    assert waiting.now == 29.0


def test_failed_polls_change_nothing_and_the_error_names_the_last() -> None:
    lost: dict[float, Scene] = {**FORGOTTEN, 4: NO_ROUTE, 9: FORGOTTEN[2], 11: NO_ROUTE}
    waiting = Waiting(lost)
    assert "The last poll failed: no route" in waiting.gives_up()
    assert waiting.now == 12.0


def test_an_operation_that_was_never_seen_has_not_changed_either() -> None:
    waiting = Waiting({0: NO_ROUTE, 60: operation("Queued"), 61: operation("Completed")})
    assert waiting.gives_up().startswith("Operation op was not seen in 10 s.")


@pytest.mark.parametrize(("timeout", "reason"), [(9.0, "after waiting 9 s"), (12.0, "nothing has changed for 10 s")])
def test_whichever_is_over_first_is_the_reason(timeout: float, reason: str) -> None:
    assert reason in Waiting(FORGOTTEN).gives_up(timeout)


def test_without_it_only_the_timeout_counts() -> None:
    waiting = Waiting(FORGOTTEN)
    assert "after waiting 5000 s" in waiting.gives_up(5000.0, stalled=None)
    assert waiting.now == 5000.0


@pytest.mark.parametrize("observer", [None, Spy()])
def test_the_silence_of_several_waits_adds_up(observer: Spy | None) -> None:
    """A program that waits in short turns, to do something between them, notices as soon as others."""
    waiting = Waiting(FORGOTTEN)
    for _ in range(3):
        assert "after waiting 3 s" in waiting.gives_up(3.0, observer=observer)
    assert "nothing has changed" in waiting.gives_up(5.0, observer=observer)
    assert waiting.now == 12.0


def test_time_in_which_no_one_waited_does_not_count() -> None:
    waiting = Waiting(LATE)
    waiting.gives_up(5.0)
    waiting.clock.advance_to(29.0)
    assert waiting.stream.wait(stalled=10.0).succeeded


def test_waiting_again_after_that_begins_another_silence() -> None:
    waiting = Waiting(FORGOTTEN)
    for end in (12.0, 22.0):
        waiting.gives_up()
        assert waiting.now == end


def test_time_in_a_handler_does_not_count() -> None:
    def slow(event: AnyEvent) -> None:
        waiting.clock.sleep(20.0)

    waiting = Waiting(FORGOTTEN, polling=fixed(1.0))
    spy = Spy(waiting.clock, slow)
    waiting.gives_up(observer=spy)
    assert waiting.now == pytest.approx(spy.times[-1] + 20.0 + 10.0)


def test_a_wait_on_real_threads_ends_too() -> None:
    with playing.playing(playing.WORKING) as (stream, play):
        with pytest.raises(OperationTimeoutError, match=r"nothing has changed for 0\.05 s") as caught:
            stream.wait(30.0, stalled=0.05)
        assert caught.value.operation == playing.WORKING
        assert not play.is_watched


def test_a_group_has_stalled_when_none_of_its_operations_changes() -> None:
    with playing.playing(*playing.STORY) as (stream, _), playing.playing(playing.WORKING) as (forgotten, _):
        group = OperationGroup({"op": stream}, stream.scheduler)
        assert group.wait(30.0, stalled=20.0)["op"] == stream.wait(0.0)
        with pytest.raises(OperationTimeoutError) as caught:
            OperationGroup({"op": forgotten}, forgotten.scheduler).wait(30.0, stalled=0.05)
        assert caught.value.stalled == 0.05
        assert str(caught.value).startswith(
            "1 of 1 operations have not ended, and nothing has changed for 0.05 s; op is the first, Running. A"
        )


@pytest.mark.parametrize(("value", "error"), [(0, ValueError), (-1.0, ValueError), ("soon", TypeError)])
def test_other_values_are_refused_at_the_call(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"wait\(stalled=...\) needs a number of seconds above 0, or None"):
        Waiting(FORGOTTEN).stream.wait(stalled=value)


def test_the_error_of_the_tracking_comes_first() -> None:
    with pytest.raises(RxEryphError, match="no route"):
        Waiting({**FORGOTTEN, 4: NO_ROUTE}).stream.wait(stalled=1000.0, timeout=None)
