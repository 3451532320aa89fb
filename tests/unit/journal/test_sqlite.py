"""``SqliteJournal``: the contract, and what is peculiar to a file."""

from __future__ import annotations

import itertools
import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from rxeryph.errors import ClosedError, ConfigurationError, JournalConflictError, JournalError
from rxeryph.journal import NewRecord, SqliteJournal
from rxeryph.journal.schema import SCHEMA
from rxeryph.testing import JournalContract
from tests.unit.journal.disks import small_disk


class TestSqliteJournal(JournalContract):
    """The contract."""

    @pytest.fixture
    def code(self, path: Path) -> str:
        return f"from rxeryph.journal import SqliteJournal; journal = SqliteJournal({str(path)!r})"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "operations.db"


def change(path: Path, *statements: str) -> None:
    """Change a database as another program would."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def refused(path: Path | str, **arguments: Any) -> JournalError:
    with pytest.raises(JournalError) as caught:
        SqliteJournal(path, **arguments)
    assert caught.value.place == str(path)
    assert str(path) in str(caught.value)
    return caught.value


# -- the file


def test_a_journal_of_a_newer_version_is_refused(path: Path) -> None:
    SqliteJournal(path).close()
    change(path, "PRAGMA user_version = 2")
    error = refused(path)
    assert "newer version of rxeryph wrote it (format 2; this one has 1). Update rxeryph." in str(error)
    assert error.is_permanent


def test_the_database_of_another_program_is_refused_and_left_as_it_is(path: Path) -> None:
    change(path, "CREATE TABLE orders (id INTEGER)")
    before = path.read_bytes()
    error = refused(path)
    assert "the database of another program" in str(error)
    assert error.is_permanent
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"all my notes\n" * 100)
    error = refused(path)
    assert "it is not a journal" in str(error)
    assert error.is_permanent
    assert path.read_bytes() == b"all my notes\n" * 100


def test_a_damaged_journal_is_one_clear_error(path: Path) -> None:
    with SqliteJournal(path) as journal:
        for number in range(50):
            journal.append("op", number, b"x" * 3000)
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with SqliteJournal(path) as journal, pytest.raises(JournalError, match="it is damaged; restore a copy") as caught:
        journal.read()
    assert caught.value.is_permanent


def test_a_folder_must_exist(path: Path) -> None:
    error = refused(path / "further.db")
    assert f"the folder {path} does not exist" in str(error)
    assert not error.is_permanent


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be used: it is a folder" in str(refused(tmp_path))


def test_a_path_may_be_bytes(path: Path) -> None:
    with SqliteJournal(os.fsencode(path)) as journal:  # type: ignore[arg-type]
        assert journal.append("op", 0, b"").number == 0


@pytest.mark.parametrize("given", ["", ":memory:", "a\0b"])
def test_what_is_no_path_of_a_file_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationError, match="needs the path of a file") as caught:
        SqliteJournal(given)
    assert caught.value.member == "journal"


@pytest.mark.parametrize("keep", [timedelta(0), timedelta(days=-1), 30])
def test_keep_is_a_time_above_zero(path: Path, keep: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"such as timedelta\(days=30\)") as caught:
        SqliteJournal(path, keep=keep)
    assert caught.value.member == "keep"
    assert not path.exists()


def test_the_longest_time_is_for_ever(path: Path) -> None:
    with SqliteJournal(path, keep=timedelta.max) as journal:
        assert [journal.append("op", number, b"").number for number in range(2)] == [0, 1]


def test_a_file_that_is_deleted_meanwhile_is_not_used_any_more(path: Path) -> None:
    looked = threading.Event()
    with SqliteJournal(path) as journal:
        journal.append("op", 0, b"")
        journal.subscribe(looked.set)
        path.rename(path.with_name("moved.db"))
        SqliteJournal(path).close()
        assert looked.wait(30)
        for use in (lambda: journal.append("op", 1, b""), journal.read):
            with pytest.raises(JournalError, match="deleted or replaced while it was open") as caught:
                use()
            assert caught.value.is_permanent


def test_a_file_that_a_newer_version_changes_meanwhile_is_not_used_any_more(path: Path) -> None:
    looked = threading.Event()
    with SqliteJournal(path) as journal:
        journal.append("op", 0, b"")
        journal.subscribe(looked.set)
        change(path, "PRAGMA user_version = 2")
        assert looked.wait(30)
        for use in (lambda: journal.append("op", 1, b""), journal.read):
            with pytest.raises(JournalError, match=r"a newer version of rxeryph wrote it \(format 2;") as caught:
                use()
            assert caught.value.is_permanent
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (1,)


def test_many_processes_may_create_it_at_the_same_time(path: Path) -> None:
    code = "from rxeryph.journal import SqliteJournal; import sys; input(); SqliteJournal(sys.argv[1]).close()"
    command = [sys.executable, "-W", "error", "-c", code, str(path)]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True) for _ in range(6)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [(each.communicate(timeout=60)[1], each.returncode) for each in processes] == [("", 0)] * 6
    SqliteJournal(path).close()


def test_another_process_may_create_it_while_it_is_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    others = [partial(connect, path, timeout=0.0, isolation_level=None)]

    class Overtaken(sqlite3.Connection):
        def execute(self, statement: str, *given: Any) -> sqlite3.Cursor:
            if "sqlite_master" in statement and others:
                with closing(others.pop()()) as other, suppress(sqlite3.OperationalError):
                    for each in ("BEGIN IMMEDIATE", *SCHEMA, "COMMIT"):
                        other.execute(each)
            return super().execute(statement, *given)

    monkeypatch.setattr(sqlite3, "connect", partial(connect, factory=Overtaken))
    with SqliteJournal(path) as opened:
        assert opened.append("op", 0, b"").number == 0
    assert not others


def test_a_record_that_cannot_be_stored_holds_up_no_other(path: Path) -> None:
    with SqliteJournal(path) as opened:
        opened._database._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000)
        new = [NewRecord("a", 0, b""), NewRecord("b", 0, b"x" * 2000), NewRecord("c", 0, b"")]
        first, second, third = opened.append_all(new)
        assert [*opened.read()] == [first, third]
        assert isinstance(second, JournalError)
        assert not isinstance(second, JournalConflictError)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_cannot_use_it_and_does_not_harm_it(path: Path) -> None:
    code = (
        "from rxeryph.journal import SqliteJournal; import os, sys\n"
        "journal = SqliteJournal(sys.argv[1]); journal.append('op', 0, b'')\n"
        "if not os.fork():\n"
        "    try:\n        journal.read()\n"
        "    except Exception as error:\n        print(type(error).__name__, error, flush=True)\n"
        "    journal.close()\n    os._exit(0)\n"
        "os.wait(); print(journal.append('op', 1, b'').number)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    first, second = done.stdout.splitlines()
    assert first.startswith("ClosedError This journal was opened by another process")
    assert second == "1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_that_opens_it_again_loses_nothing_when_its_parent_closes_it(path: Path) -> None:
    code = (
        "from rxeryph.journal import SqliteJournal; import os, sys\n"
        "journal = SqliteJournal(sys.argv[1]); journal.append('op', 0, b'')\n"
        "is_opened, opened = os.pipe(); is_closed, closed = os.pipe()\n"
        "if not os.fork():\n"
        "    again = SqliteJournal(sys.argv[1]); again.append('op', 1, b'')\n"
        "    os.write(opened, b'1'); os.read(is_closed, 1)\n"
        "    again.append('op', 2, b'')\n    os._exit(0)\n"
        "os.read(is_opened, 1); journal.close(); os.write(closed, b'1'); os.wait()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    with SqliteJournal(path) as opened:
        assert [record.number for record in opened.read()] == [0, 1, 2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_waits_for_no_thread_of_its_parent(path: Path) -> None:
    code = (
        "from rxeryph.errors import JournalError; from rxeryph.journal import SqliteJournal\n"
        "import os, signal, sys, threading\n"
        "journal = SqliteJournal(sys.argv[1]); is_over = threading.Event()\n"
        "held = journal.acquire('held', '', 60.0); subscription = journal.subscribe(lambda: None)\n"
        "def work(name):\n"
        "    while not is_over.is_set():\n"
        "        lease = journal.acquire(name, '', 1.0)\n"
        "        try:\n            lease and lease.renew() and lease.release()\n"
        "        except JournalError:\n            pass  # a release does not wait for long\n"
        "def refused(act, *given):\n"
        "    try:\n        act(*given)\n"
        "    except Exception as error:\n        return 'of which this one is a fork' in str(error)\n"
        "def child():\n"
        "    signal.alarm(10)\n"
        "    journal.close(); subscription.dispose()\n"
        "    acts = (journal.acquire, 'one', '', 1.0), (held.release,), (journal.subscribe, print)\n"
        "    os._exit(not all(refused(*act) for act in acts))\n"
        "threads = [threading.Thread(target=work, args=(name,)) for name in 'abc']\n"
        "for thread in threads:\n    thread.start()\n"
        "print([os.wait()[1] for _ in range(40) if os.fork() or child()])\n"
        "is_over.set()\n"
    )
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"{[0] * 40}\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_forks_while_its_threads_append(path: Path) -> None:
    code = (
        "from rxeryph.journal import SqliteJournal; import os, sys, threading\n"
        "journal = SqliteJournal(sys.argv[1]); is_over = threading.Event()\n"
        "def append(id):\n"
        "    number = 0\n"
        "    while not is_over.wait(0.01):\n        journal.append(id, number, b''); number += 1\n"
        "    sys.stdout.write(f'{id} {number}\\n')\n"
        "def child(id):\n"
        "    try:\n        again = SqliteJournal(sys.argv[1])\n"
        "        for number in range(5):\n            again.append(id, number, b'')\n"
        "    except BaseException as error:\n        print(error, file=sys.stderr, flush=True)\n"
        "    os._exit(0)\n"
        "threads = [threading.Thread(target=append, args=(id,)) for id in 'ab']\n"
        "for thread in threads:\n    thread.start()\n"
        "for number in range(10):\n    os.fork() or child(f'child {number}')\n"
        "for number in range(10):\n    os.wait()\n"
        "is_over.set()\n"
    )
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    expected = {id: int(count) for id, count in map(str.split, done.stdout.splitlines())}
    expected |= {f"child {number}": 5 for number in range(10)}
    assert len(expected) == 12
    with SqliteJournal(path) as opened:
        for id, count in expected.items():
            assert [each.number for each in opened.read(operation_id=id)] == [*range(count)]


# -- network shares


class Mount(NamedTuple):
    mountpoint: str
    fstype: str
    opts: str = "rw"


@pytest.mark.parametrize(
    ("mounts", "is_refused"),
    [
        ([Mount("/", "ext4")], False),
        ([Mount("/", "ext4"), Mount("{}", "nfs4")], True),
        ([Mount("/", "ext4"), Mount("{}", "fuse.sshfs")], True),
        ([Mount("/", "cifs"), Mount("{}", "ext4")], False),
        ([Mount("/", "9p"), Mount("{}-2", "ext4")], True),
        ([Mount("{}", "nfs"), Mount("{}", "ext4")], False),
        ([Mount("/", "NTFS", "rw,remote")], True),
        ([], False),
        (PermissionError(), False),
    ],
)
def test_a_network_share_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, mounts: Any, is_refused: bool
) -> None:
    def partitions(all: bool) -> list[Mount]:
        assert all
        if isinstance(mounts, Exception):
            raise mounts
        return [each._replace(mountpoint=each.mountpoint.format(path.parent)) for each in mounts]

    monkeypatch.setattr(psutil, "disk_partitions", partitions)
    if not is_refused:
        SqliteJournal(path).close()
        return
    with pytest.raises(ConfigurationError, match="is on the network share") as caught:
        SqliteJournal(path)
    assert (caught.value.place, caught.value.member) == (str(path), "journal")
    assert not path.exists()


# -- writing that fails


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """The connections to databases that are opened from here on."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def connected(path: str, **arguments: Any) -> sqlite3.Connection:
        opened.append(connect(path, **arguments))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", connected)
    return opened


