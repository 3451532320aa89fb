"""``rxeryph events``: every event in a journal, and none is taken for printed that was not written."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rxeryph.cli import exit_codes
from rxeryph.cli.app import run
from rxeryph.cli.bell import Bell
from rxeryph.errors import JournalError
from rxeryph.events import OperationFinished
from rxeryph.journal import Journal, SqliteJournal, discovery
from rxeryph.journal import open as open_journal
from rxeryph.journal.records import dump_events
from rxeryph.outcome import OperationResult
from rxeryph.tracking import NOTHING_KNOWN, observe
from tests.processes import piped
from tests.unit.journal.processes import MemoryJournal
from tests.unit.samples import COMPLETED, RUNNING, entry, operation, task

IDS = [f"op/{record}/{index}" for record in range(3) for index in range(2)] + ["op/3/0"]


def store(journal: Journal, id: str = "op") -> None:
    """Three records of two events each, and the end."""
    known = NOTHING_KNOWN
    for number, status in enumerate((RUNNING, RUNNING, COMPLETED)):
        line = entry(f"l{number}", number, message=f"line {number}")
        tasks = (task(parent=id, progress=number * 10),)
        known, events = observe(known, operation(status, id=id, tasks=tasks, entries=(line,)))
        journal.append(id, number, dump_events(events[-2:]))
    complete = known.complete_operation
    assert complete is not None
    journal.append(id, 3, dump_events([OperationFinished(id, complete, OperationResult(complete))]))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'operations.db'}"


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    with closing(open_journal(url)) as journal:
        store(journal)
        yield journal


@pytest.fixture(autouse=True)
def stop(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What is done when the command waits for news, one after another; a signal stops it after the last."""
    acts: list[Callable[[], object]] = []

    def wait(bell: Bell, seconds: float) -> None:
        if acts:
            acts.pop(0)()
        else:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Bell, "wait", wait)
    return acts


def events(url: str, *arguments: str) -> int:
    return run(["events", "--journal", url, *arguments])


def ids(output: str) -> list[str]:
    return [json.loads(line)["id"] for line in output.splitlines()]


