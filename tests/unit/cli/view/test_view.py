"""The views: redrawn lines on a terminal, plain lines elsewhere, a summary in both."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from rxeryph.cli.view import LiveView, PlainView, View, make_view
from rxeryph.errors import TransportError
from rxeryph.events import (
    AnyEvent,
    LogEntryAdded,
    OperationFinished,
    PollFailed,
    PollRecovered,
    StatusChanged,
    TaskAdded,
    TaskUpdated,
)
from rxeryph.model import LogEntry, Operation, OperationStatus, Task
from rxeryph.outcome import OperationResult

RUNNING, FAILED = OperationStatus.RUNNING, OperationStatus.FAILED
ROOT = Task("t1", "op", "CreateCatletCommand", RUNNING, "Create catlet web")
GENE = Task("t2", "t1", "PrepareGeneCommand", RUNNING, "Preparing gene [x]", progress=42)
OPERATION = Operation("op", RUNNING, tasks=(ROOT, GENE))
ENDED = Operation("op", FAILED, status_message="no\nspace", tasks=(Task("t1", "op", "C", FAILED, "Create"),))
EVENTS: list[AnyEvent] = [
    StatusChanged("op", OPERATION, RUNNING),
    TaskAdded("op", OPERATION, ROOT),
    TaskAdded("op", OPERATION, GENE),
    LogEntryAdded("op", OPERATION, LogEntry("l1", "t2", "Downloading [red] 42%\nmore", 0), GENE),
    TaskUpdated("op", OPERATION, GENE, GENE),
    PollFailed("op", OPERATION, TransportError("no route.", method="GET", url="x"), 1, 2.0),
    PollRecovered("op", OPERATION, 1, 2.0),
    StatusChanged("op", ENDED, FAILED, RUNNING),
    OperationFinished("op", ENDED, OperationResult(ENDED)),
]


def show(view: View, events: list[AnyEvent]) -> None:
    with view:
        for event in events:
            view.show(event)
            view.tick()
        view.summary({"op": OperationResult(ENDED)})


def test_the_plain_view_prints_each_log_entry_and_change_once(capsys: pytest.CaptureFixture[str]) -> None:
    show(PlainView({"op": "web"}), EVENTS)
    lines = [line.partition("s  ")[2] for line in capsys.readouterr().out.splitlines()]
    assert lines[:-2] == [
        "web  [Running]",
        "web  [Running: Create catlet web]",
        "web  [Running: Preparing gene [x]]",
        "web  Downloading [red] 42% more",
        "web  no route. Retrying in 2.0 s.",
        "web  The server responds again after 1 failed poll.",
        "web  [Failed]",
    ]


def test_the_summary_has_the_reason_of_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    show(PlainView({"op": "web"}), EVENTS)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.split() == ["web", "Failed", "Create:", "no", "space"]


def terminal(**options: object) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, force_terminal=True, width=110, **options), file  # type: ignore[arg-type]


def test_the_live_view_shows_phase_and_percentage_of_each_operation() -> None:
    console, file = terminal(color_system=None)
    view = LiveView(console, {"op": "web", "other": "db"})
    with view:
        for event in EVENTS[:5]:
            view.show(event)
        file.truncate(0)
        view.tick()
        drawn = file.getvalue()
    lines = [line for line in drawn.replace("\r", "").splitlines() if "web" in line]
    assert "Running" in lines[0]
    assert "42%" in lines[0]
    assert "Preparing gene [x]" in lines[0]
    assert any("db" in line and "Queued" in line for line in drawn.splitlines())


def test_the_live_view_prints_log_lines_without_reading_markup() -> None:
    console, file = terminal(color_system=None)
    show(LiveView(console, {"op": "web"}), EVENTS)
    assert "Downloading [red] 42% more" in file.getvalue()
    assert "Create: no space" in file.getvalue()


def test_no_color_turns_colors_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console, file = terminal()
    show(LiveView(console, {"op": "web"}), EVENTS)
    assert "\x1b[3" not in file.getvalue()


def test_a_pipe_and_a_dumb_terminal_get_the_plain_view(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(make_view({}, as_json=False), PlainView)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(make_view({}, as_json=False), PlainView)


@pytest.mark.parametrize("make", [PlainView, lambda names: LiveView(terminal(color_system=None)[0], names)])
def test_an_operation_is_named_while_the_view_runs(
    capsys: pytest.CaptureFixture[str], make: Callable[[dict[str, str]], View]
) -> None:
    view = make({})
    with view:
        view.name("op", "web")
        for event in EVENTS:
            view.show(event)
        view.summary({"op": OperationResult(ENDED)})
    output = capsys.readouterr().out
    assert isinstance(view, LiveView) or output.splitlines()[-1].startswith("web ")
