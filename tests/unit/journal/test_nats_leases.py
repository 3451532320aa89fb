"""Leases of a ``NatsJournal``: one write renews all of one journal, and none lasts longer because of it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rxeryph.errors import ClosedError, JournalError
from rxeryph.journal import NatsJournal
from rxeryph.testing.journal_contract import acquired
from rxeryph.testing.journal_processes import SOON
from tests.unit.journal.brokers import Broker, need_nats

need_nats()

import nats  # noqa: E402

from rxeryph.journal.jetstream.leases import NatsLease  # noqa: E402


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


@pytest.fixture
def one(broker: Broker) -> Iterator[NatsJournal]:
    with NatsJournal(broker.url) as journal:
        yield journal


@pytest.fixture
def other(broker: Broker) -> Iterator[NatsJournal]:
    with NatsJournal(broker.url) as journal:
        yield journal


def writes(broker: Broker) -> int:
    """How often the bucket of the journal was written."""

    async def ask() -> int:
        client = await nats.connect(broker.url)
        try:
            answer = await client.request("$JS.API.STREAM.INFO.KV_rxeryph", timeout=SOON)
            return int(json.loads(answer.data)["state"]["last_seq"])
        finally:
            await client.close()

    return asyncio.run(ask())


def eventually(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline
        pause(0.05)


def pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def test_one_write_renews_all(broker: Broker, one: NatsJournal, other: NatsJournal) -> None:
    leases = [acquired(one, str(number), 1.8) for number in range(50)]
    before = writes(broker)
    for _ in range(3):
        pause(0.7)
        assert all(lease.renew() for lease in leases)
    assert writes(broker) - before <= 6
    assert not any(other.acquire(str(number), "other", 1.8) for number in range(50))


def test_leases_of_other_lengths_last_for_theirs(one: NatsJournal, other: NatsJournal) -> None:
    long, short = acquired(one, "long", 60.0), acquired(one, "short", 0.9)
    eventually(lambda: other.acquire("short", "other", 0.9))
    assert not short.renew()
    assert long.renew()
    assert other.acquire("long", "other", 60.0) is None


@pytest.mark.parametrize(("age", "is_wanted"), [(58.0, True), (60.0, False)])
def test_a_long_lease_that_is_left_to_its_end_is_over_soon_after(
    one: NatsJournal, age: float, is_wanted: bool
) -> None:
    lease = acquired(one, "left", 54.0)
    assert isinstance(lease, NatsLease)
    lease.asked_at -= age
    assert lease.renew() is is_wanted


def test_a_lease_that_its_holder_forgot_is_not_renewed_for_ever(one: NatsJournal, other: NatsJournal) -> None:
    used, forgotten = acquired(one, "used", 0.9), acquired(one, "forgotten", 0.9)
    eventually(lambda: used.renew() and other.acquire("forgotten", "other", 60.0))
    assert not forgotten.renew()
    forgotten.release()
    assert one.acquire("forgotten", "one", 60.0) is None
    assert other.acquire("used", "other", 60.0) is None


def test_a_lease_is_free_soon_after_a_release_that_was_not_sent(
    broker: Broker, one: NatsJournal, other: NatsJournal
) -> None:
    kept, left = acquired(one, "kept", 2.7), acquired(one, "left", 2.7)
    broker.kill()
    with pytest.raises(JournalError):
        left.release()
    broker.start()
    pause(0.3)  # in which no other attempt to connect is made

    def is_free() -> bool:
        return kept.renew() and other.acquire("left", "other", 60.0) is not None

    eventually(is_free)
    assert kept.renew()


def test_a_lease_whose_answer_was_lost_can_be_acquired_again(
    broker: Broker, one: NatsJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rxeryph.journal.jetstream.link.PATIENCE", 0.2)
    kept = acquired(one, "kept", 60.0)
    broker.stop()
    with pytest.raises(JournalError):
        one.acquire("lost", "me", 60.0)
    broker.resume()
    pause(0.3)
    assert acquired(one, "lost", 60.0).renew()
    assert kept.renew()


def test_leases_that_are_over_together_can_be_acquired_again(
    broker: Broker, one: NatsJournal, other: NatsJournal
) -> None:
    leases = [acquired(one, name, 0.9) for name in "abc"]
    broker.kill()
    pause(1.2)
    broker.start()
    pause(0.3)
    assert not any(lease.renew() for lease in leases)
    assert acquired(other, "a", 60.0).renew()
    assert one.acquire("a", "one", 60.0) is None
    assert acquired(one, "b", 60.0).renew()


def test_many_threads_that_want_one_lease_get_one(one: NatsJournal, other: NatsJournal) -> None:
    with ThreadPoolExecutor(8) as threads:
        for number in range(10):
            asked = [threads.submit(each.acquire, f"{number}", "me", 60.0) for each in [one, other] * 4]
            assert sum(each.result() is not None for each in asked) == 1


def test_a_lease_of_a_closed_journal_says_so(broker: Broker) -> None:
    journal = NatsJournal(broker.url)
    lease = acquired(journal, "op", 60.0)
    journal.close()
    with pytest.raises(ClosedError):
        lease.renew()
