"""``rxeryph relay``: it polls every operation into a journal, survives what fails, and says what it does."""

from __future__ import annotations

import json
import logging
import re
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rxeryph.cli import exit_codes, relay
from rxeryph.cli.bell import Bell
from rxeryph.cli.relay import BUSY, QUIET, REPEAT, TROUBLED, Lines
from rxeryph.cli.relaying import RelayStatus
from rxeryph.journal import open as open_journal
from rxeryph.journal.records import is_last
from rxeryph.simulator import Hang, Log, Pause, Simulator, Task
from tests.unit.journal.brokers import free_port

from .commands import Run

Condition = Callable[[], object]
STORY = Task("T", Log("begun"), Pause(600.0), Log("ended"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'operations.db'}"


@pytest.fixture
def stop_after(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A signal stops the command when the conditions were met, one after another."""
    wait = Bell.wait

    def stop_after(*conditions: Condition) -> None:
        left = [*conditions]

        def wait_and_look(bell: Bell, seconds: float) -> None:
            wait(bell, min(seconds, 0.02))
            while left and left[0]():
                del left[0]
            if not left:
                signal.raise_signal(signal.SIGTERM)

        monkeypatch.setattr(Bell, "wait", wait_and_look)

    return stop_after


def messages(url: str, operation_id: str) -> list[str]:
    """The log lines of an operation in a journal, and "finished" if it has its end."""
    with closing(open_journal(url)) as journal:
        found: list[str] = []
        for record in journal.read(operation_id=operation_id):
            found += re.findall(r'"message":"(\w+)"', record.data.decode())
            found += ["finished"] * is_last(record)
    return found


def documents(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


def test_it_polls_what_runs_and_what_is_started_later(
    command: Run, simulator: Simulator, url: str, stop_after: Callable[..., None]
) -> None:
    running = simulator.play(Task("T", Log("begun"), Hang()))
    later: list[str] = []

    def start() -> bool:
        later.append(simulator.play(Task("T", Log("short"))))
        return True

    stop_after(
        lambda: messages(url, running), start, lambda: messages(url, later[0])[-1:] == ["finished"], lambda: True
    )
    code, output, errors = command("relay", "--journal", url, "--json")
    assert (code, errors) == (exit_codes.SUCCESS, "")
    ready, *_, status, stopped = documents(output)
    assert (ready["type"], ready["server"], ready["journal"]) == ("ready", f"{simulator.endpoint}/compute", url)
    with closing(open_journal(url)) as journal:
        counted = {"owned": 1, "followed": 0, "appended": len(journal.read()), "finished": 1, "lag": 0.0}
        assert {name: status[name] for name in counted} == counted
        assert journal.acquire(running, "another relay", 1.0) is not None
    assert stopped["type"] == "stopped"


def test_it_stores_the_end_of_an_operation_that_ended_while_no_relay_ran(
    command: Run, simulator: Simulator, url: str, stop_after: Callable[..., None]
) -> None:
    id = simulator.play(STORY)
    stop_after(lambda: messages(url, id) == ["begun"])
    assert command("relay", "--journal", url)[0] == 0
    simulator.advance(3600.0)
    stop_after(lambda: "finished" in messages(url, id))
    assert command("relay", "--journal", url)[0] == 0
    assert messages(url, id) == ["begun", "ended", "finished"]


@pytest.mark.parametrize(
    ("journal", "changes", "code", "words"),
    [
        (None, {}, 2, "Name the journal with --journal, such as sqlite:///operations.db, or in RXERYPH_JOURNAL."),
        ("operations.db", {}, 2, "A journal has a URL such as"),
        ("sqlite:////nowhere/operations.db", {}, 3, "the folder /nowhere does not exist"),
        ("nats://127.0.0.1:{port}", {}, 3, "The journal nats://127.0.0.1:{port}"),
        ("{url}", {"endpoint": "http://127.0.0.1:{port}"}, 3, "127.0.0.1:{port}"),
        ("{url}", {"client_id": "some-client"}, 3, "some-client"),
    ],
)
def test_what_is_wrong_at_the_beginning_ends_it_with_one_line(
    journal: str | None,
    changes: dict[str, str],
    code: int,
    words: str,
    command: Run,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RXERYPH_JOURNAL", raising=False)
    port = str(free_port())
    if journal is not None and journal.startswith("nats"):
        pytest.importorskip("nats")
    given = [] if journal is None else ["--journal", journal.format(url=url, port=port)]
    found, output, errors = command(
        "relay", *given, **{name: value.format(port=port) for name, value in changes.items()}
    )
    assert (found, output, errors.count("\n")) == (code, "", 1), errors
    assert words.format(port=port) in errors


def test_it_waits_for_a_server_that_is_away(
    command: Run, simulator: Simulator, url: str, stop_after: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BUSY", 0.0)
    monkeypatch.setattr(relay, "TROUBLED", 0.0)
    id = simulator.play(Task("T", Log("begun"), Hang()))
    away: list[bool] = []

    def fail() -> bool:
        simulator.faults.reply(503, times=3)
        away.append(True)
        return True

    stop_after(lambda: messages(url, id), fail, lambda: simulator.faults.pending == 0, lambda: True)
    code, output, _ = command("relay", "--journal", url, "--json")
    assert code == 0
    warnings = [each["message"] for each in documents(output) if each["type"] == "warning"]
    assert warnings
    assert all("503" in each for each in warnings)


def test_it_connects_again_when_no_retry_helps(
    command: Run, simulator: Simulator, url: str, stop_after: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "AGAIN", 0.1)
    id = simulator.play(STORY)

    def refuse() -> bool:
        simulator.faults.reply(403, path="/v1/operations$", times=1)
        return True

    def advance() -> bool:
        simulator.advance(3600.0)
        return True

    stop_after(
        lambda: messages(url, id),
        refuse,
        lambda: simulator.faults.pending == 0,
        advance,
        lambda: "finished" in messages(url, id),
    )
    code, output, _ = command("relay", "--journal", url, "--json")
    assert code == 0
    assert [each["type"] for each in documents(output)].count("ready") == 2
    assert "Connecting again in 0.1 s." in output


class Written(Lines):
    """Keeps what it would print. ``at`` is the time."""

    def __init__(self) -> None:
        self.at = 0.0
        self.lines: list[str] = []
        super().__init__(lambda: None, as_json=False, now=lambda: self.at)

    def write(self, kind: str, text: str, facts: object = None) -> None:
        self.lines.append(text)

    def seconds_until(self, status: RelayStatus) -> float:
        """How long it takes until a line is printed."""
        self.lines.clear()
        began = self.at
        while not self.lines:
            self.at += 1.0
            self.status(status)
        return self.at - began


def test_what_it_does_is_printed_when_it_changes_and_else_rarely() -> None:
    lines = Written()
    assert lines.seconds_until(RelayStatus(owned=1)) == 1.0
    assert lines.lines == ["owned 1, followed 0, appended 0, finished 0, lag 0 s"]
    assert lines.seconds_until(RelayStatus(owned=2)) == BUSY
    assert lines.seconds_until(RelayStatus(owned=2)) == QUIET
    assert lines.seconds_until(RelayStatus(owned=2, lag=3.0)) == TROUBLED
    assert lines.lines == ["owned 2, followed 0, appended 0, finished 0, lag 3 s"]


def test_a_warning_that_repeats_is_printed_once_a_minute() -> None:
    lines = Written()
    logger = logging.getLogger("rxeryph")
    with lines.logged():
        for _ in range(2):
            for number in range(3):
                logger.warning("Operation %s cannot be polled", number)
                logger.info("Nothing to see")
            lines.at += REPEAT
    lines.print_warnings()
    assert lines.lines == ["Operation 0 cannot be polled"] * 2


def test_people_get_lines_with_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    Lines(lambda: None, as_json=False).ready("http://server/compute", "nats://broker")
    output, errors = capsys.readouterr()
    assert output == ""
    pattern = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d ready: process \d+ polls http://server/compute into \S+\n"
    assert re.fullmatch(pattern, errors)
