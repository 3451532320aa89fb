"""A server that is behind: streams stay quiet for as long as it admits to be late."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from rxeryph.events import LogEntryAdded, OperationFinished
from rxeryph.model import Operation
from rxeryph.model.timestamps import TICKS_PER_SECOND, from_ticks, to_ticks
from rxeryph.polling import Batching
from rxeryph.polling.lag import REMEMBERED, ServerLag
from tests.observing import Spy
from tests.unit.polling.together import Together, Trouble, later_than
from tests.unit.samples import COMPLETED, RUNNING, entry, operation

BEGAN = entry("", 0.0).ticks
"""The server's clock at second 0."""


def ended(at: float) -> Operation:
    return replace(operation(COMPLETED), ended_at=from_ticks(ticks(at)))


def ticks(at: float) -> int:
    return BEGAN + round(at * TICKS_PER_SECOND)


def test_the_largest_lag_of_the_last_minute_counts() -> None:
    lag = ServerLag()
    lag.note(ended(10.0), ticks(12.0), now=0.0)
    lag.note(ended(10.0), ticks(30.0), now=10.0)
    lag.note(ended(10.0), ticks(15.0), now=20.0)
    lag.note(ended(10.0), ticks(9.0), now=30.0)  # not late
    lag.note(ended(10.0), None, now=30.0)
    lag.note(operation(COMPLETED), ticks(99.0), now=30.0)  # old servers do not say when it ended
    found = [lag.seconds(at) for at in (30.0, 10.0 + REMEMBERED, 10.1 + REMEMBERED, 20.1 + REMEMBERED)]
    assert found == [20.0, 20.0, 5.0, 0.0]


@pytest.mark.parametrize(("speed", "expected"), [(1.0, 20.0), (100.0, pytest.approx(0.2, rel=0.02))])
def test_the_lag_of_a_clock_that_runs_faster_is_shorter_by_ours(speed: float, expected: float) -> None:
    """As a simulated server's: its seconds pass in less than ours. A date has whole seconds."""
    lag = ServerLag()
    for moment in (0.0, 0.3, 0.7, 2.0, 30.0):
        lag.replied(ticks(int(speed * moment + 0.9)), moment, now=moment)
    lag.replied(None, 31.0, now=31.0)
    lag.note(ended(10.0), ticks(30.0), now=30.0)
    assert lag.seconds(31.0) == expected


@pytest.mark.parametrize("replies", [[(0, 0, 9), (9, 9, 10)], [(0, 9, 9), (1, 1, 10), (10, 12, 12)]], ids=repr)
def test_slow_answers_do_not_make_the_clock_seem_fast(
    replies: list[tuple[float, float, float]],
) -> None:
    """Each was asked for, dated and received at a second. The lag would seem shorter than it is."""
    lag = ServerLag()
    for asked_at, dated, now in replies:
        lag.replied(ticks(dated), asked_at, now)
    lag.note(ended(10.0), ticks(30.0), now=12.0)
    assert lag.seconds(12.0) == 20.0


class Busy:
    """Operations that the server shows late: each is a row of (entry's time, when it is shown)."""

    def __init__(self, end: float, shown: float, entries: dict[str, tuple[float, float]]) -> None:
        self._end, self._shown = end, shown
        self._entries = [(entry(id, stamp), at) for id, (stamp, at) in entries.items()]

    def at(self, name: str, now: float, stamp: str | None) -> Operation:
        entries = tuple(each for each, at in self._entries if at <= now and each.ticks > later_than(stamp))
        head = replace(ended(self._end), id=name) if now >= self._shown else operation(RUNNING, id=name)
        return replace(head, log_entries=entries)


class NoJitter(random.Random):
    def random(self) -> float:
        return 0.5


def finished(spy: Spy) -> OperationFinished:
    event = spy.events[-1]
    assert isinstance(event, OperationFinished)
    return event


@pytest.mark.parametrize("batching", [Batching.NEVER, Batching.ALWAYS])
def test_an_entry_that_is_stored_long_after_the_end_is_not_lost(batching: Batching) -> None:
    """As a busy server did: ended at 4.3, shown so at 26.4 with an entry of 23.8; another one was stored at 28.7."""
    busy = Busy(4.3, 26.4, {"first": (23.8, 26.4), "second": (28.7, 28.7)})
    lab = Together(("op",), busy.at, batching, began=BEGAN)
    spy = lab.watch()["op"]
    lab.run(28.6)
    assert spy.types == ["status", "log_entry", "status"]  # 1 s was not long enough to be quiet
    lab.run(120.0)
    assert [each.id for each in finished(spy).result.log_entries] == ["first", "second"]
    assert finished(spy).server_lag == pytest.approx(24.4)  # the second one's time, less the end
    assert 24.0 < finished(spy).settled_for < 34.0