def test_on_a_full_disk_nothing_is_lost_and_it_continues_later(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, SqliteJournal(disk.folder / "a.db") as journal:
        disk.fill(leave=100_000)
        for _ in range(3):
            with pytest.raises(JournalError, match="the disk is full; free space") as caught:
                append_for_ever(journal)
            assert not caught.value.is_permanent
        stored = len(journal.read())
        assert stored > 3
        disk.free()
        assert journal.append("op", stored, b"").number == stored
        assert [record.number for record in journal.read()] == [*range(stored + 1)]


def test_a_disk_that_is_full_when_records_move_from_the_wal_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=12) as disk:
        path = disk.folder / "a.db"
        with SqliteJournal(path) as journal:
            disk.fill(leave=4_300_000)  # for a WAL of 1,000 pages, which are then copied, but not for the copy
            with pytest.raises(JournalError, match="the disk is full; free space"):
                append_for_ever(journal)
            wal = disk.folder / "a.db-wal"
            assert wal.stat().st_size > 4_120_000
            assert path.stat().st_size < 400_000
            stored = len(journal.read())
        with SqliteJournal(path) as journal:
            assert [record.number for record in journal.read()] == [*range(stored)]
            disk.free()
            assert journal.append("op", stored, b"").number == stored
        with SqliteJournal(path) as journal:
            assert [record.number for record in journal.read()] == [*range(stored + 1)]


