"""Consumers: each event at least once, in order, from a position that outlives the process."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import rxeryph
from rxeryph.errors import ClosedError, ConfigurationError, JournalError
from rxeryph.events import OperationFinished
from rxeryph.journal import JournaledEvent, SqliteJournal, renewals
from rxeryph.journal.envelope import packed
from rxeryph.journal.records import dump_events
from rxeryph.journal.renewals import AGAIN, LEASE
from rxeryph.model import Operation
from rxeryph.outcome import OperationResult
from rxeryph.retry import ErrorBudget
from rxeryph.testing.journal_processes import SOON
from rxeryph.tracking import NOTHING_KNOWN, observe
from tests.observing import Spy
from tests.property.test_journal_laws import same
from tests.unit.journal.processes import Process, World
from tests.unit.journal.test_source import FULL_DISK, ticking
from tests.unit.samples import COMPLETED, RUNNING, entry, operation, task


def ids(spy: Spy) -> list[str]:
    return [each.id for each in spy.events]


def announce(world: World, id: str) -> None:
    """A submit that is refused, and another one."""
    world.journal.append(id, 0, packed({"intent": {}}))
    world.journal.append(id, 1, packed({"refusal": {}}))
    world.journal.append(id, 2, packed({"intent": {}}))


def store(world: World, *ids: str, rounds: int = 3, begin: int = 0) -> None:
    """Records of several operations by turns, from the number ``begin`` on, and then the end of each."""
    known = dict.fromkeys(ids, NOTHING_KNOWN)
    for number in range(rounds + 1):
        for id in ids:
            status = COMPLETED if number == rounds else RUNNING
            lines = tuple(entry(f"{id} {number}.{line}", number) for line in range(2))
            known[id], events = observe(known[id], operation(status, id=id, tasks=(task(parent=id),), entries=lines))
            world.journal.append(id, begin + number, dump_events(events))
    for id in ids:
        complete = known[id].complete_operation
        assert complete is not None
        finished = OperationFinished(id, complete, OperationResult(complete))
        world.journal.append(id, begin + rounds + 1, dump_events((finished,)))


def expected(world: World) -> list[str]:
    """The id of each event, in order."""
    spy = Process(world).consume("a consumer of its own")
    spy.leave()
    return ids(spy)


def test_it_gets_every_event_of_every_operation_in_order() -> None:
    world = World(ticking)
    store(world, "a", "b")
    results: list[OperationResult] = []

    def conclude(snapshot: Operation) -> OperationResult:
        results.append(OperationResult(snapshot))
        return results[-1]

    spy = Process(world, conclude=conclude).consume("billing")
    assert ids(spy)[:5] == ["a/0/0", "a/0/1", "a/0/2", "a/0/3", "b/0/0"]
    assert len({*ids(spy)}) == len(ids(spy)) == 2 * (4 + 2 + 2 + 3 + 1)
    by_a = [each.event for each in spy.events if each.event.operation_id == "a"]
    assert isinstance(by_a[-1], OperationFinished)
    assert len(by_a[-1].result.log_entries) == 8
    assert {id(each.event.result) for each in spy.events[-2:]} == {*map(id, results)}
    assert isinstance(spy.events[0], JournaledEvent)
    assert spy.events[0].stored_at == world.journal.records[0].stored_at
    assert world.journal.position("billing") == len(world.journal.records)
    assert world.asked == []


def test_it_passes_over_what_is_about_a_submit() -> None:
    world = World(ticking)
    announce(world, "a")
    spy = Process(world).consume("billing")
    assert (ids(spy), world.journal.position("billing")) == ([], 3)
    store(world, "a", begin=3)
    assert ids(spy)[0] == "a/3/0"
    assert len(ids(spy)) == 4 + 2 + 2 + 3 + 1


def test_it_gets_what_is_appended_later_from_any_process() -> None:
    world = World(ticking)
    spy = Process(world).consume("billing")
    watching = Process(world).watch()
    world.run(100)
    assert same([each.event for each in spy.events], watching.events)


@pytest.mark.parametrize("at", [0, 1, 3, 4, 7, 11, 19])
def test_another_subscription_continues_and_repeats_one_record_at_most(at: int) -> None:
    world = World(ticking)
    store(world, "a", "b")
    whole = expected(world)
    process = Process(world)
    process.freeze()  # so that the subscription is there before the first event
    first = process.consume("billing", lambda _: first.leave() if len(first.events) > at else None)
    process.thaw()
    assert ids(first) == whole[: at + 1]
    last = first.events[-1].id.rpartition("/")[0]
    second = Process(world).consume("billing")
    repeated = {*ids(first)} & {*ids(second)}
    assert {id.rpartition("/")[0] for id in repeated} <= {last}
    assert [*dict.fromkeys([*ids(first), *ids(second)])] == whole
    is_whole_record = at + 1 == len(whole) or whole[at + 1].rpartition("/")[0] != last
    assert not (is_whole_record and repeated)


def test_of_several_subscriptions_one_delivers_and_another_takes_over() -> None:
    world = World(ticking)
    owner, other = Process(world), Process(world)
    first, second = owner.consume("billing"), other.consume("billing")
    others = Process(world).consume("audit")
    Process(world).watch()
    world.run(10.5)
    assert second.events == []
    first.leave()
    world.run(10.5 + AGAIN)
    world.run(100)
    assert [*ids(first), *ids(second)] == expected(world) == ids(others)


def test_another_process_takes_over_from_one_that_died() -> None:
    world = World(ticking)
    dead, other = Process(world), Process(world)
    Process(world).watch()
    first, second = dead.consume("billing"), other.consume("billing")
    world.run(10.5)
    dead.freeze()
    world.run(10.5 + LEASE + AGAIN)
    assert second.events
    dead.thaw()
    world.run(100)
    assert [*ids(first), *ids(second)] == expected(world)


def test_an_observer_that_raises_ends_its_subscription_and_gets_the_record_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(ticking)
    store(world, "a")
    spy = Process(world).consume("billing", lambda event: 1 / 0)
    assert isinstance(spy.error, ZeroDivisionError)
    assert ids(Process(world).consume("billing")) == expected(world)
    assert "consumer billing" in caplog.text


def test_a_journal_that_fails_is_tried_again_within_the_budget(caplog: pytest.LogCaptureFixture) -> None:
    world = World(ticking)
    store(world, "a")
    world.journal.failing = FULL_DISK
    budget = ErrorBudget(attempts=3, seconds=1000.0)
    spy, lost = Process(world).consume("billing"), Process(world, error_budget=budget).consume("audit")
    world.run(10)
    assert lost.error == FULL_DISK
    world.journal.failing = None
    world.run(60)
    assert ids(spy) == expected(world)
    assert "The journal fails, and is tried again" in caplog.text


def test_a_position_that_cannot_be_kept_is_kept_later_and_nothing_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(ticking)
    store(world, "a")
    advance, attempts = world.journal.advance, list[float]()

    def fail(consumer: str, position: int) -> None:
        attempts.append(world.now)
        raise FULL_DISK

    monkeypatch.setattr(world.journal, "advance", fail)
    process = Process(world)
    spy = process.consume("billing")
    for tenth in range(20):
        world.run(tenth / 10)
        store(world, f"more {tenth}", rounds=0)  # each of which is notified
    assert len(attempts) <= 5
    monkeypatch.setattr(world.journal, "advance", advance)
    world.run(60)
    assert ids(spy) == expected(world)
    assert world.journal.position("billing") == len(world.journal.records)


def damage(world: World, position: int) -> None:
    """Overwrite a record that is stored."""
    records = world.journal.records
    records[position - 1] = replace(records[position - 1], data=b"{")


def test_a_damaged_record_ends_it_and_is_named() -> None:
    world = World(ticking)
    store(world, "a")
    last = world.journal.append("b", 0, b"{")
    spy = Process(world).consume("billing")
    assert isinstance(spy.error, JournalError)
    assert str(spy.error) == (
        f"The journal {world.journal!r} has a record that cannot be read: record 0 of operation b, at position"
        f" {last.position}: it is not JSON. The consumer billing stays before it. Restore a copy of the journal, or"
        f" call advance('billing', {last.position}) of the journal to pass over it."
    )
    assert (spy.error.operation_id, spy.error.place) == ("b", repr(world.journal))
    assert len(spy.events) == 12
    assert world.journal.position("billing") == last.position - 1
    assert world.journal.owners == {}
    reads = world.journal.reads
    world.run(100)
    assert world.journal.reads == reads


def test_a_damaged_record_that_a_person_passes_over_costs_only_what_was_in_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(ticking)
    store(world, "a", "b")
    whole = expected(world)
    damage(world, 5)
    first = Process(world).consume("billing")
    assert isinstance(first.error, JournalError)
    assert first.error.operation_id == "a"
    world.journal.advance("billing", 5)
    assert caplog.records == []
    second = Process(world).consume("billing")
    assert second.errors == []
    assert [*ids(first), *ids(second)] == [id for id in whole if not id.startswith("a/2/")]
    (warning,) = [each.getMessage() for each in caplog.records]
    assert "record 2 of operation a, at position 5: it is not JSON. What comes after it is delivered" in warning
    assert len(second.events[-2].event.result.log_entries) == 6  # of 8


def test_a_record_of_a_newer_version_ends_it_and_says_what_to_do() -> None:
    world = World(ticking)
    world.journal.append("b", 0, b'{"rxeryph": "record", "version": 2}')
    spy = Process(world).consume("billing")
    assert str(spy.error).endswith("at position 1: it has version 2, this library reads version 1. Update rxeryph.")


def test_it_ends_with_the_connection() -> None:
    world = World(ticking)
    process = Process(world)
    spy = process.consume("billing")
    process.engine.close()
    assert isinstance(spy.error, ClosedError)
    assert isinstance(process.consume("billing").error, ClosedError)
    assert (world.journal.owners, world.journal.notify) == ({}, {})


def test_the_lease_is_renewed_without_news() -> None:
    world = World(ticking)
    store(world, "a")
    process = Process(world)
    process.consume("billing")
    world.run(3 * LEASE)
    assert world.journal.owners["consumer billing"][0] == process.name
    assert world.journal.renewals >= 6


def test_a_slow_function_keeps_the_lease_while_it_has_all_workers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(renewals, "LEASE", 1.0)
    began, end = threading.Event(), threading.Event()

    def slow(journaled: JournaledEvent) -> None:
        began.set()
        end.wait(SOON)

    with SqliteJournal(tmp_path / "operations.db") as journal, rxeryph.follow(journal, workers=1) as follower:
        journal.append("op", 0, dump_events(observe(NOTHING_KNOWN, operation(RUNNING))[1]))
        follower.consumer("billing").subscribe(slow)
        assert began.wait(SOON)
        end.wait(1.5)
        assert journal.acquire("consumer billing", "another process", 1.0) is None
        end.set()


def test_a_connection_needs_a_journal(connect_to: Any, simulator: Any, tmp_path: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"consumer\(\) needs a journal"):
        connect_to(simulator, journal="").consumer("billing")
    eryph = connect_to(simulator, journal=f"sqlite:///{tmp_path}/a.db")
    for name in ("", None, "\udcff"):
        with pytest.raises(ConfigurationError, match="needs a name"):
            eryph.consumer(name)
    done = threading.Event()
    seen: list[str] = []

    def charge(each: JournaledEvent) -> None:
        seen.append(each.id)
        if isinstance(each.event, OperationFinished):
            assert each.event.result.catlet.name == "web"
            done.set()

    eryph.consumer("billing").subscribe(charge)
    eryph.catlets.create({"name": "web"}).wait(30)
    assert done.wait(30)
    assert len({*seen}) == len(seen)
