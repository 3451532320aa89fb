"""The command on a terminal: what a person sees at usual widths, and after a resize."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rxeryph.simulator import Simulator
from tests.simulation import Raw

if sys.platform == "win32":
    pytest.skip("these tests need a pseudo terminal", allow_module_level=True)

from .terminal import Terminal

DEMO = ("demo", "--speed", "40")
SPINNER = "[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]"
LOADING = rf"^db +{SPINNER} Preparing gene \S+ +[━╸─]+ +\d+% +\d:\d\d$"
STATES = rf"({SPINNER}|[✓✗·]) "


def rows(terminal: Terminal) -> list[str]:
    """The rows of the operations that are on the screen now."""
    return [line for line in terminal.lines if re.match(rf"(web|db|ci) +{STATES}", line)]


def is_aligned(terminal: Terminal) -> bool:
    """True for one row per operation, with its name, in order, and the time at the right edge."""
    shown = rows(terminal)
    return (
        [row.split()[0] for row in shown] == ["web", "db", "ci"]
        and {row.index(re.findall(STATES, row)[0]) for row in shown} == {5}
        and {len(row) for row in shown} == {min(terminal.screen.columns, 120)}
    )


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_each_operation_has_one_aligned_row_at_every_width(columns: int) -> None:
    with Terminal(*DEMO, columns=columns) as terminal:
        terminal.until(lambda: terminal.has(LOADING) and is_aligned(terminal))
        assert terminal.finish() == 0
        assert is_aligned(terminal), terminal.lines
        web, db, ci = rows(terminal)
        assert re.fullmatch(r"web  ✓ Completed +\d\d\.\d s", web)
        assert re.fullmatch(r"db   ✓ Completed +\d:\d\d", db)
        assert re.fullmatch(r"ci   ✗ Failed     The gene set acme/missing/1.0 is.* \d\.\d s", ci)
        log = " ".join(terminal.history)
        assert "sha256:833d…bdd7)" in log
        assert "Downloading" not in log
        assert 'ci failed in "Build catlet specification":' in log
        assert terminal.has(r"rxeryph operation show [0-9a-f-]{36}$")


@pytest.fixture
def options(tmp_path: Path) -> Callable[[Simulator], tuple[str, ...]]:
    """The connection options for a simulator."""

    def given(simulator: Simulator) -> tuple[str, ...]:
        key = tmp_path / "client.key"
        key.write_text(simulator.private_key)
        client = ("--client-id", simulator.client_id, "--private-key", str(key))
        return "--endpoint", simulator.endpoint, *client

    return given


def test_a_board_gains_rows_for_new_operations(
    stopped_clock: Simulator, raw: Raw, options: Callable[[Simulator], tuple[str, ...]]
) -> None:
    def begin(name: str, parent: str) -> str:
        body = {"configuration": {"name": name, "parent": parent}}
        return str(raw.submit("POST", "/v1/catlets", body)["id"])[:8]

    first = begin("db", "dbosoft/ubuntu-24.04/20250101")
    with Terminal("watch", "--all", *options(stopped_clock)) as terminal:
        terminal.until(rf"^{first}  [·{SPINNER[1:]} ")
        second = begin("ci", "acme/missing/1.0")
        terminal.until(rf"^{second}  [·{SPINNER[1:]} ")
        stopped_clock.advance(60.0)
        terminal.until(rf"^{second}  ✗ Failed     Create catlet ci: The gene set .* \d\.\d s$")
        terminal.until(rf"^{first}  {SPINNER} Create catlet db: .* \d+% +1:0\d$")
        terminal.press(b"\x03")
        terminal.finish()
        assert terminal.has(rf"^{first}  · Running    Create catlet db: .* \d+% +1:0\d$")
        assert terminal.has(rf'^{second} \(Create catlet ci\) failed in "Build catlet specification":$')


def test_a_failing_create_ends_with_a_command_that_works(
    simulator: Simulator, options: Callable[[Simulator], tuple[str, ...]], tmp_path: Path
) -> None:
    file = tmp_path / "ci.yaml"
    file.write_text("name: ci\nparent: acme/missing/1.0\n")
    with Terminal("create", str(file), *options(simulator), columns=250) as terminal:
        assert terminal.finish() == 1
        (hint,) = [line for line in terminal.lines if "To see more" in line]
    with Terminal(*hint.split("rxeryph ")[1].split(), columns=100) as terminal:
        assert terminal.finish() == 0
        assert any("The gene set acme/missing/1.0 is not available" in line for line in terminal.history)


def test_rows_follow_the_width_of_the_window() -> None:
    with Terminal(*DEMO, columns=120) as terminal:
        terminal.until(LOADING)
        for columns, lines in ((60, 24), (100, 12), (80, 30)):
            terminal.resize(columns, lines)
            terminal.until(lambda: is_aligned(terminal))
        assert terminal.finish() == 0
        assert is_aligned(terminal), terminal.lines


def test_a_low_window_shows_what_runs_and_counts_the_rest() -> None:
    with Terminal(*DEMO, rows=4) as terminal:
        terminal.until(lambda: terminal.has(LOADING) and terminal.has(r"^and 2 more: 1 completed, 1 failed$"))


def test_no_color_means_no_style_at_all() -> None:
    with Terminal(*DEMO, NO_COLOR="1") as terminal:
        assert terminal.finish() == 0
        assert is_aligned(terminal), terminal.lines
        assert re.findall(rb"\x1b\[[\d;]*m", terminal.written) == []


def test_an_old_code_page_gets_ascii_symbols() -> None:
    with Terminal(*DEMO, PYTHONIOENCODING="cp437") as terminal:
        terminal.until(r"^db   [|/\\-] Preparing gene .* #*-+ +\d+% +\d:\d\d$")
        assert terminal.finish() == 0
        assert terminal.has(r"^ci   x Failed     The gene set .*\.\.\. +\d\.\d s$")
        assert terminal.written.isascii()


def test_a_dumb_terminal_gets_plain_lines() -> None:
    with Terminal(*DEMO, TERM="dumb") as terminal:
        assert terminal.finish() == 0
        assert b"\x1b" not in terminal.written
        assert b"[Running: " in terminal.written