@pytest.mark.parametrize("batching", [Batching.NEVER, Batching.ALWAYS])
def test_a_reply_that_shows_it_running_after_its_end_admits_the_lag(batching: Batching) -> None:
    """There is no entry to compare with: it ended at 5.0 and was shown running until 14."""
    busy = Busy(5.0, 14.0, {"late": (19.0, 19.0)})
    lab = Together(("op",), busy.at, batching, began=BEGAN)
    spy = lab.watch()["op"]
    lab.run(120.0)
    assert [each.id for each in finished(spy).result.log_entries] == ["late"]


@pytest.mark.parametrize("batching", [Batching.NEVER, Batching.ALWAYS])
def test_an_answer_that_comes_late_shows_no_more_than_when_it_was_asked_for(batching: Batching) -> None:
    """The first settling read takes 17 s, and is as of its beginning: that long no one looked."""

    def see(name: str, now: float, stamp: str | None) -> Operation:
        shown = busy.at(name, now, stamp)
        if now > 25.0:
            lab.scheduler.sleep(17.0)
        return shown

    busy = Busy(4.0, 24.0, {"first": (24.0, 24.0), "second": (43.0, 43.0)})
    lab = Together(("op",), see, batching, began=BEGAN)
    spy = lab.watch()["op"]
    lab.run(300.0)
    assert [each.id for each in finished(spy).result.log_entries] == ["first", "second"]


def test_a_list_that_was_sent_before_a_settling_read_was_due_is_no_answer_to_it() -> None:
    """The last read is due at 44.6, while a list of the second 43.6 is under way; the entry is of 44.2."""
    busy = Busy(4.0, 24.0, {"first": (24.0, 24.0), "second": (44.2, 44.2)})
    lab = Together(
        ("op", "other"),
        lambda name, now, stamp: busy.at(name, now, stamp) if name == "op" else operation(RUNNING, id=name),
        Batching.ALWAYS,
        Trouble(chance=NoJitter()),
        began=BEGAN,
    )
    spy = lab.watch()["op"]
    lab.run(42.9)
    lab.is_held = True
    lab.run(44.6)
    assert len(lab.waiting) == 1
    lab.as_of, lab.is_held = 43.6, False
    for task in lab.waiting:
        task()
    lab.as_of = None
    lab.run(200.0)
    assert [each.id for each in finished(spy).result.log_entries] == ["first", "second"]


def test_one_operation_teaches_the_others() -> None:
    late = Busy(2.0, 10.0, {})
    other = Busy(11.9, 12.0, {"late": (16.0, 16.0)})
    lab = Together(
        ("op0", "op1"),
        lambda name, now, stamp: (late if name == "op0" else other).at(name, now, stamp),
        Batching.NEVER,
        began=BEGAN,
    )
    spies = lab.watch()
    lab.run(120.0)
    assert [each.id for each in finished(spies["op1"]).result.log_entries] == ["late"]


@pytest.mark.parametrize("batching", [Batching.NEVER, Batching.ALWAYS])
def test_an_idle_server_costs_no_more_than_before(batching: Batching) -> None:
    """Its last entry came 0.3 s after the end."""
    busy = Busy(5.0, 5.4, {"last": (5.3, 5.3)})
    lab = Together(("op",), busy.at, batching, began=BEGAN)
    spy = lab.watch()["op"]
    lab.run(60.0)
    times = dict(zip(spy.types, spy.times, strict=True))
    assert times["finished"] - times["status"] <= 1.6
    assert finished(spy).settled_for <= 1.6


def test_a_clock_that_was_set_back_loses_nothing() -> None:
    """The server's clock steps back one minute after the third of eight entries."""
    stamps = [0.0, 1.0, 2.0, -57.0, -56.0, -55.0, -54.0, -53.0]
    busy = Busy(-52.5, 8.5, {f"l{number}": (stamp, float(number)) for number, stamp in enumerate(stamps)})
    for batching in (Batching.NEVER, Batching.ALWAYS):
        lab = Together(("op",), busy.at, batching)
        spy = lab.watch()["op"]
        lab.run(200.0)
        assert {each.id for each in finished(spy).result.log_entries} == {f"l{number}" for number in range(8)}
        shown = [event.entry.id for event in spy.events if isinstance(event, LogEntryAdded)]
        assert sorted(shown) == [f"l{number}" for number in range(8)]


def test_the_end_is_compared_to_a_hundred_nanoseconds() -> None:
    moment = ended(4.3).ended_at
    assert moment is not None
    assert to_ticks(moment) == ticks(4.3)
