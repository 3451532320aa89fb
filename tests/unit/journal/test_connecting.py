"""``connect(journal=...)``: streams of one connection are continued, followed and served by another."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rxeryph import Eryph, OperationStream
from rxeryph.errors import ClosedError, ConfigurationError, JournalError
from rxeryph.events import is_change
from rxeryph.journal import SqliteJournal
from rxeryph.journal import open as open_journal
from rxeryph.simulator import Hang, Log, Pause, Simulator, Task
from tests.observing import Spy
from tests.property.test_journal_laws import in_order, same
from tests.two_ways import uses_lists

Connect = Callable[..., Eryph]
STEPS = [Log(f"line {number}", seconds=0.5) for number in range(20)]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'operations.db'}"


def changes(spy: Spy) -> list[Any]:
    return [event for event in spy.events if is_change(event)]


def test_a_finished_operation_is_served_without_a_request(
    simulator: Simulator, connect_to: Connect, url: str
) -> None:
    with connect_to(simulator, journal=url) as eryph:
        stream = eryph.catlets.create({"name": "web"})
        first = stream.wait(30)
        events = [*stream]
    with connect_to(simulator, journal=url) as eryph:
        again = eryph.track(stream.operation_id)
        assert in_order(again.wait(30).operation) == in_order(first.operation)
        assert same([*again], [event for event in events if is_change(event)])
        assert eryph.statistics().requests == 0


def test_a_result_from_the_journal_fetches_from_the_server(
    simulator: Simulator, connect_to: Connect, url: str
) -> None:
    with connect_to(simulator, journal=url) as eryph:
        stream = eryph.catlets.create({"name": "web"})
        stream.wait(30)
    with connect_to(simulator, journal=url) as eryph:
        catlet = eryph.track(stream.operation_id).wait(30).catlet
        assert catlet.name == "web"


@pytest.mark.eryph_simulator(speed=20.0)
def test_another_connection_continues_where_one_was_closed(
    simulator: Simulator, connect_to: Connect, url: str
) -> None:
    operation_id = simulator.play(Task("Test", *STEPS))
    first, second, some = Spy(), Spy(), threading.Event()
    with connect_to(simulator, journal=url) as eryph:
        stream = eryph.track(operation_id)
        stream.subscribe(first)
        stream.subscribe(lambda event: some.set() if len(first.events) > 5 else None)
        assert some.wait(30)
    assert isinstance(first.error, ClosedError)
    with connect_to(simulator, journal=url) as eryph:
        stream = eryph.track(operation_id)
        stream.subscribe(second)
        result = stream.wait(30)
    assert [entry.message for entry in result.log_entries] == [step.message for step in STEPS]
    assert same(changes(first), second.events[: len(changes(first))])
    lines = [event.entry.message for event in second.events if event.type == "log_entry"]
    assert lines == [step.message for step in STEPS]


@pytest.mark.eryph_simulator(speed=20.0)
def test_of_two_connections_one_polls_and_both_see_the_same(
    simulator: Simulator, connect_to: Connect, url: str
) -> None:
    ids = [simulator.play(Task("Test", *STEPS)) for _ in range(12)]
    owner, follower = connect_to(simulator, journal=url), connect_to(simulator, journal=url)
    spies = [Spy(), Spy()]
    groups = [eryph.track_all(ids) for eryph in (owner, follower)]
    groups[0].subscribe(spies[0])
    while not all(stream.operation for stream in map(owner.track, ids)):
        threading.Event().wait(0.02)
    groups[1].subscribe(spies[1])
    for group in groups:
        assert len(group.wait(60)) == len(ids)
        assert {stream.wait(1).succeeded for stream in map(owner.track, ids)} == {True}
    assert follower.statistics().requests == 0
    for each in ids:
        one, other = ([event for event in changes(spy) if event.operation_id == each] for spy in spies)
        assert same(one, other)
    if uses_lists():
        assert owner.statistics().lists > 0


def test_a_connection_counts_what_it_polls_follows_and_stores(
    simulator: Simulator, connect_to: Connect, url: str
) -> None:
    ids = [simulator.play(Task("Test", Log("begun"), Hang())) for _ in range(3)]

    def counts(eryph: Eryph) -> tuple[int, int, int]:
        counted = eryph.statistics()
        return counted.owned, counted.followed, counted.appended

    def wait_for(eryph: Eryph, expected: tuple[int, int]) -> None:
        while counts(eryph)[:2] != expected:
            threading.Event().wait(0.02)

    owner, follower = connect_to(simulator, journal=url), connect_to(simulator, journal=url)
    assert counts(connect_to(simulator, journal="")) == counts(owner) == (0, 0, 0)
    with owner.track_all(ids).subscribe(Spy()):
        wait_for(owner, (3, 0))
        with follower.track_all(ids[:2]).subscribe(Spy()), closing(open_journal(url)) as journal:
            wait_for(follower, (0, 2))
            while len({each.operation_id for each in journal.read()}) < len(ids):
                threading.Event().wait(0.02)
            owner.close()
            stored = len(journal.read())
    assert counts(owner) == (0, 0, stored)
    assert counts(follower)[2] == 0


def test_the_environment_may_name_the_journal(
    simulator: Simulator, connect_to: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RXERYPH_JOURNAL", f"sqlite:///{tmp_path / 'a.db'}")
    connect_to(simulator)
    assert (tmp_path / "a.db").exists()
    connect_to(simulator, journal=f"sqlite:///{tmp_path / 'b.db'}")
    assert (tmp_path / "b.db").exists()
    monkeypatch.setenv("RXERYPH_JOURNAL", "wrong")
    connect_to(simulator, journal="")
    with pytest.raises(ConfigurationError, match="A journal has a URL such as"):
        connect_to(simulator)


def test_a_journal_that_was_given_stays_open(simulator: Simulator, connect_to: Connect, tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "a.db") as journal:
        with connect_to(simulator, journal=journal) as eryph:
            operation_id = eryph.catlets.create({"name": "web"}).wait(30).operation.id
        assert {record.operation_id for record in journal.read()} == {operation_id}


@pytest.mark.parametrize("journal", [7, Path("operations.db"), SqliteJournal])
def test_something_else_is_no_journal(simulator: Simulator, connect_to: Connect, journal: Any) -> None:
    with pytest.raises(
        ConfigurationError, match="journal must be a URL or a journal such as SqliteJournal"
    ) as caught:
        connect_to(simulator, journal=journal)
    assert caught.value.member == "journal"


@pytest.mark.eryph_simulator(speed=20.0)
def test_new_operations_that_are_watched_are_journaled(simulator: Simulator, connect_to: Connect, url: str) -> None:
    done = threading.Event()
    with connect_to(simulator, journal=url) as eryph:

        def found(stream: OperationStream) -> None:
            stream.subscribe(lambda event: done.set())

        eryph.watch_operations(include_running=True).subscribe(found)
        operation_id = simulator.play(Task("Test", Hang()))  # it runs, however late the first list is
        assert done.wait(30)
    with closing(open_journal(url)) as journal:
        assert journal.read(operation_id=operation_id)


def test_a_closed_connection_lets_others_poll_at_once(simulator: Simulator, connect_to: Connect, url: str) -> None:
    ids = [simulator.play(Task("Test", *STEPS, Pause(1000.0))) for _ in range(3)]
    seen = threading.Event()
    with connect_to(simulator, journal=url) as eryph:
        eryph.track_all(ids).subscribe(lambda event: seen.set())
        assert seen.wait(30)
    with closing(open_journal(url)) as journal:
        assert all(journal.acquire(id, "another", 1.0) for id in ids)


def test_a_journal_in_use_by_others_does_not_hold_up_the_end(
    simulator: Simulator, connect_to: Connect, tmp_path: Path
) -> None:
    ids = [simulator.play(Task("Test", *STEPS, Pause(1000.0))) for _ in range(5)]
    seen = threading.Event()
    journal = Refusing(tmp_path / "operations.db")
    with journal, connect_to(simulator, journal=journal) as eryph:
        eryph.track_all(ids).subscribe(lambda event: seen.set())
        assert seen.wait(30)
        while journal.leases < len(ids):
            threading.Event().wait(0.01)
    assert journal.releases == 1


def test_a_process_that_writes_for_long_does_not_hold_up_the_end(
    simulator: Simulator, connect_to: Connect, tmp_path: Path
) -> None:
    ids = [simulator.play(Task("Test", *[Log("line", seconds=0.1) for _ in range(1000)])) for _ in range(20)]
    url = f"sqlite:///{tmp_path}/operations.db"
    consumed = [threading.Event() for _ in range(5)]
    with connect_to(simulator, journal=url) as eryph, closing(sqlite3.connect(tmp_path / "operations.db")) as other:
        eryph.track_all(ids).subscribe(lambda event: None)
        for number, each in enumerate(consumed):
            eryph.consumer(f"{number}").subscribe(partial(_set, each))
        assert all(each.wait(30) for each in consumed)
        other.execute("PRAGMA busy_timeout = 30000")
        other.execute("BEGIN IMMEDIATE")
        threading.Event().wait(1.0)
        began = time.monotonic()
        eryph.close()
        assert time.monotonic() < began + 4.0  # without the other one it is 2 s at most


def _set(event: threading.Event, journaled: object) -> None:
    event.set()


class Refusing(SqliteJournal):
    """A journal whose leases cannot be released."""

    leases = releases = 0

    def acquire(self, name: str, owner: str, seconds: float) -> Any:
        lease = super().acquire(name, owner, seconds)
        self.leases += lease is not None
        return None if lease is None else Kept(self, lease)


class Kept:
    def __init__(self, journal: Refusing, lease: Any) -> None:
        self._journal = journal
        self.renew = lease.renew

    def release(self) -> None:
        self._journal.releases += 1
        raise JournalError("The journal is locked.")
