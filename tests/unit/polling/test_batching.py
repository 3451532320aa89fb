"""Polling many operations together, in virtual time: what a list answers, and what is asked for alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from rxeryph.errors import NotFoundError, OperationVanishedError
from rxeryph.events import OperationFinished, TaskAdded, TaskUpdated
from rxeryph.model import Operation, Task
from rxeryph.model.timestamps import BEGINNING
from rxeryph.polling import Batching, Discovery, PollContext, PollingPolicy, activity, fixed
from rxeryph.polling.history import Reader
from tests.observing import Spy
from tests.unit.polling.together import See, Together, later_than
from tests.unit.samples import COMPLETED, RUNNING, api, entry, operation

NAMES = tuple(f"op{number}" for number in range(12))


def quiet(name: str, now: float, stamp: str | None) -> Operation:
    return operation(id=name)


def talking(name: str, now: float, stamp: str | None) -> Operation:
    """An entry each second; those later than the stamp are shown."""
    entries = (entry(f"{name} {second}", second) for second in range(int(now) + 1))
    return operation(id=name, entries=tuple(each for each in entries if each.ticks > later_than(stamp)))


def ending(name: str, now: float, stamp: str | None) -> Operation:
    shown = talking(name, min(now, 5.0), stamp)
    return shown if now < 5.0 else replace(shown, status=COMPLETED)


def in_order(count: int, name: str = "op0") -> list[str]:
    return [f"{name} {second}" for second in range(count)]


def entries_of(spy: Spy) -> list[str]:
    return [event.entry.id for event in spy.events if event.type.value == "log_entry"]


def test_asks_that_fall_due_together_are_answered_by_one_list() -> None:
    lab = Together(NAMES, talking)
    spies = lab.watch()
    lab.run(9.5)
    assert lab.alone == []
    assert 9 <= len(lab.lists) <= 12
    for name, spy in spies.items():
        assert entries_of(spy) == in_order(10, name)


@pytest.mark.parametrize("see", [quiet, talking])
def test_an_operation_asks_for_its_first_poll_only(see: See) -> None:
    """Lists come in time for the next ones. To ask, and to be answered, costs several times as much."""
    lab = Together(NAMES, see)
    lab.watch()
    lab.run(100.0)
    assert set(lab.asks.values()) == {1}
    assert lab.batcher.statistics().polls >= 12 * 95
    assert lab.alone == []


def test_an_operation_whose_subscriber_takes_its_time_relies_on_lists_too() -> None:
    lab = Together(NAMES, talking)
    lab.watch()
    history = lab.sources["op0"].history

    def take() -> None:
        while slow.take() is not None:
            pass

    slow = Reader(history, 0, lambda: lab.later(0.2, take), slack=0)
    history.join(slow)
    lab.run(100.0)
    assert set(lab.asks.values()) == {1}
    assert slow.position > 95


def test_those_that_rely_on_lists_ask_when_there_are_none() -> None:
    lab = Together(NAMES, talking, Batching.AUTOMATIC, costs=(0.02, 0.03))
    lab.watch()
    lab.run(50.0)
    before = lab.asks.copy()
    lab.trouble.fails = 1.0
    lab.run(60.0)
    assert all(8 <= lab.asks[name] - before[name] <= 12 for name in NAMES)


def test_those_that_did_not_ask_ride_along_and_are_due_later() -> None:
    """Their due times spread over the whole second at first."""
    lab = Together(NAMES, quiet)
    for number, name in enumerate(NAMES):
        lab.later(number / len(NAMES), lambda name=name: lab.spy(name))  # type: ignore[misc]
    lab.run(100.0)
    assert 90 <= len(lab.lists) <= 140
    assert lab.batcher.statistics().polls >= 12 * 95


@pytest.mark.parametrize("offset", [0.3, 0.4, 0.5, 0.6, 0.7])
def test_groups_that_began_at_different_times_come_together(offset: float) -> None:
    """Each list costs the server as much as all operations, no matter how many of them need it."""
    lab = Together(tuple(f"op{number}" for number in range(100)), quiet)
    for number, name in enumerate(lab.sources):
        lab.later(offset * (number % 2), lambda name=name: lab.spy(name))  # type: ignore[misc]
    lab.run(100.0)
    assert 90 <= len(lab.lists) <= 115


def test_each_operation_keeps_its_own_pace() -> None:
    """A list that others need serves it early only when a quarter of its wait is over, or when it shows news."""
    asked: list[float] = []

    def slow(context: object) -> float:
        asked.append(lab.now)
        return 10.0

    def see(name: str, now: float, stamp: str | None) -> Operation:
        return quiet(name, now, stamp) if name == "op0" else talking(name, now, stamp)

    lab = Together(NAMES, see)
    lab.sources["op0"].policy = slow
    lab.watch()
    lab.run(100.0)
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert all(2.5 <= wait <= 11.1 for wait in waits[1:])
    assert len(asked) >= 9
    assert lab.alone == []  # the lists that it was not shown had no news of it


@pytest.mark.parametrize(("count", "has_lists"), [(5, False), (12, True)])
def test_lists_begin_by_themselves_when_there_are_enough_operations(count: int, has_lists: bool) -> None:
    lab = Together(NAMES[:count], talking, Batching.AUTOMATIC, costs=(0.02, 0.03))
    spies = lab.watch()
    lab.run(20.5)
    assert bool(lab.lists) is has_lists
    assert lab.batcher.statistics().uses_lists is has_lists
    recent = [name for at, name, _ in lab.alone if at > 5.0]
    assert bool(recent) is not has_lists
    for name, spy in spies.items():
        assert entries_of(spy) == in_order(20, name) or entries_of(spy) == in_order(21, name)


def test_lists_that_are_dear_are_not_used() -> None:
    lab = Together(NAMES, quiet, Batching.AUTOMATIC, costs=(0.001, 0.5))
    lab.watch()
    lab.run(30.0)
    assert len(lab.lists) == 1  # to learn what one costs
    assert "against a list of 500 ms" in lab.batcher.statistics().reason


def test_an_operation_that_a_list_does_not_show_is_asked_for_alone() -> None:
    lab = Together(NAMES, talking)
    lab.missing = {"op3"}
    spies = lab.watch()
    lab.run(5.5)
    assert {name for _, name, _ in lab.alone} == {"op3"}
    assert entries_of(spies["op3"])[:5] == in_order(5, "op3")
    lab.missing.clear()
    before = len(lab.alone)
    lab.run(15.5)
    assert len(lab.alone) <= before + 2  # lists show it again
    assert entries_of(spies["op3"])[:15] == in_order(15, "op3")


def test_an_operation_that_vanished_ends_its_own_stream() -> None:
    def see(name: str, now: float, stamp: str | None) -> Operation:
        if name == "op3" and now > 3.0:
            raise api(NotFoundError, 404)
        return talking(name, now, stamp)

    lab = Together(NAMES, see)
    spies = lab.watch()
    lab.run(9.5)
    assert isinstance(spies["op3"].error, OperationVanishedError)
    assert [name for _, name, _ in lab.alone] == ["op3"]
    assert entries_of(spies["op4"]) == in_order(10, "op4")


def test_a_list_that_fails_costs_nothing_but_single_polls() -> None:
    lab = Together(NAMES, talking)
    spies = lab.watch()
    lab.run(3.0)
    lab.trouble.fails = 1.0
    lab.run(30.5)
    failed = [at for at, _ in lab.lists if at > 3.0]
    assert len(failed) <= 5  # with growing pauses
    lab.trouble.fails = 0.0
    lab.run(60.5)
    assert max(at for at, _, _ in lab.alone) < 40.0
    for name, spy in spies.items():
        assert entries_of(spy)[:60] == in_order(60, name)
        assert "poll_failed" not in spy.types


def test_operations_that_lists_have_shown_are_asked_for_in_time_once_lists_fail() -> None:
    lab = Together(NAMES, quiet)
    lab.watch()
    lab.run(5.0)
    lab.trouble.fails = 1.0
    lab.run(10.0)
    [failed, *_] = [at for at, _ in lab.lists if at > 5.0]
    for name in NAMES:
        asked = [at for at, each, _ in lab.alone if each == name]
        assert asked[0] <= failed + 1.1
        assert max(later - earlier for earlier, later in pairwise(asked)) <= 1.2


def test_a_subscriber_that_is_behind_holds_its_operation_back_although_nothing_changes() -> None:
    asked: list[int] = []

    def policy(context: PollContext) -> float:
        asked.append(context.polls)
        return 1.0

    lab = Together(NAMES, quiet, policy=policy)
    lab.watch()
    lab.run(5.0)
    behind = Reader(lab.sources["op0"].history, 0, slack=0)
    lab.sources["op0"].history.join(behind)
    lab.run(6.5)  # the poll under way counts
    before = len(asked)
    lab.run(20.0)
    others = len(NAMES) - 1
    assert others * 12 <= len(asked) - before <= others * 16
    while behind.take() is not None:
        pass
    lab.run(23.0)
    assert lab.sources["op0"].history.readers


def test_a_mistake_of_ours_in_reading_a_list_is_a_list_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("mine")

    lab = Together(NAMES, talking)
    spies = lab.watch()
    lab.run(3.0)
    monkeypatch.setattr("rxeryph.polling.showing.Showing.to_members", broken)
    lab.run(9.5)
    assert {name for _, name, _ in lab.alone} == set(NAMES)
    for name, spy in spies.items():
        assert entries_of(spy) == in_order(len(entries_of(spy)), name)
        assert len(entries_of(spy)) >= 9


def test_an_element_that_cannot_be_read_concerns_its_own_operation_only() -> None:
    lab = Together(NAMES, talking)
    lab.unreadable = {"op5"}
    spies = lab.watch()
    lab.run(9.5)
    assert {name for _, name, _ in lab.alone} == {"op5"}
    for name, spy in spies.items():
        assert entries_of(spy) == in_order(10, name)
        assert "poll_failed" not in spy.types


def test_an_operation_held_back_by_its_reader_is_asked_for_alone_with_its_own_cursor() -> None:
    lab = Together(NAMES, talking)
    lab.watch()
    slow = Reader(lab.sources["op0"].history, 0, slack=0)
    lab.sources["op0"].history.join(slow)
    lab.run(20.0)
    known = len(lab.sources["op0"].history.events)
    while slow.take() is not None:
        pass
    lab.run(21.5)
    (at, name, stamp) = lab.alone[0]
    assert (name, 20.0 <= at <= 21.0) == ("op0", True)
    assert later_than(stamp) < entry("", 2.0).ticks  # it missed much
    assert known < 4
    operation = lab.sources["op0"].operation
    assert operation is not None
    assert [each.id for each in operation.log_entries] == in_order(len(operation.log_entries))
    assert len(operation.log_entries) >= 21


def test_an_operation_that_is_watched_again_is_asked_for_from_its_own_cursor() -> None:
    """An answer may have been dropped after the last one left, so lists could leave out what it brought."""
    lab = Together(NAMES, talking)
    spies = lab.watch()
    lab.run(5.5)
    spies["op0"].leave()
    lab.run(20.5)
    again = lab.spy("op0")
    lab.run(25.5)
    assert {stamp for at, stamp in lab.lists if at > 20.5} >= {None}  # as lists are always used here
    assert entries_of(again)[:25] == in_order(25)


def test_a_list_sent_before_the_last_answer_came_is_not_shown() -> None:
    """The list shows the state of 10.5 s and comes at 12 s; the single poll showed that of 11 s."""

    def see(name: str, now: float, stamp: str | None) -> Operation:
        return operation(id=name, tasks=(Task("t", name, "Command", RUNNING, progress=int(now)),))

    lab = Together(("op0", "op1"), see)
    lab.missing = {"op0"}  # asked for alone
    spy = lab.spy("op0")
    lab.spy("op1")
    lab.run(10.0)
    lab.missing.clear()
    lab.is_held = True
    lab.run(12.0)
    lab.is_held = False
    first, second = sorted(lab.waiting, key=lambda request: "_list" not in str(request))
    second()
    lab.as_of = 10.5
    first()
    lab.as_of = None
    lab.run(20.0)
    progress = [event.task.progress for event in spy.events if isinstance(event, TaskAdded | TaskUpdated)]
    assert progress == sorted(progress)
    assert len(progress) > 15


@pytest.mark.parametrize("batching", [Batching.ALWAYS, Batching.AUTOMATIC])
def test_the_read_of_all_entries_after_the_end_is_one_list_or_alone(batching: Batching) -> None:
    lab = Together(NAMES[:3], ending, batching)
    spies = lab.watch()
    lab.run(30.0)
    full = [name for _, name, stamp in lab.alone if stamp == BEGINNING]
    assert sorted(full) == ([] if batching is Batching.ALWAYS else sorted(NAMES[:3]))
    for spy in spies.values():
        assert isinstance(spy.events[-1], OperationFinished)
        assert len(entries_of(spy)) == 6


def test_an_operation_that_was_just_created_needs_no_poll_of_its_own() -> None:
    lab = Together(NAMES, talking)
    lab.watch()
    lab.run(10.0)
    created = operation(id="new")
    lab.names = (*NAMES, "new")
    lab.sources["new"] = lab.source("new", created, entry("", 10.0).ticks)
    spy = lab.spy("new")
    lab.run(15.5)
    assert lab.alone == []
    assert set(entries_of(spy)) >= set(in_order(15, "new")[10:])


def test_the_watch_for_new_operations_uses_the_same_lists() -> None:
    lab = Together(NAMES, quiet)
    lab.watch()
    spy = Spy(lab.scheduler)
    requests: list[float] = []

    def heads() -> dict[str, bytes]:
        requests.append(lab.now)
        return {}

    discovery = Discovery(lab.batcher.watch(heads), lab.load, spy, lab.engine, lab.settings)
    discovery.begin()
    lab.run(5.0)
    lab.names = (*NAMES, "new")
    lab.run(10.0)
    assert ([each.id for each in spy.events], requests) == (["new"], [])
    lists = len(lab.lists)
    assert lists <= 12
    lab.trouble.fails = 1.0
    lab.run(20.0)
    assert requests  # by itself, while lists fail


def test_nothing_is_asked_for_operations_that_no_one_watches() -> None:
    lab = Together(NAMES, quiet)
    spies = lab.watch()
    lab.run(5.0)
    for spy in spies.values():
        spy.leave()
    lists = len(lab.lists)
    lab.run(60.0)
    assert (len(lab.lists), lab.alone) == (lists, [])


@pytest.mark.parametrize("policy", [fixed(0.5), activity()])
def test_the_cursor_of_lists_follows_the_newest_time_seen(policy: PollingPolicy) -> None:
    """So a list has the log entries of the last seconds only."""
    lab = Together(NAMES, talking, policy=policy)
    lab.watch()
    lab.run(100.0)
    _, stamp = lab.lists[-1]
    assert later_than(stamp) > entry("", 88.0).ticks
    assert lab.alone == []


def test_a_time_beyond_the_date_of_the_list_does_not_hide_entries_of_others() -> None:
    def see(name: str, now: float, stamp: str | None) -> Operation:
        shown = talking(name, now, stamp)
        if name != "op1" or now < 3.0:
            return shown
        return replace(shown, log_entries=(*shown.log_entries, entry("odd", 1e6)))

    lab = Together(NAMES, see, began=entry("", 0.0).ticks)
    spies = lab.watch()
    lab.run(20.5)
    assert lab.alone == []
    assert entries_of(spies["op0"]) == in_order(21)