def test_each_event_is_a_document_with_an_id(journal: Journal, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert events(url, "--since", "1h", "--json") == exit_codes.SUCCESS
    output, errors = capsys.readouterr()
    assert (ids(output), errors) == (IDS, "")
    first = json.loads(output.splitlines()[1])
    assert [*first][:4] == ["id", "stored_at", "type", "operation_id"]
    assert (first["type"], first["entry"]["message"]) == ("log_entry", "line 0")
    assert datetime.fromisoformat(first["stored_at"]) == journal.read()[0].stored_at
    assert json.loads(output.splitlines()[-1])["result"]["log_entries"]


def test_people_get_lines(journal: Journal, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert events(url, "--since", "1h") == exit_codes.SUCCESS
    output, errors = capsys.readouterr()
    assert errors == f"Waiting for events in {url}. Press Ctrl-C to stop.\n"
    lines = [line.split("  ", 1)[1].rstrip() for line in output.splitlines()]
    assert lines[1] == "op  log_entry     line 0"
    assert lines[2].startswith("op  task_update ")
    assert lines[2].endswith("Running 10 %")
    assert lines[-1] == "op  finished      Completed"


def test_other_formats(journal: Journal, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert events(url, "--since", "1h", "-o", "id") == 0
    assert capsys.readouterr().out.split() == IDS
    assert events(url, "--since", "1h", "-o", "yaml") == 0
    assert capsys.readouterr().out.count("---\nid: op/") == len(IDS)


def test_without_a_consumer_it_begins_now(
    journal: Journal, url: str, stop: list[Callable[[], object]], capsys: pytest.CaptureFixture[str]
) -> None:
    stop += [lambda: store(journal, "later"), lambda: None]
    assert events(url, "--json") == 0
    assert ids(capsys.readouterr().out) == [each.replace("op", "later") for each in IDS]


def test_a_consumer_continues_where_it_stopped(
    journal: Journal, url: str, stop: list[Callable[[], object]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert events(url, "--consumer", "billing", "--json") == 0
    assert ids(capsys.readouterr().out) == IDS
    stop.append(lambda: store(journal, "later"))
    assert events(url, "--consumer", "billing", "--json") == 0
    assert ids(capsys.readouterr().out) == [each.replace("op", "later") for each in IDS]
    assert journal.acquire("consumer billing", "another process", 1.0) is not None


@pytest.mark.parametrize("fails_at", [1, 2, 3])
@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(28, "No space left on device")])
def test_what_was_not_written_is_printed_by_the_next_command(
    fails_at: int, error: OSError, journal: Journal, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.StringIO):
        flushes = 0

        def flush(self) -> None:
            self.flushes += 1
            if self.flushes == fails_at:
                raise error

    for module in ("app", "reporting"):
        monkeypatch.setattr(f"rxeryph.cli.{module}.discard_output", lambda: None)
    full, whole = Full(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", full)
    code = exit_codes.CLOSED_PIPE if isinstance(error, BrokenPipeError) else exit_codes.USAGE
    assert events(url, "--consumer", "billing", "--json") == code
    monkeypatch.setattr(sys, "stdout", whole)
    assert events(url, "--consumer", "billing", "--json") == 0
    assert ids(whole.getvalue()) == IDS[2 * (fails_at - 1) :]


def test_a_consumer_waits_for_the_one_that_prints(
    journal: Journal, url: str, stop: list[Callable[[], object]], capsys: pytest.CaptureFixture[str]
) -> None:
    lease = journal.acquire("consumer billing", "another process", 60.0)
    assert lease is not None
    stop += [lambda: capsys.readouterr().out == "" or pytest.fail("printed"), lease.release]
    assert events(url, "--consumer", "billing", "--json") == 0
    assert ids(capsys.readouterr().out) == IDS


def test_a_journal_that_fails_is_read_again(
    journal: Journal, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = [JournalError("The disk hums."), JournalError("The file is gone.", is_permanent=True)]
    monkeypatch.setattr(SqliteJournal, "position", lambda journal, name: _raise(errors.pop(0)))
    monkeypatch.setattr(Bell, "wait_for_stop", lambda bell, seconds: False)
    assert events(url, "--consumer", "billing", "--json") == exit_codes.SERVER
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("The disk hums. Trying again in ")
    assert json.loads(second)["error"]["message"] == "The file is gone."


def _raise(error: Exception) -> Any:
    raise error


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name the journal with --journal, such as sqlite:///operations.db, or in RXERYPH_JOURNAL."),
        (("--journal", "operations.db"), "A journal has a URL such as"),
        (("--journal", "sqlite:///a.db", "--consumer", ""), "--consumer needs a name."),
        (("--journal", "sqlite:///a.db", "--consumer", "\udcff"), r"A consumer needs a name, not '\udcff'."),
        (("--journal", "sqlite:///a.db", "--consumer", "a", "--since", "1h"), "Leave --since out, or --consumer."),
    ],
)
def test_wrong_use(
    arguments: tuple[str, ...],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("RXERYPH_JOURNAL", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run(["events", *arguments]) == exit_codes.USAGE
    assert words in capsys.readouterr().err


def test_the_environment_names_the_journal(
    journal: Journal, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RXERYPH_JOURNAL", url)
    assert run(["events", "--since", "1h", "-o", "id"]) == 0
    assert capsys.readouterr().out.split() == IDS


@pytest.mark.parametrize("gap", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_the_position_before_a_moment(count: int, gap: int) -> None:
    journal = MemoryJournal(lambda: 0.0)
    for number in range(count):
        journal.append("op", number, b"")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for index, record in enumerate(journal.records):
        object.__setattr__(record, "stored_at", start + timedelta(seconds=gap * index))
    for second in range(-1, count * gap + 1):
        moment = start + timedelta(seconds=second)
        expected = sum(record.stored_at < moment for record in journal.records)
        assert discovery.position_before(journal, moment) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other pipes")
def test_a_reader_that_leaves_gets_the_rest_later(journal: Journal, url: str) -> None:
    command = [sys.executable, "-m", "rxeryph", "events", "--journal", url, "--consumer", "c", "-o", "id"]
    with piped(*command) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = [process.stdout.readline().strip() for _ in IDS]
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == exit_codes.CLOSED_PIPE
    store(journal, "later")
    with piped(*command) as process:
        assert process.stdout is not None
        second = [process.stdout.readline().strip() for _ in IDS]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == exit_codes.SUCCESS
    assert [*first, *second] == [*IDS, *(each.replace("op", "later") for each in IDS)]


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [(("--since", "1h"), "give a later time."), (("--consumer", "audit"), "to pass over it.")],
)
def test_a_record_that_cannot_be_read_is_one_line_with_the_journal_and_what_to_do(
    url: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], advice: str
) -> None:
    with closing(open_journal(url)) as journal:
        journal.append("op", 0, b"{")
    assert events(url, "--json", *arguments) == exit_codes.SERVER
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["type"] == "JournalError"
    assert error["message"].startswith("The journal SqliteJournal(")
    assert error["message"].endswith(advice)
