"""Commands that read a journal which other processes fill, on a machine without a client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rxeryph.cli import exit_codes
from rxeryph.cli.app import run
from rxeryph.events import AnyEvent, LogEntryAdded
from rxeryph.journal import SqliteJournal
from rxeryph.journal.intents import Request, dump_intent
from rxeryph.journal.records import dump_events
from rxeryph.model import Operation, OperationStatus
from rxeryph.simulator import Fail, Hang, Log, Simulator, Task
from rxeryph.testing import connect_to
from rxeryph.tracking import NOTHING_KNOWN, observe

from .commands import Run

UNKNOWN = "ffffffff-0000-4000-8000-000000000001"


@dataclass
class Filled:
    """A journal with an operation that completed, one that failed and one that runs, in that order."""

    url: str
    completed: str
    failed: str
    running: str
    simulator: Simulator


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    url = f"sqlite:///{tmp_path_factory.mktemp('journal')}/operations.db"
    with Simulator(speed=100.0) as simulator, connect_to(simulator, journal=url) as eryph:
        made = [
            simulator.play(
                Task("A", Log("first"), Task("Inner", Log("second"), display_name="Within")),
                operation_id="aaaaaaaa-0000-4000-8000-000000000001",
            )
        ]
        eryph.track(made[0]).wait(30)
        for id, end in (("aaaaaaaa-0000-4000-8000-000000000002", Fail("it broke")), (UNKNOWN[:-1] + "3", Hang())):
            simulator.advance(10.0)
            made.append(
                simulator.play(Task("B", Log("before the end"), end, display_name="Doing B"), operation_id=id)
            )
        eryph.track(made[1]).wait(30)
        begun = threading.Event()

        def see(event: AnyEvent) -> None:
            if isinstance(event, LogEntryAdded):
                begun.set()

        with eryph.track(made[2]).subscribe(see):
            assert begun.wait(30)
        eryph.close()  # so that no thread of it starts in a test
        yield Filled(url, made[0], made[1], made[2], simulator)


@pytest.fixture
def there(filled: Filled, at_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with the journal, where nothing is known of a server."""

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, "--journal", filled.url])
        output = capsys.readouterr()
        return code, output.out, output.err

    return run_command


def test_operations_are_shown_by_prefix_and_the_newest(there: Run, filled: Filled) -> None:
    code, output, errors = there("operation", "show", "@newest", "-o", "json")
    assert (code, errors, json.loads(output)["id"]) == (0, "", filled.running)
    code, output, errors = there("operation", "show", filled.completed.upper())
    assert (code, errors) == (0, "")
    assert "Completed" in output
    assert "Within" in output
    code, output, errors = there("operation", "show", "aaaa")
    assert (code, output) == (2, "")
    assert f"is the start of 2 ids: {filled.failed}, {filled.completed}." in errors


@pytest.mark.parametrize("command", [("operation", "show"), ("operation", "logs")])
def test_what_the_journal_does_not_have_is_not_found(there: Run, command: tuple[str, ...]) -> None:
    code, output, errors = there(*command, UNKNOWN)
    assert (code, output) == (3, "")
    assert f"The journal has nothing of operation {UNKNOWN}." in errors
    code, output, errors = there(*command, "bbbb")
    assert (code, "begins with 'bbbb', among the 3 that are known." in errors) == (3, True)


def test_log_lines_are_those_of_the_server(there: Run, filled: Filled) -> None:
    def lines(*options: str) -> list[str]:
        code, output, errors = there("operation", "logs", filled.completed, *options)
        assert (code, errors) == (0, "")
        return [line.split("  ")[-1] for line in output.splitlines()]

    assert lines() == ["first", "second"]
    assert lines("--task", "within") == ["second"]
    assert lines("--tail", "1", "-f") == ["second"]
    assert there("operation", "logs", filled.completed, "--since", "2199-01-01T00:00Z")[1] == ""


def test_the_exit_code_is_that_of_the_operations(there: Run, filled: Filled) -> None:
    code, output, _ = there("watch", filled.completed, "--json")
    assert (code, json.loads(output.splitlines()[-1])["type"]) == (0, "finished")
    code, output, errors = there("watch", filled.completed, filled.failed)
    assert code == 1
    assert f"rxeryph operation show {filled.failed} --journal {filled.url}" in " ".join((output + errors).split())


def test_a_limit_shows_how_to_continue_with_the_journal(there: Run, filled: Filled) -> None:
    code, _, errors = there("watch", filled.running, "--stalled", "0.3")
    assert code == 4
    assert errors.endswith(f"rxeryph watch {filled.running} --journal {filled.url}\n")


