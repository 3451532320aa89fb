"""Lines that are drawn again below other output."""

from __future__ import annotations

import io
import sys
import threading

import pyte
import pytest
from rich.console import Console
from rich.text import Text

from rxeryph.cli.view.region import Region, reflows, rows_of
from tests.emulated import lines_of


class Tty(io.StringIO):
    """Says that it is a terminal."""

    def isatty(self) -> bool:
        return True


class Screen:
    """A console whose output an emulator draws."""

    def __init__(self, columns: int = 20, rows: int = 8) -> None:
        self.file = io.StringIO()
        self.console = Console(file=self.file, force_terminal=True, width=columns, height=rows, color_system=None)
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)

    @property
    def lines(self) -> list[str]:
        self.stream.feed(self.file.getvalue().replace("\n", "\r\n"))
        self.file.truncate(self.file.seek(0))
        return lines_of(self.screen)


def test_other_output_scrolls_above_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", Tty())
    monkeypatch.setattr(sys, "stderr", Tty())
    pictures = iter(["one", "two", "three"])
    region = Region(screen.console, lambda width, height: [Text(next(pictures))] * 2, reflows=False)
    region.start()
    screen.console.print("a line")
    print("printed")
    thread = threading.Thread(target=print, args=["an error"], kwargs={"file": sys.stderr})
    thread.start()
    thread.join()
    region.draw([Text("a log line")])
    assert screen.lines == ["a line", "printed", "an error", "a log line", "three", "three"]
    region.stop()
    assert screen.lines == ["a line", "printed", "an error", "a log line"]


def test_a_picture_with_fewer_lines_leaves_none_behind() -> None:
    screen = Screen()
    lines = [Text("row")] * 4
    region = Region(screen.console, lambda width, height: lines[:], reflows=False)
    region.start()
    assert len(screen.lines) == 4
    del lines[1:]
    region.draw()
    assert screen.lines == ["row"]
    region.stop()


def test_a_console_keeps_drawing_on_the_stdout_that_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    file = Tty()
    monkeypatch.setattr(sys, "stdout", file)
    region = Region(Console(force_terminal=True), lambda width, height: [Text("row")], reflows=False)
    region.start()
    region.draw()
    assert file.getvalue().count("row") == 2
    assert "\x1b[1A" in file.getvalue()
    region.stop()


def test_a_line_is_drawn_when_it_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", Tty())
    region = Region(screen.console, lambda width, height: [Text("row")], reflows=False)
    region.start()
    print("be", end="")
    region.draw()
    assert screen.lines == ["row"]
    print("gun\n\nlast", end="")
    region.draw()
    assert screen.lines == ["begun", "", "row"]
    region.stop()
    assert screen.lines == ["begun", "", "last"]


def test_only_what_is_written_to_the_terminal_is_redirected_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Tty(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", before[0])
    monkeypatch.setattr(sys, "stderr", before[1])
    region = Region(Screen().console, lambda width, height: [], reflows=False)
    region.start()
    assert sys.stdout is not before[0]
    print("an error", file=sys.stderr)
    assert before[1].getvalue() == "an error\n"
    region.stop()
    region.stop()
    assert (sys.stdout, sys.stderr) == before


@pytest.mark.parametrize(
    ("drawn", "width", "height", "rows"),
    [
        ([], 80, 24, 0),
        ([80, 0, 81], 80, 24, 4),
        ([80, 0, 81], None, 24, 3),
        ([120] * 3, 60, 24, 6),
        ([10] * 30, 60, 24, 23),
    ],
)
def test_lines_that_wrap_again_take_more_rows(drawn: list[int], width: int | None, height: int, rows: int) -> None:
    assert rows_of(drawn, width, height) == rows


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "screen"}, False),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux"}, True),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX systems")
def test_xterm_and_consoles_do_not_wrap_lines_again(environ: dict[str, str], expected: bool) -> None:
    assert reflows(environ) is expected
