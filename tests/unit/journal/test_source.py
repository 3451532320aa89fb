"""The journaled source: what is polled is stored first, one process polls, and another one continues its work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from rxeryph.errors import (
    AccessDeniedError,
    ClosedError,
    JournalError,
    NotFoundError,
)
from rxeryph.events import LogEntryAdded, OperationFinished, PollFailed, PollRecovered, StatusChanged, is_change
from rxeryph.journal.renewals import AGAIN, LEASE
from rxeryph.model import Operation
from rxeryph.outcome import OperationResult
from rxeryph.polling import fixed
from rxeryph.polling.history import Reader
from rxeryph.retry import ErrorBudget
from tests.property.test_journal_laws import same
from tests.unit.journal.processes import Process, World
from tests.unit.polling.virtual import failing
from tests.unit.samples import COMPLETED, NO_ROUTE, QUEUED, RUNNING, api, entry, operation, task

END = 40
FULL_DISK = JournalError("The disk is full.")


def ticking(now: float) -> Operation:
    """One more entry every second, of which the last three are shown, and the end after 40 s."""
    last = min(int(now), END)
    entries = tuple(entry(f"l{at:02}", at) for at in range(max(0, last - 2), last + 1))
    if now < END:
        return operation(RUNNING, tasks=(task(),), entries=entries)
    return operation(COMPLETED, tasks=(task(status=COMPLETED),), entries=entries)


def lines(events: Sequence[Any]) -> list[str]:
    return [event.entry.id for event in events if isinstance(event, LogEntryAdded)]


ALL_LINES = [f"l{at:02}" for at in range(END + 1)]


def assert_whole(events: Sequence[Any]) -> None:
    """Each event of ``ticking`` is there once."""
    changes = [event for event in events if is_change(event)]
    assert lines(changes) == ALL_LINES
    assert [event.status for event in changes if isinstance(event, StatusChanged)] == [RUNNING, COMPLETED]
    assert isinstance(changes[-1], OperationFinished)
    assert {*lines(changes)} == {each.id for each in changes[-1].result.log_entries}
    assert len(changes) == len(ALL_LINES) + 2 + 2 + 1


# -- one process


def test_what_a_subscriber_sees_was_stored_before() -> None:
    world = World(ticking)
    counts: list[tuple[int, int]] = []
    spy = Process(world).watch(lambda event: counts.append((len(counts) + 1, len(world.stored()))))
    world.run(100)
    assert_whole(spy.events)
    assert all(seen <= stored for seen, stored in counts)
    assert same(world.stored(), spy.events)
    assert spy.completed == 1


def test_a_poll_that_brought_news_is_one_record_and_another_is_none() -> None:
    world = World(lambda now: ticking(now - now % 5))
    Process(world).watch()
    world.run(19.5)
    assert len(world.asked) == 20
    assert len(world.journal.records) == 4


def test_a_finished_operation_is_served_without_a_request_and_without_a_lease() -> None:
    world = World(ticking)
    first = Process(world).watch()
    world.run(100)
    asked, records = [*world.asked], len(world.journal.records)
    assert world.journal.owners == {}
    world.journal.owners["op"] = "someone", 1e9
    results: list[OperationResult] = []

    def conclude(snapshot: Operation) -> OperationResult:
        results.append(OperationResult(snapshot))
        return results[-1]

    process = Process(world, conclude=conclude)
    second = process.watch()
    world.run(101)
    assert same(second.events, first.events)
    assert second.events[-1].result is results[-1]
    assert (second.completed, world.asked, len(world.journal.records)) == (1, asked, records)
    assert process.source.operation == first.events[-1].operation
    assert world.journal.notify == {}


def test_a_failed_poll_is_shown_to_those_who_watch_and_is_not_stored() -> None:
    world = World(failing(NO_ROUTE, 0.0, 5.0, operation(RUNNING)))
    spy = Process(world).watch()
    world.run(10)
    assert next(type(event) for event in spy.events if not is_change(event)) is PollFailed
    assert any(isinstance(event, PollRecovered) for event in spy.events)
    assert [type(event) for event in world.stored()] == [StatusChanged]


def test_a_refused_poll_ends_the_stream_and_lets_others_poll() -> None:
    world = World(failing(api(AccessDeniedError, 403)))
    spy = Process(world).watch()
    world.run(1)
    assert isinstance(spy.error, AccessDeniedError)
    assert world.journal.owners == {}
    assert world.journal.records == []


def test_a_slow_subscriber_delays_the_next_poll() -> None:
    world = World(ticking)
    process = Process(world)
    process.watch()
    slow = Reader(process.source.history, 0, slack=0)
    process.source.history.join(slow)
    world.run(10)
    assert len(world.asked) == 1
    while slow.take() is not None:
        pass
    world.run(10.5)
    assert len(world.asked) == 2


def test_the_policy_is_that_of_the_polls() -> None:
    world = World(ticking)
    process = Process(world)
    process.source.policy = fixed(2.0)
    process.watch()
    world.run(5.9)
    process.source.policy = fixed(0.5)
    assert process.source.policy is not None
    world.run(8.1)
    assert world.asked_by(process.name)[:6] == pytest.approx([0.0, 2.0, 4.0, 5.9, 6.4, 6.9])


# -- the submit


def test_the_snapshot_of_a_submit_is_stored_first() -> None:
    world = World(failing(api(NotFoundError, 404), 0.0, 2.0, operation(RUNNING)))
    process = Process(world, initial=operation(QUEUED))
    process.source.submitted()
    assert process.source.operation == operation(QUEUED)
    assert world.journal.records == []
    spy = process.watch()
    assert [event.status for event in world.stored()] == [QUEUED]
    world.run(10)
    changes = [event for event in spy.events if is_change(event)]
    assert [event.status for event in changes] == [QUEUED, RUNNING]
    assert same(world.stored(), changes)


def test_a_snapshot_from_a_list_is_nothing_new_beside_a_journal() -> None:
    world = World(ticking)
    first = Process(world).watch()
    world.run(5.5)
    first.leave()
    spy = Process(world, initial=operation(QUEUED)).watch()
    world.run(100)
    assert_whole(spy.events)


# -- several processes


def test_one_process_polls_for_all_and_all_see_the_same() -> None:
    world = World(ticking)
    owner, *others = (Process(world) for _ in range(4))
    spies = [each.watch() for each in (owner, *others)]
    only_reads = Process(world, polls=False)
    spies.append(only_reads.watch())
    world.run(100)
    assert {who for who, _ in world.asked} == {owner.name}
    for spy in spies:
        assert_whole(spy.events)
        assert same(spy.events, spies[0].events)
        assert spy.completed == 1


def test_a_late_subscriber_in_another_process_has_the_whole_history() -> None:
    world = World(ticking)
    Process(world).watch()
    world.run(20.5)
    spy = Process(world).watch()
    assert lines(spy.events) == ALL_LINES[:21]
    world.run(100)
    assert_whole(spy.events)


def test_a_follower_reads_the_journal_only_when_there_is_news() -> None:
    world = World(lambda now: ticking(min(now, 5)))
    Process(world).watch()
    world.run(10)
    spies = [Process(world, polls=polls).watch() for polls in (False, True)]
    world.run(20)
    before = world.journal.reads
    world.run(100)
    assert world.journal.reads == before
    world.answer = lambda now: ticking(6)
    world.run(200)
    assert all(lines(spy.events)[-1] == "l06" for spy in spies)
    assert world.journal.reads == before + 4  # each asks for the next record, and then for more


@pytest.mark.parametrize("polls", [False, True])
def test_a_follower_shows_that_the_journal_fails_and_when_it_is_back(polls: bool) -> None:
    world = World(ticking)
    Process(world, "owner").watch()
    spy = Process(world, polls=polls).watch()
    world.run(10.5)
    world.journal.fail(FULL_DISK)
    world.run(12.5)
    assert next(event.error for event in spy.events if isinstance(event, PollFailed)) is FULL_DISK
    world.journal.failing = None
    world.run(100)
    assert_whole(spy.events)
    assert sum(isinstance(event, PollRecovered) for event in spy.events) == 1


@pytest.mark.parametrize("died_at", [0.5, 7.3, 20.5, 39.5])
def test_another_process_takes_over_from_one_that_died(died_at: float) -> None:
    world = World(ticking)
    dead, heir = Process(world), Process(world)
    before = dead.watch()
    spy = heir.watch()
    world.run(died_at)
    dead.freeze()
    world.run(died_at + LEASE + AGAIN)
    assert world.asked_by(heir.name)
    assert world.asked_by(heir.name)[0] <= died_at + LEASE + AGAIN
    world.run(100)
    assert_nothing_twice(spy.events)
    assert same(world.stored(), [event for event in spy.events if is_change(event)])
    assert same(before.events, spy.events[: len(before.events)])


def assert_nothing_twice(events: Sequence[Any]) -> None:
    """Each entry that was shown is there once. The server shows the last three only, so some were never shown."""
    shown = lines(events)
    assert len(shown) == len({*shown})
    assert shown == sorted(shown)
    assert shown[-1] == "l40"
    assert isinstance(events[-1], OperationFinished)


def test_a_process_that_left_is_followed_within_a_second() -> None:
    world = World(ticking)
    owner, heir = Process(world), Process(world)
    first, spy = owner.watch(), heir.watch()
    world.run(10.5)
    first.leave()
    world.run(10.5 + AGAIN)
    assert world.asked_by(heir.name)
    world.run(100)
    assert_whole(spy.events)


def test_a_closed_connection_lets_others_poll_at_once() -> None:
    world = World(ticking)
    owner, heir = Process(world), Process(world)
    first, spy = owner.watch(), heir.watch()
    world.run(10.5)
    owner.engine.close()
    owner.source.release()
    assert isinstance(first.error, ClosedError)
    assert world.journal.owners == {}
    world.run(100)
    assert_whole(spy.events)


def test_a_follower_that_is_closed_ends_too() -> None:
    world = World(ticking)
    Process(world).watch()
    follower = Process(world)
    spy = follower.watch()
    world.run(5)
    follower.engine.close()
    assert isinstance(spy.error, ClosedError)
    assert world.journal.notify == {}
    again = follower.watch()
    assert isinstance(again.error, ClosedError)


def test_a_process_that_was_stopped_does_not_write_after_its_lease_moved() -> None:
    world = World(ticking)
    stopped, heir = Process(world), Process(world)
    first, spy = stopped.watch(), heir.watch()
    world.run(5.5)
    stopped.freeze()
    world.run(20.5)
    records = [*world.journal.records]
    stopped.thaw()
    assert world.journal.records == records
    world.run(100)
    assert {who for who, at in world.asked if at > 20.6} == {heir.name}
    assert same(spy.events, world.stored())
    assert same(first.events, spy.events)
    assert first.completed == spy.completed == 1


def test_an_answer_that_comes_after_the_lease_is_over_is_not_written() -> None:
    """The process is stopped between its request and the answer."""
    world = World(ticking)
    process = Process(world)

    def slow(now: float) -> Operation:
        world.journal.owners["op"] = "another", 1e9
        world.scheduler.clock = world.scheduler.clock + LEASE
        return ticking(now)

    spy = process.watch()
    world.run(3.5)
    seen, records = len(spy.events), len(world.journal.records)
    world.answer = slow
    world.run(30)
    assert len(world.journal.records) == records
    assert len(spy.events) == seen


def test_watching_again_continues_and_repeats_nothing() -> None:
    world = World(ticking)
    process = Process(world)
    first = process.watch()
    world.run(5.5)
    first.leave()
    assert world.journal.owners == {}
    other = Process(world)
    between = other.watch()
    world.run(7.5)
    between.leave()
    asked = len(world.asked)
    spy = process.watch()
    world.run(100)
    assert_whole(spy.events)
    assert {who for who, _ in world.asked[asked:]} == {process.name}


def test_watching_again_waits_for_the_append_that_is_under_way() -> None:
    world = World(ticking)
    process = Process(world)
    appending, under_way = process.access.appending, list[Callable[[], None]]()
    append = appending.append
    spy = process.watch()
    world.run(5.5)
    appending.append = lambda *given: under_way.append(lambda: append(*given))  # type: ignore[method-assign]
    world.run(6.5)
    spy.leave()
    again = process.watch()
    world.run(8.5)
    appending.append = append  # type: ignore[method-assign]
    (end,) = under_way
    end()
    world.run(100)
    assert_whole(again.events)
    assert_whole(world.stored())


def test_a_history_that_no_one_reads_is_not_polled() -> None:
    world = World(ticking)
    process = Process(world)
    process.watch().leave()
    world.run(50)
    assert len(world.asked) <= 1
    assert world.journal.owners == {}
    assert world.journal.notify == {}


def test_the_lease_is_renewed_while_it_is_needed() -> None:
    world = World(ticking)
    process = Process(world)
    spy = process.watch()
    world.run(END - 0.5)
    assert world.journal.renewals == int((END - 0.5) / (LEASE / 3))
    world.run(100)
    renewals = world.journal.renewals
    world.run(200)
    assert (spy.completed, world.journal.renewals) == (1, renewals)


# -- a journal that fails


def test_a_journal_that_fails_is_a_failed_poll_and_nothing_is_lost() -> None:
    world = World(ticking)
    spy = Process(world).watch()
    world.run(5.5)
    world.journal.failing = FULL_DISK
    world.run(8)
    asked = len(world.asked)
    assert asked == 7  # the server keeps the rest
    assert lines(spy.events) == ALL_LINES[:6]
    failures = [event for event in spy.events if isinstance(event, PollFailed)]
    assert [event.error for event in failures] == [FULL_DISK] * len(failures)
    assert [event.attempt for event in failures] == [*range(1, len(failures) + 1)]
    world.journal.failing = None
    world.run(30)
    (recovered,) = (event for event in spy.events if isinstance(event, PollRecovered))
    assert recovered.failures == len([event for event in spy.events if isinstance(event, PollFailed)])
    world.run(100)
    changes = [event for event in spy.events if is_change(event)]
    assert same(world.stored(), changes)
    assert isinstance(changes[-1], OperationFinished)
    assert "l06" in lines(changes)


def test_a_journal_that_fails_at_the_end_does_not_lose_the_end() -> None:
    world = World(ticking)
    spy = Process(world).watch()
    world.run(END - 0.5)
    world.journal.failing = FULL_DISK
    world.run(END + 5)
    assert spy.completed == 0
    world.journal.failing = None
    world.run(100)
    assert_whole(spy.events)
    assert spy.completed == 1


def test_a_journal_that_cannot_be_read_at_first_is_read_later() -> None:
    world = World(ticking)
    world.journal.failing = FULL_DISK
    process = Process(world)
    spy = process.watch()
    world.run(1.5)
    assert [type(event) for event in spy.events] == [PollFailed] * len(spy.events)
    assert process.source.operation is None
    assert world.asked == []
    world.journal.failing = None
    world.run(100)
    assert world.asked
    assert isinstance(spy.events[-1], OperationFinished)


def test_the_error_budget_applies() -> None:
    world = World(ticking)
    budget = ErrorBudget(attempts=3, seconds=1000.0, first=0.5)
    spy = Process(world, error_budget=budget).watch()
    world.run(5.5)
    world.journal.failing = FULL_DISK
    world.run(30)
    assert len([event for event in spy.events if isinstance(event, PollFailed)]) == 2
    assert spy.error == FULL_DISK


@pytest.mark.parametrize("error", [JournalError("damaged", is_permanent=True), ClosedError("closed")])
def test_a_journal_that_fails_for_good_ends_the_stream(error: Exception) -> None:
    for begins_with_it in (True, False):
        world = World(ticking)
        process = Process(world)
        if begins_with_it:
            world.journal.failing = error
        spy = process.watch()
        world.run(3.5)
        world.journal.failing = error
        world.run(5)
        assert spy.error == error
        assert not any(isinstance(event, PollFailed) for event in spy.events)


def test_an_engine_that_breaks_ends_the_stream(caplog: pytest.LogCaptureFixture) -> None:
    world = World(ticking)
    spy = Process(world).watch()
    world.run(3.5)
    world.journal.failing = ZeroDivisionError("broken")
    world.run(20)
    assert isinstance(spy.error, ZeroDivisionError)


def test_an_append_that_succeeded_but_failed_to_say_so_is_not_repeated() -> None:
    world = World(ticking)
    spy = Process(world).watch()
    world.run(5.5)
    world.journal.fails_after_append = True
    world.run(100)
    assert_whole(spy.events)
    assert same(world.stored(), spy.events)


def test_another_writer_without_the_lease_is_noticed() -> None:
    world = World(ticking)
    spy = Process(world).watch()
    world.run(5.5)
    intruder = replace(world.journal.records[-1], number=6, position=7, data=record_of(6))
    world.journal.records.append(intruder)
    world.run(100)
    assert_whole(spy.events)
    assert same(world.stored(), spy.events)


def record_of(second: int) -> bytes:
    """The record that a poll of ``ticking`` at ``second`` makes."""
    world = World(ticking)
    Process(world).watch()
    world.run(second + 0.5)
    return world.journal.records[second].data


def test_records_that_were_deleted_end_the_stream() -> None:
    world = World(ticking)
    process = Process(world)
    first = process.watch()
    world.run(5.5)
    first.leave()
    world.journal.records.clear()
    spy = process.watch()
    world.run(6)
    assert isinstance(spy.error, JournalError)
    assert "has deleted the records of operation op" in str(spy.error)


def test_a_damaged_record_ends_the_stream_of_its_operation_and_is_named() -> None:
    world = World(ticking)
    owner, follower = Process(world), Process(world)
    spies = [owner.watch(), follower.watch()]
    world.run(5.5)
    number = len(world.journal.records)
    position = world.journal.append("op", number, b"{").position  # by another program
    world.run(100)
    for spy in spies:
        assert str(spy.error) == (
            f"The journal {world.journal!r} has a record that cannot be read: record {number} of operation op, at"
            f" position {position}: it is not JSON. Restore a copy of the journal, or follow this operation without"
            " it."
        )
        assert lines(spy.events) == ALL_LINES[:6]
    assert world.journal.owners == {}
    assert len(world.asked) < 10
