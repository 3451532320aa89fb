"""A journal under load that has a record which cannot be read, or that cannot be used any more."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import rxeryph
from rxeryph.errors import JournalConflictError, JournalError
from rxeryph.journal import Journal
from rxeryph.journal import open as open_journal
from rxeryph.polling import ErrorBudget
from rxeryph.simulator import Log, Simulator, Task
from rxeryph.testing.journal_processes import SOON
from tests.unit.journal.brokers import Broker
from tests.unit.journal.test_common_outages import need_broker, until

OPERATIONS, LINES = 20, 15
LINE = [f"{number}" for number in range(LINES)]

Connect: TypeAlias = Callable[..., rxeryph.Eryph]


def played(simulator: Simulator) -> list[str]:
    return [simulator.play(Task("Long", *[Log(line, seconds=0.1) for line in LINE])) for _ in range(OPERATIONS)]


def lines(events: list[Any], id: str) -> list[str]:
    return [each.entry.message for each in events if each.type == "log_entry" and each.operation_id == id]


def append_garbage(journal: Journal, id: str) -> int:
    """Append what is no record, as another program would; its position."""
    while True:
        try:
            return journal.append(id, len(journal.read(operation_id=id)), b"{").position
        except JournalConflictError:
            pass


@contextmanager
def file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder}/shared.db"


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    need_broker()
    with Broker(folder) as running:
        yield running.url


class Watcher:
    """What watches operations in a journal, and consumes all: its events, and the errors that ended it."""

    def __init__(self, url: str, ids: list[str]) -> None:
        self.follower = rxeryph.follow(url)
        self.events, self.consumed = list[Any](), list[Any]()
        self.found: list[str] = []
        self.errors: list[Exception] = []
        self.ended = threading.Event()
        self.follower.watch_operations(include_running=True).subscribe(
            lambda stream: self.found.append(stream.operation_id), self.errors.append
        )
        group = self.follower.track_all(ids)
        group.subscribe(self.events.append, on_completed=self.ended.set, on_error=self.errors.append)
        self.consume()

    def consume(self) -> None:
        self.follower.consumer("audit").subscribe(self.consumed.append, self.errors.append)

    def failures(self) -> dict[str, str]:
        """The errors of operations that cannot be tracked any more."""
        return {each.operation_id: str(each.error) for each in self.events if each.type == "tracking_failed"}


@pytest.mark.eryph_simulator(speed=1.0)
@pytest.mark.parametrize("place", [file, broker])
def test_a_damaged_record_ends_its_operation_and_no_other_notices(
    place: Any, tmp_path: Path, simulator: Simulator, connect_to: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ids = played(simulator)
    victim, *others = ids
    polled: list[Any] = []
    with place(tmp_path) as url, closing(open_journal(url)) as journal, connect_to(simulator, journal=url) as polling:
        watcher = Watcher(url, ids)
        polling.track_all(ids).subscribe(polled.append)
        until(lambda: len(watcher.events) >= 5 * OPERATIONS)
        position = append_garbage(journal, victim)
        assert watcher.ended.wait(SOON)
        until(lambda: len(watcher.errors) == 1)
        (error,) = watcher.errors
        what = (
            f"has a record that cannot be read: record {{}} of operation {victim}, at position {position}: it is not"
        )
        number = next(each.number for each in journal.read() if each.position == position)
        assert what.format(number) in str(error)
        assert (
            f"The consumer audit stays before it. Restore a copy of the journal, or call advance('audit', {position})"
            in str(error)
        )
        for failures in (
            watcher.failures(),
            {each.operation_id: str(each.error) for each in polled if each.type == "tracking_failed"},
        ):
            assert [*failures] == [victim]
            assert what.format(number) in failures[victim]
            assert failures[victim].endswith("Restore a copy of the journal, or follow this operation without it.")
        for id in others:
            assert lines(watcher.events, id) == lines(polled, id) == LINE
        assert journal.position("audit") == position - 1
        journal.advance("audit", position)
        watcher.consume()
        shown = sum(each.type != "tracking_failed" for each in watcher.events)
        until(lambda: len(watcher.consumed) >= shown)
        assert len({each.id for each in watcher.consumed}) == len(watcher.consumed) == shown
        assert watcher.errors == [error]
        assert {*others} <= {*watcher.found}
        watcher.follower.close()
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []


Fault: TypeAlias = tuple[str, str, Callable[[], object], Callable[[], object]]
"""The URL of a journal, what its errors say after it was changed, how it is changed, and how that is undone."""


@contextmanager
def newer_file(folder: Path) -> Iterator[Fault]:
    path = folder / "shared.db"
    rxeryph.journal.SqliteJournal(path).close()

    def become(version: int) -> None:
        with closing(sqlite3.connect(path)) as other:
            other.execute(f"PRAGMA user_version = {version}")

    yield f"sqlite:///{path}", "a newer version of rxeryph wrote it", lambda: become(2), lambda: become(1)


@contextmanager
def replaced_file(folder: Path) -> Iterator[Fault]:
    path, moved = folder / "shared.db", folder / "moved.db"

    def replace() -> None:
        path.rename(moved)
        path.touch()

    yield f"sqlite:///{path}", "it was deleted or replaced while it was open", replace, lambda: moved.rename(path)


@contextmanager
def newer_broker(folder: Path) -> Iterator[Fault]:
    need_broker()
    with Broker(folder) as running:

        def become(version: str) -> None:
            asyncio.run(change_version(running.url, version))
            running.kill()  # a connection is checked when it is made
            running.start()

        yield running.url, "a newer version of rxeryph made it", lambda: become("2"), lambda: become("1")


async def change_version(url: str, version: str) -> None:
    import nats

    client = await nats.connect(url)
    config = json.loads((await client.request("$JS.API.STREAM.INFO.rxeryph", timeout=SOON)).data)["config"]
    config["metadata"]["version"] = version
    await client.request("$JS.API.STREAM.UPDATE.rxeryph", json.dumps(config).encode(), timeout=SOON)
    await client.close()


@pytest.mark.eryph_simulator(speed=1.0)
@pytest.mark.parametrize("place", [newer_file, replaced_file, newer_broker])
def test_a_journal_that_cannot_be_used_any_more_ends_all_and_loses_nothing(
    place: Any,
    tmp_path: Path,
    simulator: Simulator,
    connect_to: Connect,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rxeryph.journal.renewals.LEASE", 2.0)
    caplog.set_level(logging.INFO)
    ids = played(simulator)
    budget = ErrorBudget(attempts=100, first=0.2, maximum=0.4)
    polled: list[Any] = []
    ended = threading.Event()
    with place(tmp_path) as (url, message, break_it, repair_it):
        with connect_to(simulator, journal=url, error_budget=budget) as polling:
            watcher = Watcher(url, ids)
            polling.track_all(ids).subscribe(polled.append, on_completed=ended.set)
            until(lambda: len(watcher.events) >= 5 * OPERATIONS)
            break_it()
            assert ended.wait(SOON)
            assert watcher.ended.wait(SOON)
            until(lambda: len(watcher.errors) == 2)
        watcher.follower.close()
        failed = [str(each.error) for each in (*watcher.events, *polled) if each.type == "tracking_failed"]
        assert len(failed) == 2 * OPERATIONS
        assert {message in each for each in (*failed, *map(str, watcher.errors))} == {True}
        assert all(isinstance(each, JournalError) and each.is_permanent for each in watcher.errors)
        said = [each.getMessage() for each in caplog.records if each.name == "rxeryph"]
        assert len(said) <= 10, said  # for any number of operations
        repair_it()
        with connect_to(simulator, journal=url) as polling:
            again = Watcher(url, ids)
            polling.track_all(ids).subscribe(lambda event: None)
            assert again.ended.wait(SOON)
            until(lambda: len(delivered(watcher, again)) >= len(again.events))
            assert again.errors == []
            again.follower.close()
        for id in ids:
            assert lines(again.events, id) == LINE
        assert len(delivered(watcher, again)) == len(again.events)


def delivered(*watchers: Watcher) -> set[str]:
    return {each.id for watcher in watchers for each in watcher.consumed}
