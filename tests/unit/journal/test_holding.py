"""The lease of one name, and the renewal of all that a connection has."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest

from rxeryph.errors import ClosedError
from rxeryph.journal.holding import Holding
from rxeryph.journal.renewals import AGAIN, LEASE
from tests.unit.journal.processes import Process, World
from tests.unit.journal.test_source import FULL_DISK, ticking

INTERVAL = LEASE / 3


@pytest.fixture
def world() -> World:
    return World(ticking)


@pytest.fixture
def process(world: World) -> Process:
    return Process(world, "me")


@pytest.fixture
def lost() -> list[float]:
    return []


@pytest.fixture
def holding(world: World, process: Process, lost: list[float]) -> Holding:
    holding = Holding(process.access, "op", lambda: lost.append(world.now))
    assert holding.acquire()
    return holding


def test_a_late_renewal_is_enough_if_the_lease_was_not_lost(world: World, process: Process, holding: Holding) -> None:
    process.freeze()
    world.journal.owners["op"] = "me", world.now + 3 * LEASE  # it was renewed together with others
    world.run(world.now + LEASE + 1)
    assert not holding.is_safe
    process.thaw()
    assert holding.is_safe


def test_a_late_renewal_finds_a_lease_that_was_lost(
    world: World, process: Process, holding: Holding, lost: list[float]
) -> None:
    process.freeze()
    world.run(world.now + LEASE + 1)
    process.thaw()
    assert not holding.is_safe
    assert lost[0] == world.now


@pytest.mark.parametrize("error", [FULL_DISK, ClosedError("It is closed."), RuntimeError("of an engine of a user")])
def test_a_journal_that_fails_leaves_the_time_that_is_left(
    world: World, holding: Holding, lost: list[float], error: Exception
) -> None:
    world.journal.failing = error
    world.run(world.now + LEASE - 0.1)
    assert holding.is_safe
    assert not lost
    world.run(world.now + AGAIN)
    assert not holding.is_safe
    assert lost
    world.journal.failing = None
    assert holding.acquire()


def test_many_leases_are_renewed_in_one_turn(world: World, process: Process) -> None:
    holdings = [Holding(process.access, f"op {number}") for number in range(3)]
    for each in holdings:
        world.run(world.now + 0.5)
        assert each.acquire()
    turns: list[int] = []
    for _ in range(5):
        world.run(world.now + INTERVAL)
        turns.append(world.journal.renewals)
    assert turns == [3, 6, 9, 12, 15]
    for each in holdings:
        each.release()
    world.run(world.now + 10 * INTERVAL)
    assert world.journal.renewals == 15


def test_a_journal_that_fails_is_asked_once_for_all_leases_and_again_soon(world: World, process: Process) -> None:
    holdings = [Holding(process.access, f"op {number}") for number in range(100)]
    assert all(each.acquire() for each in holdings)
    world.journal.failing = FULL_DISK
    world.run(world.now + INTERVAL + 2.5 * AGAIN)
    assert world.journal.refused == 3
    world.journal.failing = None
    world.run(world.now + AGAIN)
    assert all(each.is_safe for each in holdings)


def test_a_lease_that_is_released_as_soon_as_it_is_there_is_not_renewed(world: World, process: Process) -> None:
    lost: list[float] = []
    holding = Holding(process.access, "op", lambda: lost.append(world.now))
    add = process.access.renewals.add

    def add_late(held: Any) -> None:
        holding.release()
        add(held)

    process.access.renewals.add = add_late  # type: ignore[method-assign]
    assert not holding.acquire()
    world.run(world.now + 3 * INTERVAL)
    assert not lost


def test_a_lease_that_was_released_while_it_was_renewed_stays_released(world: World, holding: Holding) -> None:
    lease = world.journal.holders["op"]
    renew = lease.renew

    def renew_late() -> bool:
        is_held = renew()
        holding.release()
        return is_held

    lease.renew = renew_late  # type: ignore[method-assign]
    world.run(world.now + INTERVAL)
    assert not holding.is_safe
    assert not world.journal.is_taken("op")


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # from 3.12 on: threads are the point here
@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_waits_for_no_thread_that_adds_a_lease(process: Process) -> None:
    renewals, is_adding, may_end = process.access.renewals, threading.Event(), threading.Event()

    class Slow(Holding):
        def __hash__(self) -> int:
            is_adding.set()
            may_end.wait()
            return 0

    adding = threading.Thread(target=renewals.add, args=(Slow(process.access, "op"),))
    adding.start()
    is_adding.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(5)
        Holding(process.access, "another").release()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    may_end.set()
    adding.join()
    assert status == 0
