"""The Python blocks of a page run one after the other against the simulator, and print what stands below them."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rxeryph
import rxeryph.simulator
from rxeryph.cli.simulate import run_simulator
from rxeryph.polling import fixed
from rxeryph.simulator import Faults, Simulator

pytestmark = pytest.mark.usefixtures("settles_soon")

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["how-to/call-the-api.md", "how-to/track-operations.md"]
SIMULATOR = "how-to/run-the-simulator.md"
ALONE = ["tutorial/first-catlet.md", SIMULATOR]
"""Pages that start a simulator themselves."""
GUIDE = DOCS / "how-to/track-operations.md"
FENCE = re.compile(r"```(python|text)\n(.*?)```\n", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A Python block, the line it begins at, and the lines it is said to print (None: nothing is said)."""

    source: str
    line: int
    output: list[str] | None


def blocks_of(text: str) -> Iterator[Block]:
    found = list(FENCE.finditer(text))
    for index, match in enumerate(found):
        if match[1] == "python":
            follower = found[index + 1] if index + 1 < len(found) and found[index + 1][1] == "text" else None
            output = follower[2].splitlines() if follower else None
            yield Block(match[2], text.count("\n", 0, match.start()) + 2, output)


def pattern_of(lines: list[str]) -> re.Pattern[str]:
    """``…`` alone in a line is any number of lines, within a line any text."""
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*?") + r"\n" for line in lines]
    return re.compile("".join(parts) + r"\Z")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """``connect()`` goes to a simulator, whatever the page says, and polls fast."""
    with Simulator(speed=100.0) as simulator:
        connect = partial(rxeryph.connect, polling=fixed(0.05))
        given = {"endpoint": simulator.endpoint, "client_id": simulator.client_id}

        def connected(**arguments: Any) -> rxeryph.Eryph:
            return connect(**{**arguments, **given, "private_key": simulator.private_key})

        monkeypatch.setattr(rxeryph, "connect", connected)
        yield simulator


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_print_what_it_says(
    page: str, server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # pages may write files
    run(page)


@pytest.mark.parametrize("page", ALONE)
def test_a_page_with_a_simulator_of_its_own_runs_as_it_stands(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rxeryph, "connect", partial(rxeryph.connect, polling=fixed(0.05)))
    run(page)


@pytest.mark.parametrize(
    "line", re.findall(r"^\$ rxeryph (simulate.*)$", (DOCS / SIMULATOR).read_text(encoding="utf-8"), re.MULTILINE)
)
def test_the_simulator_runs_as_the_page_calls_it(line: str) -> None:
    arguments = re.sub(r"--port \d+", "--port 0", line).split()
    command = [sys.executable, "-W", "error", "-m", "rxeryph", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
    assert process.returncode == 0


def test_the_page_of_the_simulator_has_every_option_step_and_fault() -> None:
    page = (DOCS / SIMULATOR).read_text(encoding="utf-8")
    names = {"version": "api-version", "as_json": "json"}
    told = {f"`--{names.get(name, name).replace('_', '-')}`" for name in inspect.signature(run_simulator).parameters}
    told |= {name for name in rxeryph.simulator.__all__ if isinstance(getattr(rxeryph.simulator, name), type)}
    told |= {f"`{name}(" for name in vars(Faults) if not name.startswith("_") and name not in ("take", "pending")}
    told -= {"Faults", "Scripts", "SeenRequest", "`clear("}
    assert {text for text in told if text not in page} == set()


def run(page: str) -> None:
    """The blocks of ``page``, one after the other."""
    names: dict[str, Any] = {}
    try:
        for block in blocks_of((DOCS / page).read_text(encoding="utf-8")):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * (block.line - 1) + block.source, page, "exec"), names)
            if block.output is not None:
                told = printed.getvalue()
                assert pattern_of(block.output).match(told), f"{page}:{block.line} printed\n{told}"
    finally:
        if "eryph" in names:
            names["eryph"].close()
        if "simulator" in names:
            names["simulator"].stop()


def test_the_table_of_the_guide_has_every_row_and_each_links_to_a_section_that_is_there() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    rows = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 51))
    for number, here in rows:
        links = re.findall(r"\(#([\w-]+)\)", here)
        assert links, f"row {number} links to nothing"
        assert set(links) <= headings, f"row {number} links to {set(links) - headings}"


def test_a_page_whose_output_is_not_true_fails() -> None:
    assert pattern_of(["a", "…", "b …"]).match("a\nx\ny\nb 1\n")
    for told in ("a\nx\n", "x\na\nb 1\n", "a\nb 1\nx\n"):
        assert not pattern_of(["a", "…", "b …"]).match(told)


def test_what_the_server_does_not_offer_is_not_pretended() -> None:
    """Rows 13, 15, 17, 22, 24 and 44: no member and no result stands for what is not on the wire."""
    for model, missing in (
        (rxeryph.model.LogEntry, "level"),
        (rxeryph.model.Task, "type"),
        (rxeryph.model.OperationResource, "type"),
        (rxeryph.model.Operation, "updated_at"),
        (rxeryph.model, "VirtualDiskResult"),
        (rxeryph.model, "OperationResult"),
    ):
        assert not hasattr(model, missing)