def test_a_journal_on_a_full_disk_cannot_be_opened_before_there_is_space(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        path = disk.folder / "a.db"
        for _ in range(2):  # it is made, and it exists
            disk.fill()
            assert "the disk is full; free space" in str(refused(path))
            disk.free()
            SqliteJournal(path).close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_a_limit_on_the_size_of_files_is_one_clear_error(path: Path) -> None:
    code = (
        "from rxeryph.journal import SqliteJournal; import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "journal = SqliteJournal(sys.argv[1])\n"
        "try:\n    [journal.append('op', number, b'x' * 3000) for number in range(100)]\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
        "print(len(journal.read()))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60)
    said, count = done.stdout.splitlines()
    assert said.startswith("JournalError The journal ")
    assert "check the disk, and quotas and limits" in said
    with SqliteJournal(path) as journal:
        assert journal.append("op", int(count), b"").number >= 3


def append_for_ever(journal: SqliteJournal) -> None:
    for number in itertools.count(len(journal.read())):
        journal.append("op", number, b"x" * 3000)


def test_a_writer_that_does_not_finish_is_one_clear_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rxeryph.journal.database.PATIENCE", 0.1)
    with SqliteJournal(path) as journal, writing(path) as other:
        with pytest.raises(JournalError, match=r"another process has been writing to it for 0\.1 s") as caught:
            journal.append("op", 0, b"")
        assert not caught.value.is_permanent
        other.rollback()
        journal.append("op", 0, b"")


def test_a_thread_that_waits_to_write_holds_up_no_other(path: Path) -> None:
    with SqliteJournal(path) as journal, ThreadPoolExecutor(8) as threads, writing(path) as other:
        journal_is_free = [threads.submit(journal.append, f"{number}", 0, b"") for number in range(8)]
        began = time.monotonic()
        while time.monotonic() < began + 0.3:
            assert journal.read() == []
        other.rollback()
        assert {each.result(2.0).number for each in journal_is_free} == {0}


def test_closing_ends_what_waits_to_write(path: Path) -> None:
    with ThreadPoolExecutor(1) as threads, writing(path):
        journal = SqliteJournal(path)
        waiting = threads.submit(journal.append, "op", 0, b"")
        threading.Event().wait(0.2)
        assert not waiting.done()
        began = time.monotonic()
        journal.close()
        with pytest.raises(ClosedError):
            waiting.result(2.0)
        assert time.monotonic() < began + 1.0


def test_leases_that_cannot_be_released_hold_up_no_one_and_are_over_after_their_time(path: Path) -> None:
    with SqliteJournal(path) as journal, SqliteJournal(path) as heir:
        leases = [journal.acquire(f"{number}", "me", 4.0) for number in range(20)]
        with writing(path):
            began = time.monotonic()
            for lease in leases:
                assert lease is not None
                with pytest.raises(JournalError, match="another process has been writing to it for"):
                    lease.release()
            assert time.monotonic() < began + 4.0  # 20 leases
        assert heir.acquire("0", "heir", 60.0) is None
        while heir.acquire("0", "heir", 60.0) is None:
            assert time.monotonic() < began + 6.0
            threading.Event().wait(0.05)
        lease = journal.acquire("free", "me", 60.0)
        assert lease is not None
        lease.release()
        assert heir.acquire("free", "heir", 60.0) is not None


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Another connection, which has begun to write and does not finish."""
    SqliteJournal(path).close()
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


# -- time


class Clocks:
    """The clock of the wall and that of the machine, in seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall = 1_780_000_000.0
        self.machine = 1000.0
        monkeypatch.setattr("rxeryph.journal.sqlite.time.time_ns", lambda: int(self.wall * 1e9))
        monkeypatch.setattr("rxeryph.journal.sqlite.time.monotonic", lambda: self.machine)

    def advance(self, seconds: float) -> None:
        self.wall += seconds
        self.machine += seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def operations(journal: SqliteJournal) -> list[str]:
    return [record.operation_id for record in journal.read()]


def test_operations_without_news_for_long_are_deleted_at_most_once_an_hour(path: Path, clocks: Clocks) -> None:
    keep = timedelta(hours=10)
    with SqliteJournal(path, keep=keep) as one, SqliteJournal(path, keep=keep) as other:
        first = one.append("old", 0, b"")
        clocks.advance(5 * 3600)
        one.append("long", 0, b"")
        clocks.advance(5 * 3600 + 1)
        last = other.append("new", 0, b"")
        assert operations(one) == ["long", "new"]
        clocks.advance(5 * 3600)
        other.append("long", 1, b"")
        assert operations(one) == ["long", "new", "long"]
        clocks.advance(3590)
        one.append("again", 0, b"")
        clocks.advance(12 * 3600)
        assert len(operations(one)) == 4
        assert one.append("old", 0, b"").position > last.position > first.position
        assert operations(one) == ["old"]
        clocks.advance(3500)
        other.append("x", 0, b"")


def test_another_process_does_not_delete_again_within_the_hour(path: Path, clocks: Clocks) -> None:
    with SqliteJournal(path, keep=timedelta(seconds=1)) as one:
        one.append("a", 0, b"")
        clocks.advance(10)
        with SqliteJournal(path, keep=timedelta(seconds=1)) as other:
            other.append("b", 0, b"")
            assert operations(other) == ["a", "b"]
        clocks.advance(3600)
        one.append("c", 0, b"")
        assert operations(one) == ["c"]


def test_an_operation_that_is_polled_is_not_deleted(path: Path, clocks: Clocks) -> None:
    with SqliteJournal(path, keep=timedelta(hours=1)) as journal:
        journal.append("quiet", 0, b"")
        clocks.advance(4000)
        lease = journal.acquire("quiet", "me", 60.0)
        journal.append("other", 0, b"")
        assert operations(journal) == ["quiet", "other"]
        assert lease is not None
        lease.release()
        clocks.advance(3601)
        journal.append("other", 1, b"")
        assert operations(journal) == ["other", "other"]


def test_a_failed_deletion_does_not_fail_the_append(
    path: Path, clocks: Clocks, connections: list[sqlite3.Connection], caplog: pytest.LogCaptureFixture
) -> None:
    with SqliteJournal(path, keep=timedelta(hours=1)) as journal:
        connections[0].execute("DROP TABLE leases")
        assert journal.append("op", 0, b"").number == 0
    assert [record.getMessage() for record in caplog.records if "were not deleted" in record.getMessage()]


def test_a_lease_from_before_a_restart_of_the_machine_is_over(path: Path, clocks: Clocks) -> None:
    with SqliteJournal(path) as journal:
        lost = journal.acquire("op", "me", 60.0)
        clocks.machine = 5.0
        held = journal.acquire("op", "me", 60.0)
        assert lost is not None
        assert held is not None
        assert (lost.renew(), held.renew()) == (False, True)


def test_a_lease_is_not_moved_by_the_clock_of_the_wall(path: Path, clocks: Clocks) -> None:
    with SqliteJournal(path) as journal:
        journal.acquire("op", "me", 60.0)
        clocks.wall += 1e6
        clocks.machine += 65.9
        assert journal.acquire("op", "me", 60.0) is None
        clocks.machine += 0.1
        assert journal.acquire("op", "me", 60.0) is not None


def writes(connection: sqlite3.Connection) -> list[str]:
    """The transactions from here on."""
    found: list[str] = []
    connection.set_trace_callback(lambda text: found.append(text) if text.startswith("BEGIN") else None)
    return found


def test_leases_are_renewed_together(path: Path, clocks: Clocks, connections: list[sqlite3.Connection]) -> None:
    with SqliteJournal(path) as journal, SqliteJournal(path) as other:
        leases = [journal.acquire(str(number), "me", 10.0) for number in range(100)]
        begun = writes(connections[0])
        for _ in range(10):
            clocks.machine += 3.0
            assert all(lease is not None and lease.renew() for lease in leases)
        assert len(begun) == 10
        clocks.machine += 10.9
        assert not any(other.acquire(str(number), "me", 10.0) for number in range(100))
        clocks.machine += 0.2
        assert all(other.acquire(str(number), "me", 10.0) for number in range(100))


def test_a_lease_that_its_holder_forgot_is_not_renewed_for_ever(path: Path, clocks: Clocks) -> None:
    with SqliteJournal(path) as journal, SqliteJournal(path) as other:
        used, forgotten = (journal.acquire(name, "me", 10.0) for name in ("used", "forgotten"))
        for _ in range(7):
            clocks.machine += 3.0
            assert used is not None
            assert used.renew()
        assert other.acquire("forgotten", "me", 10.0) is not None
        assert forgotten is not None
        assert not forgotten.renew()
        forgotten.release()
        assert other.acquire("forgotten", "me", 10.0) is None


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_a_lease_has_a_length(path: Path, seconds: float) -> None:
    with SqliteJournal(path) as journal, pytest.raises(ValueError, match="seconds must be a number above 0"):
        journal.acquire("op", "me", seconds)


# -- threads


def test_the_thread_runs_while_there_are_subscribers(path: Path) -> None:
    def names() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name == "rxeryph-journal"]

    with SqliteJournal(path) as journal:
        journal.append("op", 0, b"")
        assert names() == []
        subscriptions = [journal.subscribe(lambda: None) for _ in range(3)]
        assert names() == ["rxeryph-journal"]
        for each in subscriptions:
            each.dispose()
    assert names() == []


def test_a_failed_look_is_logged_once_and_repeated(
    path: Path, caplog: pytest.LogCaptureFixture, connections: list[sqlite3.Connection]
) -> None:
    caplog.set_level(logging.INFO)
    called = threading.Event()
    with SqliteJournal(path) as journal, SqliteJournal(path) as other:
        journal.subscribe(called.set)
        rename: Callable[[str], object] = connections[1].execute
        rename("ALTER TABLE records RENAME TO hidden")
        assert called.wait(30)
        threading.Event().wait(0.5)
        called.clear()
        rename("ALTER TABLE hidden RENAME TO records")
        other.append("op", 0, b"")
        assert called.wait(30)
    assert len([each for each in caplog.records if "cannot be seen" in each.getMessage()]) == 1


def test_a_journal_shows_its_path(path: Path) -> None:
    with SqliteJournal(path) as journal:
        assert repr(journal) == f"SqliteJournal({str(path)!r})"


def test_a_read_of_many_records_is_in_order(path: Path) -> None:
    with SqliteJournal(path) as journal:
        append = partial(journal.append, data=b"")
        for number in range(20):
            for operation_id in ("b", "a"):
                append(operation_id, number)
        assert [record.number for record in journal.read(operation_id="a")] == [*range(20)]
