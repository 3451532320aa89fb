"""``Entries``: a collection that grows without a copy, and whose older values stay as they were."""

from __future__ import annotations

import pickle

from rxeryph.model import LogEntry
from rxeryph.tracking.entries import Entries
from tests.unit.samples import entry


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
