"""The lease of one name: kept while it is in force, also by a process that renews late."""

from __future__ import annotations

import pytest

from rxeryph.journal.holding import LEASE, Holding
from tests.unit.journal.processes import Process, World
from tests.unit.journal.test_source import FULL_DISK, ticking


@pytest.fixture
def world() -> World:
    return World(ticking)


@pytest.fixture
def holding(world: World) -> Holding:
    holding = Holding(Process(world, "me").access, "op")
    assert holding.acquire()
    return holding


def test_a_late_renewal_is_enough_if_the_lease_was_not_lost(world: World, holding: Holding) -> None:
    world.journal.owners["op"] = "me", world.now + 3 * LEASE  # it was renewed together with others
    world.run(world.now + LEASE + 1)
    assert not holding.is_safe
    assert holding.keep()
    assert holding.is_safe


def test_a_late_renewal_finds_a_lease_that_was_lost(world: World, holding: Holding) -> None:
    world.run(world.now + LEASE + 1)
    assert not holding.keep()
    assert not holding.is_safe


def test_a_journal_that_fails_leaves_the_time_that_is_left(world: World, holding: Holding) -> None:
    world.journal.failing = FULL_DISK
    world.run(world.now + LEASE / 2)
    assert holding.keep()
    world.run(world.now + LEASE)
    assert not holding.keep()
    world.journal.failing = None
    assert holding.acquire()
