"""A journal that many operations share and cannot use for a while: nothing is lost, and the log has one line."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import rxeryph
from rxeryph.events import PollFailed
from rxeryph.polling import ErrorBudget
from rxeryph.simulator import Log, Simulator, Task
from rxeryph.testing.journal_processes import SOON
from tests.unit.journal.brokers import SERVER, Broker

OPERATIONS, LINES = 40, 15

Shared: TypeAlias = tuple[str, Callable[[], object], Callable[[], object]]
"""The URL of a journal, how it is broken, and how it is repaired."""


@contextmanager
def file(folder: Path) -> Iterator[Shared]:
    rxeryph.journal.SqliteJournal(folder / "shared.db").close()
    connection = sqlite3.connect(folder / "shared.db", check_same_thread=False)
    yield (
        f"sqlite:///{folder}/shared.db",
        lambda: connection.execute("ALTER TABLE records RENAME TO hidden"),
        lambda: connection.execute("ALTER TABLE hidden RENAME TO records"),
    )
    connection.close()


@contextmanager
def broker(folder: Path) -> Iterator[Shared]:
    pytest.importorskip("nats")
    if SERVER is None:
        pytest.skip("needs nats-server")
    with Broker(folder) as running:
        yield running.url, running.kill, running.start


@pytest.mark.eryph_simulator(speed=1.0)
@pytest.mark.parametrize("place", [file, broker])
def test_an_outage_loses_nothing_and_is_one_line(
    place: Any,
    tmp_path: Path,
    simulator: Simulator,
    connect_to: Callable[..., rxeryph.Eryph],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    lines = [Log(f"{number}", seconds=0.1) for number in range(LINES)]
    ids = [simulator.play(Task("Long", *lines)) for _ in range(OPERATIONS)]
    ended = threading.Event()
    events: list[Any] = []
    with place(tmp_path) as (url, break_it, repair_it), rxeryph.follow(url) as followed:
        polling = connect_to(simulator, journal=url, error_budget=ErrorBudget(attempts=100, first=0.2, maximum=0.4))
        followed.track_all(ids).subscribe(events.append, on_completed=ended.set)
        polling.track_all(ids).subscribe(lambda event: None)
        deadline = time.monotonic() + SOON
        while len(events) < OPERATIONS:
            assert time.monotonic() < deadline
            threading.Event().wait(0.02)
        break_it()
        threading.Event().wait(1.0)
        repair_it()
        assert ended.wait(2 * SOON)
    said = [(each.levelno, each.getMessage()) for each in caplog.records]
    failing = [message for level, message in said if level >= logging.WARNING]
    assert len(failing) <= 2, said  # of the process that polls, and of the one that follows
    assert all(message.startswith("The journal fails, and is tried again: The journal ") for message in failing)
    assert sum(message == "The journal works again" for _, message in said) == len(failing)
    assert any(isinstance(event, PollFailed) for event in events)
    for id in ids:
        found = [each.entry.message for each in events if each.type == "log_entry" and each.operation_id == id]
        assert found == [f"{number}" for number in range(LINES)]
