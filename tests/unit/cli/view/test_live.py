"""The view of a terminal, on an emulated screen and a clock of its own."""

from __future__ import annotations

import io

import pyte
import pytest
from rich.console import Console

from rxeryph.cli.view import live
from rxeryph.cli.view.live import LiveView
from rxeryph.events import AnyEvent, OperationFinished, StatusChanged
from rxeryph.model import Operation
from rxeryph.outcome import OperationResult
from tests.emulated import lines_of

from .scenes import COMPLETED, ENDED, EVENTS, FAILED, RUNNING, line, show


class Watched:
    """A live view and its screen."""

    def __init__(self, names: dict[str, str], columns: int = 80, rows: int = 24, options: str = "") -> None:
        self.file = io.StringIO()
        self.console = Console(
            file=self.file, force_terminal=True, width=columns, height=rows, color_system="standard"
        )
        self.seconds = 0.0
        self.view = LiveView(self.console, names, lambda: self.seconds, options=options)
        self._screen = pyte.Screen(columns, rows)

    @property
    def lines(self) -> list[str]:
        self._screen.reset()
        pyte.Stream(self._screen).feed(self.file.getvalue().replace("\n", "\r\n"))
        return lines_of(self._screen)

    def tick(self, seconds: float) -> None:
        self.seconds += seconds
        self.view.tick()


@pytest.fixture(autouse=True)
def terminal_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("XTERM_VERSION", "XTerm(390)")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_the_log_scrolls_above_the_rows_without_what_the_bar_shows() -> None:
    watched = Watched({"op": "web", "other": "db"})
    with watched.view as view:
        for event in EVENTS[:6]:
            view.show(event)
        watched.tick(3.0)
        assert watched.lines == [
            "web  Processing [red] (sha256:0d60…e26c) more",
            "",
            "web  ⠴ Preparing gene a/b/1.0:sda                  ━━━━━━╸─────────  42%    0:10",
            "db   · Waiting for the server                                               0:03",
        ]


def test_the_end_has_the_rows_the_reason_and_the_next_command() -> None:
    watched = Watched({"op": "web"})
    show(watched.view)
    assert watched.lines == [
        "web  Processing [red] (sha256:0d60…e26c) more",
        "web  no route. Retrying in 2.0 s.",
        "web  The server responds again after 1 failed poll.",
        "",
        "web  ✗ Failed     no space                                                32.8 s",
        "",
        'web failed in "Find [space]":',
        "  no space",
        "  To see more, run: rxeryph operation show op",
    ]


def test_the_next_command_is_never_broken() -> None:
    watched = Watched({"op": "web"}, columns=40, options=" --client-id me")
    show(watched.view)
    assert watched.lines[-2:] == ["  To see more, run:", "rxeryph operation show op --client-id me"]


def test_a_view_that_is_left_early_leaves_the_rows_as_they_were() -> None:
    watched = Watched({"op": "web"})
    with watched.view as view:
        view.show(EVENTS[0])
    assert watched.lines == ["web  · Running    Running                                                   0:07"]


def test_long_log_lines_are_indented() -> None:
    watched = Watched({"op": "web"}, columns=30)
    with watched.view as view:
        view.show(EVENTS[3])
        watched.tick(0.2)
        assert watched.lines[:3] == ["web  Processing [red]", "     (sha256:0d60…e26c) more", ""]


def test_events_that_come_fast_are_drawn_a_few_times_a_second() -> None:
    watched = Watched({"op": "web"})
    with watched.view as view:
        written = len(watched.file.getvalue())
        for event in EVENTS:
            view.show(event)
        assert len(watched.file.getvalue()) == written
        watched.seconds += 0.2
        view.show(EVENTS[0])
        assert len(watched.file.getvalue()) > written


def test_the_rows_are_drawn_once_for_many_log_lines() -> None:
    watched = Watched({"op": "web"})
    with watched.view as view:
        for number in range(50):
            view.show(line("hello", f"l{number}"))
        before = len(watched.file.getvalue())
        watched.tick(1.0)
        drawn = watched.file.getvalue()[before:]
        assert (drawn.count("hello"), drawn.count("0:08")) == (50, 1)


def many(count: int) -> list[AnyEvent]:
    operations = [Operation(f"op{number}", COMPLETED if number % 3 else RUNNING) for number in range(count)]
    return [StatusChanged(each.id, each, each.status) for each in operations]


def test_a_board_has_more_operations_than_rows() -> None:
    watched = Watched({}, rows=12)
    with watched.view as view:
        for event in many(30):
            view.show(event)
        watched.tick(1.0)
        assert [line.split()[0] for line in watched.lines[:-1]] == [
            "op0",
            "op3",
            "op6",
            "op9",
            "op12",
            "op15",
            "op18",
        ]
        assert watched.lines[-1] == "and 23 more: 3 running, 20 completed"


def test_a_failure_in_a_row_that_is_not_shown_is_logged() -> None:
    watched = Watched({}, columns=60, rows=12)
    with watched.view as view:
        for event in (*many(30), OperationFinished("op", ENDED, OperationResult(ENDED))):
            view.show(event)
        watched.tick(1.0)
        assert watched.lines[:2] == ["op    Failed: Find [space]: no space", ""]


def test_only_ten_failures_explain_themselves() -> None:
    watched = Watched({}, rows=80)
    with watched.view as view:
        for number in range(12):
            operation = Operation(f"op{number}", FAILED, "no space")
            view.show(OperationFinished(operation.id, operation, OperationResult(operation)))
        view.summary({})
    assert sum("failed:" in line for line in watched.lines) == 10


@pytest.mark.parametrize(("value", "is_coloured"), [("", True), ("1", False)])
def test_no_color_turns_every_style_off(monkeypatch: pytest.MonkeyPatch, value: str, is_coloured: bool) -> None:
    monkeypatch.setenv("NO_COLOR", value)
    monkeypatch.setenv("FORCE_COLOR", "1")
    console = live.terminal()
    assert console is not None
    console.file = io.StringIO()
    show(LiveView(console, {"op": "web"}))
    styles = {part.split("m")[0] for part in console.file.getvalue().split("\x1b[")[1:] if "m" in part[:6]}
    assert bool(styles) == is_coloured
