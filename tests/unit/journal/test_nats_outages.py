"""``NatsJournal`` when the broker is killed, hangs or is cut off, and when processes are killed or stopped."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rxeryph.errors import JournalConflictError, JournalError
from rxeryph.journal import NatsJournal
from rxeryph.testing.journal_processes import SOON, line, running
from tests.unit.journal.brokers import Broker, need_nats
from tests.unit.journal.disks import small_disk

need_nats()

import nats.aio.client  # noqa: E402

WRITE = """
import threading
from rxeryph.errors import JournalError
for number in range(200):
    while True:
        records = []
        try:
            journal.append(name, number, b"")
            break
        except JournalError as error:
            assert "cannot be used: " in str(error) or "the next one is" in str(error), error
            threading.Event().wait(0.02)
        try:
            records = journal.read(operation_id=name)
        except JournalError:
            continue
        if len(records) > number:  # the answer was lost
            break
    print(number, flush=True)
    threading.Event().wait(0.01)  # so that it is still writing when the broker is killed for the last time
journal.close()
"""

POLL = """
lease = None
number = 0
while True:
    if lease is None:
        lease = journal.acquire("op", name, 0.9)
    elif not lease.renew():
        print("lost", flush=True)
        lease = None
    else:
        number = len(journal.read(operation_id="op"))
        print("polled", flush=True)  # and is stopped here, perhaps
        try:
            journal.append("op", number, name.encode())
        except JournalError as error:
            print(type(error).__name__, flush=True)
    threading.Event().wait(0.02)
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


def code(broker: Broker, name: str = "") -> str:
    return (
        "import threading; from rxeryph.errors import JournalError; from rxeryph.journal import NatsJournal;"
        f" name = {name!r}; journal = NatsJournal({broker.url!r})"
    )


def ask(broker: Broker, request: str) -> Any:
    """Do something with JetStream as another program would."""

    async def answer() -> Any:
        client = await nats.connect(broker.url)
        try:
            return json.loads((await client.request(f"$JS.API.{request}", timeout=SOON)).data)
        finally:
            await client.close()

    return asyncio.run(answer())


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def eventually(append: NatsJournal, number: int) -> None:
    """Append, as soon as the broker can be used."""
    deadline = time.monotonic() + SOON
    while True:
        try:
            append.append("op", number, b"")
            return
        except JournalConflictError:
            raise
        except JournalError:
            assert time.monotonic() < deadline
        pause(0.05)


# -- the broker


def test_a_broker_that_is_killed_again_and_again_under_load_loses_and_repeats_nothing(broker: Broker) -> None:
    names = "abc"
    with ExitStack() as stack:
        processes = [stack.enter_context(running(code(broker, name), WRITE)) for name in names]
        for each in processes:
            assert line(each) == "0"
        for _ in range(5):
            pause(0.1)
            broker.kill()
            pause(0.1)
            broker.start()
        assert all(each.poll() is None for each in processes)
        assert [each.wait(2 * SOON) for each in processes] == [0, 0, 0]
        # Not by ``communicate``, which loses what was read ahead with the first line.
        assert [list(each.stdout or ())[-1] for each in processes] == ["199\n"] * 3
    with NatsJournal(broker.url) as journal:
        for name in names:
            assert [each.number for each in journal.read(operation_id=name)] == [*range(200)]
        positions = [each.position for each in journal.read()]
        assert positions == sorted({*positions})
        assert len(positions) == 200 * len(names)


