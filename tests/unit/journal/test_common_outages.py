"""A journal that many operations share and cannot use for a while: nothing is lost, and the log has one line."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import rxeryph
from rxeryph.events import PollFailed
from rxeryph.polling import ErrorBudget
from rxeryph.simulator import Log, Simulator, Task
from rxeryph.testing.journal_processes import SOON
from tests.unit.journal.brokers import SERVER, Broker
from tests.unit.journal.disks import small_disk

OPERATIONS, LINES = 40, 15

Shared: TypeAlias = tuple[str, Callable[[], object], Callable[[], object]]
"""The URL of a journal, how it is broken, and how it is repaired."""


@contextmanager
def file(path: Path) -> Iterator[tuple[str, sqlite3.Connection]]:
    """A journal in a file, and the connection of another program to it."""
    rxeryph.journal.SqliteJournal(path).close()
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        yield f"sqlite:///{path}", connection


@contextmanager
def file_without_records(folder: Path) -> Iterator[Shared]:
    with file(folder / "shared.db") as (url, other):
        yield (
            url,
            lambda: other.execute("ALTER TABLE records RENAME TO hidden"),
            lambda: other.execute("ALTER TABLE hidden RENAME TO records"),
        )


@contextmanager
def file_in_use(folder: Path) -> Iterator[Shared]:
    with file(folder / "shared.db") as (url, other):
        yield url, lambda: other.execute("BEGIN IMMEDIATE"), other.rollback


@contextmanager
def file_on_a_full_disk(folder: Path) -> Iterator[Shared]:
    with small_disk(folder / "disk", megabytes=12) as disk, file(disk.folder / "shared.db") as (url, _):
        yield url, disk.fill, disk.free


@contextmanager
def killed_broker(folder: Path) -> Iterator[Shared]:
    need_broker()
    with Broker(folder) as broker:
        yield broker.url, broker.kill, broker.start


@contextmanager
def broker_on_a_full_disk(folder: Path) -> Iterator[Shared]:
    need_broker()
    with (
        small_disk(folder / "disk", megabytes=12) as disk,
        Broker(disk.folder, "jetstream { max_file_store: 1GB }") as broker,
    ):

        def repair() -> None:
            disk.free()
            broker.kill()
            broker.start()

        yield broker.url, disk.fill, repair


def need_broker() -> None:
    pytest.importorskip("nats")
    if SERVER is None:
        pytest.skip("needs nats-server")


@pytest.mark.eryph_simulator(speed=1.0)
@pytest.mark.parametrize(
    "place", [file_without_records, file_in_use, file_on_a_full_disk, killed_broker, broker_on_a_full_disk]
)
def test_an_outage_loses_and_repeats_nothing_and_is_one_line(
    place: Any,
    tmp_path: Path,
    simulator: Simulator,
    connect_to: Callable[..., rxeryph.Eryph],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("rxeryph.journal.database.PATIENCE", 1.0)  # far more than a turn of each thread takes
    monkeypatch.setattr("rxeryph.journal.jetstream.link.PATIENCE", 1.0)
    budget = ErrorBudget(attempts=100, first=0.2, maximum=0.4)
    lines = [Log(f"{number}", seconds=0.1) for number in range(LINES)]
    ids = [simulator.play(Task("Long", *lines)) for _ in range(OPERATIONS)]
    ended = threading.Event()
    events, polled, consumed = list[Any](), list[Any](), list[Any]()
    with (
        place(tmp_path) as (url, break_it, repair_it),
        rxeryph.follow(url) as followed,
        connect_to(simulator, journal=url, error_budget=budget) as polling,
    ):
        followed.track_all(ids).subscribe(events.append, on_completed=ended.set)
        followed.consumer("audit").subscribe(consumed.append)
        polling.track_all(ids).subscribe(polled.append)
        until(lambda: len(events) >= OPERATIONS)
        break_it()
        threading.Event().wait(2.5)
        repair_it()
        assert ended.wait(2 * SOON)
        shown = sum(each.type not in ("poll_failed", "poll_recovered") for each in events)
        until(lambda: len(consumed) >= shown)
    said = [(each.levelno, each.getMessage()) for each in caplog.records]
    failing = [message for level, message in said if level >= logging.WARNING]
    assert 1 <= len(failing) <= 2, said  # of the process that polls, and of the one that follows
    assert all(message.startswith("The journal fails, and is tried again: The journal ") for message in failing)
    assert sum(message == "The journal works again" for _, message in said) == len(failing)
    assert any(isinstance(event, PollFailed) for event in (*events, *polled))
    for id in ids:
        found = [each.entry.message for each in events if each.type == "log_entry" and each.operation_id == id]
        assert found == [f"{number}" for number in range(LINES)]
    assert len({each.id for each in consumed}) == len(consumed) == shown


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
