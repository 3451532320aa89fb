"""``Entries``: a collection that grows without a copy, and whose older values stay as they were."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from functools import partial

import pytest

from rxeryph.model import LogEntry
from rxeryph.tracking.entries import Entries
from tests.unit.samples import entry
from tests.unit.scheduling.threads import at_once


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def lines(*numbers: int) -> list[LogEntry]:
    return [entry(f"l{number}", float(number)) for number in numbers]


def test_a_known_id_is_left_as_it_is() -> None:
    first = entry("l1", 1.0)
    entries = Entries([first])
    again, new = entries.added([entry("l1", 9.0)])
    assert again is entries
    assert new == []
    assert entries.in_order == (first,)


def test_it_is_a_collection_of_entries() -> None:
    entries, _ = Entries(lines(2, 1)).added(lines(3))
    assert [*entries] == lines(1, 2, 3)
    assert len(entries) == 3
    assert lines(2)[0] in entries
    assert lines(4)[0] not in entries
    assert entries != tuple(lines(1, 2, 3))


def test_an_older_value_pickles_without_what_came_later() -> None:
    older = Entries(lines(1, 3))
    older.added(lines(2, 4))
    again = pickle.loads(pickle.dumps(older))
    assert again == older == Entries(lines(1, 3))
    assert pickle.dumps(older) == pickle.dumps(Entries(lines(1, 3)))


@pytest.mark.usefixtures("switching_often")
def test_threads_may_add_to_the_same_value_and_read_it_at_once() -> None:
    even, odd, later = lines(*range(0, 40, 2)), lines(*range(1, 40, 2)), lines(*range(40, 60))
    for _ in range(50):
        older = Entries(even)
        assert added_at_once(older, odd, later) == [*map(Entries, (even + odd, even + later))]
        assert [*older] == even


def added_at_once(older: Entries, *more: list[LogEntry]) -> list[Entries]:
    """What each thread makes of ``older``, while another one reads it."""
    found: dict[int, Entries] = {}
    before = older.in_order

    def add(number: int) -> None:
        found[number], _ = older.added(more[number])

    def read() -> None:
        for _ in range(20):
            assert older.in_order == before

    at_once(*(partial(add, number) for number in range(len(more))), read)
    return [found[number] for number in range(len(more))]
