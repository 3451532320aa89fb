"""``NatsJournal``: the contract, and what is peculiar to a broker."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rxeryph import journal
from rxeryph.errors import ClosedError, ConfigurationError, JournalConflictError, JournalError
from rxeryph.journal import NatsJournal, NewRecord
from rxeryph.journal.jetstream.address import parse
from rxeryph.journal.records import Folded
from rxeryph.simulator import Simulator
from rxeryph.simulator.web.certificate import make_certificate
from rxeryph.testing import JournalContract
from rxeryph.testing.journal_processes import SOON
from tests.unit.journal.brokers import Broker, free_port, need_nats

need_nats()

import nats  # noqa: E402

from rxeryph.journal.jetstream.broker import PAGE, Message  # noqa: E402
from rxeryph.journal.jetstream.log import Log  # noqa: E402
from rxeryph.journal.jetstream.streams import Streams  # noqa: E402


@pytest.fixture
def url(broker: Broker) -> str:
    """A journal of its own for each test."""
    return f"{broker.url}/{uuid.uuid4().hex}"


class TestNatsJournal(JournalContract):
    """The contract."""

    @pytest.fixture
    def code(self, url: str) -> str:
        return f"from rxeryph.journal import NatsJournal; journal = NatsJournal({url!r})"


# -- the URL


@pytest.mark.parametrize(
    ("given", "servers", "name"),
    [
        ("nats://broker", ("nats://broker:4222",), "rxeryph"),
        ("nats://broker:4333/staging", ("nats://broker:4333",), "staging"),
        ("nats+tls://broker", ("tls://broker:4222",), "rxeryph"),
        ("tls://[::1]:4333/", ("tls://[::1]:4333",), "rxeryph"),
        ("nats://a,nats://b:4333/x", ("nats://a:4222", "nats://b:4333"), "x"),
        ("nats://a,b", ("nats://a:4222", "nats://b:4222"), "rxeryph"),
    ],
)
def test_a_url_names_servers_and_a_journal(given: str, servers: tuple[str, ...], name: str) -> None:
    address = parse(given)
    assert (address.servers, address.name) == (servers, name)
    assert address.is_tls == servers[0].startswith("tls")
    assert (address.user, address.password, address.token) == (None, None, None)


def test_a_url_says_who_to_be() -> None:
    address = parse("nats://me:p%40ss@broker")
    assert (address.user, address.password, address.token) == ("me", "p@ss", None)
    assert parse("nats://s3cret@broker").token == "s3cret"


@pytest.mark.parametrize(
    "given",
    [
        "nats://",
        "nats://me:s3cret@",
        "nats://me:s3cret@broker:port",
        "nats://me:s3cret@broker/two/parts",
        "nats://me:s3/cret@broker",
        "nats://me:s3cret@a/x,b",
        "nats://me:s3cret@a,tls://b",
        "nats://me:s3cret@broker?keep=3",
        "nats://me:s3cret@broker/a.b",
        "redis://me:s3cret@broker",
    ],
)
def test_a_wrong_url_is_refused_without_its_secret(given: str) -> None:
    with pytest.raises(ConfigurationError, match=r"not 'nats[^@]*'\.|not 'redis://broker'\.") as caught:
        journal.open(given)
    assert caught.value.member == "journal"
    assert "s3" not in "".join(traceback.format_exception(caught.value))


def test_open_makes_it(url: str) -> None:
    with closing(journal.open(url, keep=timedelta.max)) as opened:  # for ever
        assert opened.append("op", 0, b"").number == 0
        assert repr(opened) == f"NatsJournal({url!r})"


@pytest.mark.parametrize("keep", [timedelta(0), timedelta(days=-1), 30])
def test_keep_is_a_time_above_zero(keep: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"such as timedelta\(days=30\)") as caught:
        NatsJournal("nats://127.0.0.1:9", keep=keep)
    assert caught.value.member == "keep"


# -- names


@pytest.mark.parametrize("name", ["", "a.b", "*", ">", "a b", "=41", "ä€", "\ud800", "\n", "a" * 300])
def test_operations_leases_and_consumers_have_any_name(url: str, name: str) -> None:
    with NatsJournal(url) as opened:
        opened.append("other", 0, b"")
        record = opened.append(name, 0, b"")
        assert [*opened.read(operation_id=name)] == [record]
        assert opened.read()[1].operation_id == name
        assert opened.acquire(name, "me", 60.0) is not None
        assert opened.acquire(name, "me", 60.0) is None
        opened.advance(name, 7)
        assert opened.position(name) == 7
        assert opened.position("other") == 0


# -- what the broker is


def refused(url: str, **arguments: Any) -> JournalError:
    with pytest.raises(JournalError) as caught:
        NatsJournal(url, **arguments)
    place = caught.value.place
    assert place is not None
    assert re.fullmatch(r"(nats|tls)://127\.0\.0\.1:\d+/\w+", place)
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
    return caught.value


def test_a_broker_that_is_away_is_one_clear_error() -> None:
    error = refused(f"nats://me:s3cret@127.0.0.1:{free_port()}")
    assert "the broker cannot be reached" in str(error)
    assert "Connect call failed" in str(error)
    assert not error.is_permanent


def test_a_broker_that_does_not_answer_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxeryph.journal.jetstream.link.PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refused(f"nats://127.0.0.1:{silent.getsockname()[1]}")
    assert "the broker did not answer" in str(error)
    assert not error.is_permanent


def test_a_server_that_is_no_broker_is_one_clear_error() -> None:
    with Simulator() as simulator:
        address = simulator.endpoint.partition("//")[2].rstrip("/")
        assert "cannot be used: " in str(refused(f"nats://{address}"))


def test_a_broker_without_jetstream_is_one_clear_error(tmp_path: Path) -> None:
    with Broker(tmp_path, "") as broker:
        error = refused(broker.url)
    assert "JetStream does not answer; it is not enabled (nats-server -js)" in str(error)


def test_a_broker_without_tls_gets_no_password(tmp_path: Path) -> None:
    with Broker(tmp_path, 'jetstream {}\nauthorization { user: me, password: "s3cret" }') as broker:
        NatsJournal(broker.url.replace("//", "//me:s3cret@")).close()
        for who in ("me:s3cret@", ""):
            error = refused(broker.url.replace("nats://", f"nats+tls://{who}"))
            assert error.is_permanent
        error = refused(broker.url.replace("nats://", "nats+tls://me:s3cret@"))
    assert "requires TLS, which the broker does not have; no password was sent" in str(error)


def test_a_broker_with_tls_is_used_if_it_is_trusted(tmp_path: Path) -> None:
    certificate = make_certificate()
    files = [tmp_path / name for name in ("certificate.pem", "key.pem")]
    for file, content in zip(files, (certificate.pem, certificate.key_pem), strict=True):
        file.write_bytes(content)
    tls = f"tls {{ cert_file: {str(files[0])!r}, key_file: {str(files[1])!r} }}"
    with Broker(tmp_path, f'jetstream {{}}\n{tls}\nauthorization {{ user: me, password: "s3cret" }}') as broker:
        url = broker.url.replace("127.0.0.1", "localhost")
        trusting = ssl.create_default_context(cadata=certificate.pem.decode())
        for scheme in ("nats", "tls", "nats+tls"):
            given = url.replace("nats://", f"{scheme}://me:s3cret@")
            with NatsJournal(given, tls=trusting) as opened:
                assert opened.position("billing") == 0
            with pytest.raises(JournalError, match=r"the broker cannot be trusted .*certificate") as caught:
                NatsJournal(given)
            assert "s3cret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("who", ["", "me:s3cret@", "s3cret@"])
def test_a_wrong_password_is_one_clear_error(tmp_path: Path, who: str) -> None:
    with Broker(tmp_path, "jetstream {}\nauthorization { user: me, password: other }") as broker:
        error = refused(broker.url.replace("//", f"//{who}"))
    assert "the broker refused the user and password, or the token, of its URL" in str(error)
    assert error.is_permanent


def test_what_a_user_may_not_do_is_named_at_once(tmp_path: Path) -> None:
    allowed = 'publish: ["$JS.API.>", "rxeryph.record.allowed"], subscribe: ["_INBOX.>"]'
    user = f'user: me, password: "s3cret", permissions: {{ {allowed} }}'
    with (
        Broker(tmp_path, f"jetstream {{}}\nauthorization {{ users: [ {{ {user} }} ] }}") as broker,
        NatsJournal(broker.url.replace("//", "//me:s3cret@")) as opened,
    ):
        opened.append("allowed", 0, b"")
        with pytest.raises(JournalError, match=r'violation for publish to "rxeryph\.record\.op"') as caught:
            opened.append("op", 0, b"")
        assert caught.value.is_permanent
        assert opened.append("allowed", 1, b"").number == 1


def test_the_permissions_of_the_reference_are_enough(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "journal.md").read_text()
    (permissions,) = re.findall(r"^permissions \{\n.*?^\}\n", page, re.DOTALL | re.MULTILINE)
    called = threading.Event()
    with (
        Broker(
            tmp_path, f"jetstream {{}}\nauthorization {{ users: [ {{ user: me, password: x\n{permissions} }} ] }}"
        ) as broker,
        NatsJournal(broker.url.replace("//", "//me:x@")) as opened,
        NatsJournal(broker.url.replace("//", "//me:x@"), keep=timedelta(seconds=0.1)) as sweeping,
    ):
        opened.subscribe(called.set)
        opened.append("old", 0, b"")
        assert called.wait(SOON)
        threading.Event().wait(0.3)
        sweeping.append("op", 0, b"")
        assert eventually(lambda: operations(opened) == ["op"])
        lease = opened.acquire("op", "me", 60.0)
        assert lease is not None
        assert lease.renew()
        lease.release()
        opened.advance("billing", 7)
        assert opened.position("billing") == 7


def test_a_full_storage_loses_nothing_and_continues_later(tmp_path: Path) -> None:
    with Broker(tmp_path, "jetstream { max_file_store: 200KB }") as broker, NatsJournal(broker.url) as opened:
        with pytest.raises(JournalError, match="the storage of the broker is full") as caught:
            [opened.append("op", number, b"x" * 3000) for number in range(1000)]
        assert not caught.value.is_permanent
        stored = len(opened.read())
        assert stored > 3
        broker.kill()
        broker.configure("jetstream { max_file_store: 100MB }")
        broker.start()
        assert len(opened.read()) == stored
        assert opened.append("op", stored, b"").number == stored


def test_a_record_that_is_too_large_is_one_clear_error(url: str) -> None:
    with NatsJournal(url) as opened:
        with pytest.raises(JournalError, match="larger than max_payload") as caught:
            opened.append("op", 0, b"x" * 1_100_000)
        assert caught.value.is_permanent
        assert opened.append("op", 0, b"").number == 0


# -- what the broker has under the name


def change(url: str, request: str, body: object = None) -> Any:
    """Do something with JetStream as another program would."""

    async def ask() -> Any:
        client = await nats.connect(url)
        try:
            reply = await client.request(
                f"$JS.API.{request}", json.dumps(body).encode() if body else b"", timeout=SOON
            )
            return json.loads(reply.data)
        finally:
            await client.close()

    return asyncio.run(ask())


def test_a_journal_of_a_newer_version_is_refused(broker: Broker, url: str) -> None:
    NatsJournal(url).close()
    name = url.rpartition("/")[2]
    config = change(broker.url, f"STREAM.INFO.{name}")["config"]
    config["metadata"]["version"] = "2"
    assert "error" not in change(broker.url, f"STREAM.UPDATE.{name}", config)
    error = refused(url)
    assert "a newer version of rxeryph made it (format 2; this one has 1). Update rxeryph." in str(error)
    assert error.is_permanent


def test_the_stream_of_another_program_is_refused(broker: Broker, url: str) -> None:
    name = url.rpartition("/")[2]
    change(broker.url, f"STREAM.CREATE.{name}", {"name": name, "subjects": [f"{name}.orders"]})
    error = refused(url)
    assert f"the stream {name} is of another program; use another name" in str(error)
    assert error.is_permanent


def test_a_stream_that_is_deleted_meanwhile_takes_no_more_records(broker: Broker, url: str) -> None:
    name = url.rpartition("/")[2]
    with NatsJournal(url) as opened:
        opened.append("op", 0, b"")
        change(broker.url, f"STREAM.DELETE.{name}")
        with pytest.raises(JournalError, match="or the stream was deleted"):
            opened.append("op", 1, b"")


def test_a_message_of_another_program_is_not_a_record_and_hides_none(broker: Broker, url: str) -> None:
    async def publish(subject: str) -> None:
        client = await nats.connect(broker.url)
        await client.publish(subject, b"hello")
        await client.publish(subject, b"hello", headers={"Rxeryph-Record": "0"})
        await client.flush()
        await client.close()

    with NatsJournal(url) as opened, NatsJournal(url) as other:
        opened.append("op", 0, b"")
        asyncio.run(publish(f"{url.rpartition('/')[2]}.record.op"))
        opened.append("further", 0, b"")
        found = opened.read()
        assert [(each.operation_id, each.number >= 0) for each in found] == [
            ("op", True),
            ("op", False),
            ("op", False),
            ("further", True),
        ]
        for each in (opened, other):
            with pytest.raises(JournalConflictError):
                each.append("op", 1, b"")
            with pytest.raises(JournalError, match="another program wrote it"):
                Folded().after(found[1])


def test_many_processes_may_create_it_at_the_same_time(url: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        for opened in threads.map(lambda _: NatsJournal(url), range(6)):
            opened.close()
    NatsJournal(url).close()


def test_a_conflict_names_the_next_number_also_after_appends_by_others(url: str) -> None:
    with NatsJournal(url) as opened, NatsJournal(url) as other:
        opened.append("op", 0, b"")
        for number in (1, 2):
            other.append("op", number, b"")
        with pytest.raises(JournalConflictError, match="the next one is 3"):
            opened.append("op", 1, b"")


class LateServer:
    """A server of a cluster, which gets records later than another. It stands for ``Broker`` in a ``Log``."""

    def __init__(self) -> None:
        self.pages = [0, 1, 2]

    async def page(self, stream: str, subject: str, after: int, limit: int) -> tuple[list[Message], bool]:
        count = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
        headers = {"Rxeryph-Record": "0 0"}
        return [Message("x.record.op", each + 1, "", headers, b"") for each in range(count)][after:], False


def test_a_server_of_a_cluster_that_is_behind_is_asked_again() -> None:
    late: Any = LateServer()
    log = Log(late, Streams("x"))
    log.notice("op", 2)
    for operation_id in ("op", None):
        late.pages = [0, 1, 2]
        records, is_more = asyncio.run(log.page(0, operation_id, PAGE))
        assert [record.position for record in records] == [1, 2]
        assert not is_more
    late.pages = [0]
    assert asyncio.run(log.page(0, "op", PAGE)) == ([], False)


# -- old operations


def operations(opened: NatsJournal) -> list[str]:
    return [record.operation_id for record in opened.read()]


def test_operations_without_news_for_long_are_deleted_as_a_whole(url: str) -> None:
    with NatsJournal(url) as writer:
        for operation_id in ("old", "polled", "long"):
            writer.append(operation_id, 0, b"")
        assert writer.acquire("polled", "me", 60.0) is not None
        threading.Event().wait(1.5)
        writer.append("long", 1, b"")
        with NatsJournal(url, keep=timedelta(seconds=1)) as sweeping:
            sweeping.append("new", 0, b"")
            expected = ["polled", "long", "long", "new"]
            assert eventually(lambda: operations(writer) == expected)
        threading.Event().wait(1.2)
        with NatsJournal(url, keep=timedelta(seconds=1)) as too_soon:
            too_soon.append("new", 1, b"")
            threading.Event().wait(0.3)
            assert operations(writer) == [*expected, "new"]
        with pytest.raises(JournalConflictError):
            writer.append("old", 1, b"")
        assert writer.append("old", 0, b"").position > writer.read()[-2].position


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON
    while not condition() and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    return condition()


# -- threads and processes


def test_a_subscriber_that_uses_the_journal_gets_an_error_and_no_standstill(url: str) -> None:
    raised: list[Exception] = []
    called = threading.Event()
    with NatsJournal(url) as opened:

        def notify() -> None:
            try:
                opened.read()
            except RuntimeError as error:
                raised.append(error)
            called.set()

        opened.subscribe(notify)
        opened.append("op", 0, b"")
        assert called.wait(SOON)
    assert "must not use the journal" in str(raised[0])


@pytest.mark.skipif(not hasattr(os, "WUNTRACED"), reason="needs SIGSTOP")
@pytest.mark.parametrize(
    "act",
    [
        NatsJournal.read,
        lambda journal: journal.append("op", 0, b""),
        lambda journal: journal.append_all([NewRecord("a", 0, b""), NewRecord("b", 0, b"")]),
    ],
    ids=["read", "append", "append_all"],
)
def test_closing_ends_what_another_thread_waits_for(act: Callable[[NatsJournal], object], tmp_path: Path) -> None:
    with Broker(tmp_path) as broker, ThreadPoolExecutor(1) as thread:
        opened = NatsJournal(broker.url)
        broker.stop()
        waiting = thread.submit(act, opened)
        threading.Event().wait(0.2)
        began = time.monotonic()
        opened.close()
        assert time.monotonic() - began < 2.0
        with pytest.raises(ClosedError):
            waiting.result(SOON)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_cannot_use_it_and_does_not_harm_it(url: str) -> None:
    code = (
        "from rxeryph.journal import NatsJournal; import os, sys\n"
        "journal = NatsJournal(sys.argv[1]); journal.append('op', 0, b'')\n"
        "if not os.fork():\n"
        "    try:\n        journal.read()\n"
        "    except Exception as error:\n        print(type(error).__name__, error, flush=True)\n"
        "    journal.close()\n    os._exit(0)\n"
        "os.wait(); print(journal.append('op', 1, b'').number); journal.close()"
    )
    # Python 3.12 and newer warn of any fork of a process with threads.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    first, second = done.stdout.splitlines()
    assert first.startswith("ClosedError This journal was opened by another process")
    assert second == "1"


def test_a_read_of_many_records_is_in_order(url: str) -> None:
    with NatsJournal(url) as opened:
        for number in range(PAGE + 20):
            for operation_id in ("b", "a")[: 1 + (number < 20)]:
                opened.append(operation_id, number, b"")
        assert [record.number for record in opened.read(operation_id="b")] == [*range(PAGE + 20)]
        assert [record.number for record in opened.read(operation_id="a")] == [*range(20)]
        assert len(opened.read(limit=PAGE + 10)) == PAGE + 10
        positions = [record.position for record in opened.read()]
        assert positions == [*range(1, PAGE + 41)]
