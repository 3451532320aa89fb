"""New operations in a journal, and its last position."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxeryph.errors import ClosedError, JournalError
from rxeryph.journal import Journal, Record
from rxeryph.journal.access import Access
from rxeryph.journal.discovery import last_position, new_operations
from rxeryph.polling import Engine, PollingSettings
from tests.observing import Spy
from tests.unit.journal.processes import World
from tests.unit.journal.test_consumer import announce, store
from tests.unit.journal.test_source import FULL_DISK, ticking
from tests.unit.polling.virtual import BUDGET


class Gaps:
    """A journal with records at some positions."""

    def __init__(self, positions: Sequence[int]) -> None:
        self._positions = sorted(positions)
        self.reads = 0

    def read(self, *, after: int = 0, operation_id: str | None = None, limit: int | None = None) -> list[Record]:
        self.reads += 1
        found = [each for each in self._positions if each > after][:limit]
        return [Record(each, "op", 0, datetime.now(UTC), b"") for each in found]


@given(st.sets(st.integers(1, 2**40), max_size=20))
def test_the_last_position_is_found_in_few_reads(positions: set[int]) -> None:
    journal = Gaps([*positions])
    assert last_position(cast(Journal, journal)) == max(positions, default=0)
    assert journal.reads <= 130


def watched(world: World, **arguments: Any) -> tuple[Spy, Engine]:
    spy = Spy(world.scheduler)
    engine = Engine(world.scheduler, lambda task: task(), lambda: 0.5)
    access = Access(world.journal, engine, PollingSettings(error_budget=BUDGET))
    spy.subscription = new_operations(access, **arguments).subscribe(spy)
    return spy, engine


def test_operations_that_begin_later_are_new() -> None:
    world = World(ticking)
    store(world, "a", "b")
    spy, _ = watched(world)
    assert spy.events == []
    store(world, "c", "d")
    assert spy.events == ["c", "d"]
    spy.leave()
    store(world, "e")
    assert spy.events == ["c", "d"]
    assert world.journal.notify == {}


def test_those_that_run_are_there_if_they_are_asked_for() -> None:
    world = World(ticking)
    store(world, "a", "b")
    for id in ("c", "d"):
        world.journal.append(id, 0, b"{}")
    spy, _ = watched(world, include_running=True)
    assert spy.events == ["c", "d"]
    store(world, "e")
    assert spy.events == ["c", "d", "e"]


def test_an_operation_is_new_when_it_is_first_seen() -> None:
    world = World(ticking)
    announce(world, "a")
    announce(world, "b")
    spies = [watched(world, include_running=include)[0] for include in (False, True)]
    announce(world, "c")
    assert [spy.events for spy in spies] == [[], []]
    store(world, "a", "c", begin=3)
    assert [spy.events for spy in spies] == [["a", "c"]] * 2


def test_records_that_cannot_be_read_are_left_out_and_named_once(caplog: pytest.LogCaptureFixture) -> None:
    world = World(ticking)
    spy, _ = watched(world)
    for id in ("a", "b", "c"):
        world.journal.append(id, 0, b'{"rxeryph": "record", "version": 2, "intent": {}}')
        world.journal.append(id, 1, b'{"rxeryph": "record", "version": 2, "finished", "type":"status"}')
    store(world, "d")
    assert (spy.events, spy.errors) == (["d"], [])
    warnings = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(warnings) == 2
    assert "record 0 of operation a, at position 1: it has version 2" in warnings[0]
    assert "record 1 of operation a, at position 2: it is not JSON. Restore a copy of the journal" in warnings[1]
    spy, _ = watched(world, include_running=True)
    assert spy.events == ["a", "b", "c"]  # who follows them finds out


def test_a_journal_that_fails_is_read_later() -> None:
    world = World(ticking)
    spy, _ = watched(world)
    world.journal.failing = FULL_DISK
    world.run(2)
    world.journal.failing = None
    store(world, "a")
    world.run(60)
    assert spy.events == ["a"]
    world.journal.failing = JournalError("damaged", is_permanent=True)
    world.run(70)
    assert spy.error == world.journal.failing


def test_it_ends_with_the_connection() -> None:
    world = World(ticking)
    spy, engine = watched(world)
    engine.close()
    assert isinstance(spy.error, ClosedError)