def test_an_outage_is_one_clear_error_at_once_and_over_by_itself(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with NatsJournal(broker.url) as journal:
        journal.append("op", 0, b"")
        broker.kill()
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(
                JournalError, match=r"the broker cannot be reached|the connection to the broker was lost"
            ) as caught:
                journal.append("op", 1, b"")
            assert not caught.value.is_permanent
        assert time.monotonic() - began < 3.0
        broker.start()
        eventually(journal, 1)
        assert [each.number for each in journal.read()] == [0, 1]
    messages = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    assert sum("lost the connection" in each for each in messages) == 1
    assert sum("can be used again" in each for each in messages) == 1


def test_a_subscriber_is_notified_of_what_was_appended_during_an_outage_and_after(broker: Broker) -> None:
    called = [threading.Event() for _ in range(2)]
    with NatsJournal(broker.url) as journal, NatsJournal(broker.url) as writer:
        journal.subscribe(called[0].set)
        journal.subscribe(called[1].set, operation_id="op")
        broker.kill()
        assert all(each.wait(SOON) for each in called)  # who look, and see the outage
        for each in called:
            each.clear()
        broker.start()
        eventually(writer, 0)
        assert all(each.wait(SOON) for each in called)
        pause(1.0)  # the consumer is there again
        for number in (1, 2):
            for each in called:
                each.clear()
            eventually(writer, number)
            assert all(each.wait(SOON) for each in called)


def test_a_record_that_came_with_a_notification_is_there_without_a_request(broker: Broker) -> None:
    called = threading.Event()
    with NatsJournal(broker.url) as journal, NatsJournal(broker.url) as other:
        subscription = journal.subscribe(called.set, operation_id="op")
        records = []
        for number in range(2):
            called.clear()
            records.append(other.append("op", number, b"%d" % number))
            assert called.wait(SOON)
        broker.kill()
        assert journal.read(after=records[0].position, operation_id="op", limit=1) == [records[1]]
        for after, limit in ((0, 1), (records[0].position, 2), (records[1].position, 1)):
            with pytest.raises(JournalError):
                journal.read(after=after, operation_id="op", limit=limit)
        subscription.dispose()
        with pytest.raises(JournalError):
            journal.read(after=records[0].position, operation_id="op", limit=1)


def test_a_subscriber_is_notified_after_the_broker_forgot_its_consumer(broker: Broker) -> None:
    called = threading.Event()
    with NatsJournal(broker.url) as journal:
        journal.subscribe(called.set)
        for each in ask(broker, "CONSUMER.NAMES.rxeryph")["consumers"]:
            ask(broker, f"CONSUMER.DELETE.rxeryph.{each}")
        journal.append("op", 0, b"")
        assert called.wait(SOON)
        called.clear()
        journal.append("op", 1, b"")
        assert called.wait(SOON)


def test_a_request_that_waits_when_the_broker_dies_ends_at_once(broker: Broker) -> None:
    with NatsJournal(broker.url) as journal, ThreadPoolExecutor(1) as thread:
        broker.stop()
        waiting = thread.submit(journal.append, "op", 0, b"")
        pause(0.2)
        broker.kill()
        began = time.monotonic()
        with pytest.raises(JournalError, match="the connection to the broker was lost"):
            waiting.result(SOON)
        assert time.monotonic() - began < 2.0


def test_a_broker_that_hangs_is_one_clear_error(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxeryph.journal.jetstream.link.PATIENCE", 0.2)
    with NatsJournal(broker.url) as journal:
        broker.stop()
        with pytest.raises(JournalError, match="the broker did not answer"):
            journal.append("op", 0, b"")
        broker.resume()
        assert {each.number for each in journal.read()} <= {0}
        with pytest.raises(JournalConflictError, match="the next one is 1"):
            eventually(journal, 3)


def test_an_append_that_failed_is_not_sent_later(broker: Broker) -> None:
    with NatsJournal(broker.url) as journal:
        broker.kill()
        for _ in range(3):
            with pytest.raises(JournalError):
                journal.append("op", 0, b"late")
        broker.start()
        pause(1.0)
        assert [*journal.read()] == []


def test_a_full_disk_loses_nothing_and_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxeryph.journal.jetstream.link.PATIENCE", 1.0)
    with (
        small_disk(tmp_path / "disk") as disk,
        Broker(disk.folder, "jetstream { max_file_store: 1GB }") as broker,
        NatsJournal(broker.url) as journal,
    ):
        disk.fill(leave=1_000_000)
        with pytest.raises(JournalError, match="if its log reports a full disk, free space and restart it") as caught:
            [journal.append("op", number, b"x" * 30_000) for number in range(1000)]
        assert not caught.value.is_permanent
        stored = len(journal.read())
        assert stored > 3
        disk.free()
        broker.kill()
        broker.start()
        eventually(journal, stored)
        assert [each.number for each in journal.read()] == [*range(stored + 1)]


def test_leases_and_positions_outlive_the_broker(broker: Broker) -> None:
    with NatsJournal(broker.url) as journal:
        short = journal.acquire("short", "me", 0.9)
        long = journal.acquire("long", "me", 60.0)
        journal.advance("billing", 7)
        broker.kill()
        pause(1.2)
        broker.start()
        pause(0.3)
        assert journal.position("billing") == 7
        assert long is not None
        assert long.renew()
        assert journal.acquire("long", "me", 60.0) is None
        assert short is not None
        assert not short.renew()
        assert journal.acquire("short", "me", 60.0) is not None


def test_a_stream_that_was_made_again_meanwhile_takes_no_more_records(broker: Broker) -> None:
    with NatsJournal(broker.url) as journal:
        journal.append("op", 0, b"")
        broker.kill()
        for folder in (broker.folder / "jetstream").rglob("*"):
            if folder.is_file():
                folder.unlink()
        broker.start()
        with pytest.raises(JournalError, match="deleted while it was open") as caught:
            journal.append("op", 1, b"")
        assert caught.value.is_permanent


# -- processes


def test_a_killed_process_that_held_a_lease_is_followed_within_its_time_and_a_second(broker: Broker) -> None:
    hold = 'print(journal.acquire("op", name, 1.8).renew(), flush=True); input()'
    with NatsJournal(broker.url) as journal, running(code(broker, "first"), hold) as process:
        assert line(process) == "True"
        assert journal.acquire("op", "second", 1.8) is None
        process.kill()
        died = time.monotonic()
        while (lease := journal.acquire("op", "second", 1.8)) is None:
            pause(0.02)
        assert time.monotonic() - died < 3.0
        assert lease.renew()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP")
def test_a_process_that_was_stopped_until_its_lease_moved_does_not_write(broker: Broker) -> None:
    with NatsJournal(broker.url) as journal, running(code(broker, "stopped"), POLL) as process:
        for _ in range(5):
            assert line(process) == "polled"
        os.kill(process.pid, signal.SIGSTOP)
        stopped_at = time.monotonic()
        while (lease := journal.acquire("op", "heir", 60.0)) is None:
            pause(0.02)
        assert time.monotonic() - stopped_at < 2.5
        records = journal.read()
        assert {each.data for each in records} == {b"stopped"}
        journal.append("op", len(records), b"heir")
        os.kill(process.pid, signal.SIGCONT)
        while line(process) != "lost":
            pass
        pause(0.3)
        assert [each.data for each in journal.read(after=records[-1].position)] == [b"heir"]
        assert lease.renew()
        lease.release()
        assert line(process) == "polled"


def test_processes_that_are_killed_while_they_append_lose_and_repeat_nothing(broker: Broker) -> None:
    forever = """
import itertools
number = len(journal.read(operation_id="op"))
for number in itertools.count(number):
    journal.append("op", number, b"%d" % number)
    print(number, flush=True)
"""
    acknowledged: list[int] = []
    for _ in range(5):
        with running(code(broker), forever) as process:
            acknowledged += [int(line(process)) for _ in range(20)]
            process.kill()
            acknowledged += [int(each) for each in (process.stdout or ()) if each.endswith("\n")]
    with NatsJournal(broker.url) as journal:
        records = journal.read()
    assert [each.number for each in records] == [*range(len(records))]
    assert [int(each.data) for each in records] == [*range(len(records))]
    assert {*acknowledged} <= {each.number for each in records}
    assert len(records) - len(acknowledged) <= 5  # the last one of each process may not have been reported


def test_a_lost_connection_is_noticed_even_if_nats_py_does_not_say_so(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = nats.aio.client.Client._close

    async def fail_to_close(client: nats.aio.client.Client, status: int, do_cbs: bool = True) -> None:
        await close(client, status, do_cbs=False)
        raise ConnectionResetError  # as when the rest cannot be written: then nothing is called back

    noticed = threading.Event()
    with NatsJournal(broker.url) as one, NatsJournal(broker.url) as other:
        one.append("op", 0, b"before")
        other.subscribe(noticed.set)
        monkeypatch.setattr(nats.aio.client.Client, "_close", fail_to_close)
        broker.kill()
        broker.start()
        eventually(one, 1)
        noticed.clear()
        eventually(one, 2)
        assert noticed.wait(SOON)