def test_an_operation_that_comes_later_is_waited_for(there: Run, filled: Filled) -> None:
    later = "bbbbbbbb-0000-4000-8000-000000000001"

    def begin() -> None:
        filled.simulator.play(Task("Later", Log("late")), operation_id=later)
        with connect_to(filled.simulator, journal=filled.url) as eryph:
            eryph.track(later).wait(30)

    timer = threading.Timer(0.3, begin)
    timer.start()
    try:
        code, output, errors = there("operation", "logs", "-f", later)
    finally:
        timer.join()
    assert (code, errors) == (0, f"The journal has nothing of operation {later} yet. Waiting for it.\n")
    assert output.endswith("  late\n")


def test_all_that_run_are_watched(there: Run, filled: Filled) -> None:
    code, output, errors = there("watch", "--all", "--json", "--timeout", "1")
    assert code == 4
    events = [json.loads(line) for line in output.splitlines()]
    assert {event["operation_id"] for event in events} == {filled.running}
    assert "continue" not in errors


@pytest.mark.parametrize("option", [("--endpoint", "https://host"), ("--configuration", "zero")])
def test_a_server_and_a_journal_exclude_each_other(there: Run, option: tuple[str, str]) -> None:
    for command in (("watch", "--all"), ("operation", "show", "@newest"), ("operation", "logs", "@newest")):
        code, output, errors = there(*command, *option)
        assert (code, output) == (2, "")
        assert f"it has no use for {' '.join(option)}" in errors


def test_a_url_that_no_journal_has_is_refused(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for url in ("", "operations.db", "https://host"):
        assert run(["watch", "--all", "--journal", url]) == 2
        assert "A journal has a URL such as" in capsys.readouterr().err


def test_a_broker_that_is_away_is_not_reached(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["operation", "show", "@newest", "--journal", "nats://me:secret@127.0.0.1:1"]) == 3
    errors = capsys.readouterr().err
    assert "127.0.0.1:1" in errors
    assert "secret" not in errors


def test_a_journal_without_operations_has_no_newest(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(SqliteJournal("empty.db")):
        assert run(["watch", "@newest", "--journal", "sqlite:///empty.db"]) == 3
    assert "There is no operation." in capsys.readouterr().err


def test_a_submit_that_may_have_failed_is_no_operation_yet(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(SqliteJournal("intents.db")) as journal:
        journal.append(UNKNOWN, 0, dump_intent(Request("catlets.create 'web'", b"{}")))
        for command in (["operation", "show", UNKNOWN], ["operation", "logs", UNKNOWN], ["watch", "@newest"]):
            assert run([*command, "--journal", "sqlite:///intents.db"]) == 3
        errors = capsys.readouterr().err
        assert [errors.count("The journal has nothing of"), errors.count("There is no operation.")] == [2, 1]
        journal.append(UNKNOWN, 1, dump_events(events_of(UNKNOWN)))
        assert run(["operation", "show", "@newest", "-o", "id", "--journal", "sqlite:///intents.db"]) == 0
    assert capsys.readouterr().out == f"{UNKNOWN}\n"


def events_of(operation_id: str) -> tuple[AnyEvent, ...]:
    _, events = observe(NOTHING_KNOWN, Operation(operation_id, OperationStatus.QUEUED, created=datetime.now(UTC)))
    return events


def test_operations_that_cannot_be_read_are_left_out_of_a_list_and_named(
    at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(SqliteJournal("damaged.db")) as journal:
        for id in ("b", "c"):
            journal.append(id, 0, b"{")
            journal.append(id, 1, b"{")
        journal.append(UNKNOWN, 0, dump_events(events_of(UNKNOWN)))
        assert run(["operation", "show", "@newest", "-o", "id", "--journal", "sqlite:///damaged.db"]) == 0
    output = capsys.readouterr()
    assert output.out == f"{UNKNOWN}\n"
    (line,) = output.err.splitlines()
    assert line.startswith("Operations left out: 2. The journal SqliteJournal(")
    assert "record 0 of operation b, at position 1: it is not JSON." in line


@pytest.mark.parametrize("command", [("operation", "show"), ("operation", "logs"), ("watch",)])
def test_an_operation_that_cannot_be_read_is_one_line_with_the_journal_and_what_to_do(
    at_home: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    with closing(SqliteJournal("damaged.db")) as journal:
        journal.append(UNKNOWN, 0, b"{")
    assert run([*command, UNKNOWN, "--json", "--journal", "sqlite:///damaged.db"]) == exit_codes.SERVER
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["type"] == "JournalError"
    assert "The journal SqliteJournal(" in error["message"]
    assert "damaged.db') has a record that cannot be read" in error["message"]
    assert error["message"].endswith("Restore a copy of the journal, or follow this operation without it.")
