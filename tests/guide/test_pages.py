"""The Python blocks of the README and of each page run in order and print the output that the page shows."""

from __future__ import annotations

import contextlib
import inspect
import io
import logging
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
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

TOP = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/index.md",
    *(f"docs/how-to/{name}.md" for name in ("asyncio", "call-the-api", "cancel", "logging", "track-operations")),
    "docs/reference/events.md",
]
SIMULATOR = "docs/how-to/run-the-simulator.md"
WITH_SIMULATOR = ["docs/tutorial/first-catlet.md", "docs/how-to/retry.md", SIMULATOR]
"""Pages that start a simulator themselves."""
FENCE = re.compile(r"```(python|text)\n(.*?)```\n", re.DOTALL)


def text_of(page: str) -> str:
    return (TOP / page).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Block:
    """A Python block, the line on which it starts, and the output lines below it (None: it has no output block)."""

    source: str
    line: int
    output: list[str] | None


def blocks_of(text: str) -> Iterator[Block]:
    found = list(FENCE.finditer(text))
    for match, follower in zip(found, [*found[1:], None], strict=True):
        if match[1] == "python":
            output = follower[2].splitlines() if follower and follower[1] == "text" else None
            yield Block(match[2], text.count("\n", 0, match.start()) + 2, output)


def pattern_of(lines: list[str]) -> re.Pattern[str]:
    """``…`` alone on a line matches any number of lines, and any characters within a line."""
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*?") + r"\n" for line in lines]
    return re.compile("".join(parts) + r"\Z")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """``connect()`` connects to a simulator, whatever the page passes, and polls fast."""
    with Simulator(speed=100.0) as simulator:
        given = {"endpoint": simulator.endpoint, "client_id": simulator.client_id}
        for owner, connect in (
            (rxeryph, partial(rxeryph.connect, polling=fixed(0.05))),
            (rxeryph.ComputeClient, rxeryph.ComputeClient.connect),
        ):

            def connected(connect: Callable[..., object] = connect, **arguments: Any) -> object:
                return connect(**{**arguments, **given, "private_key": simulator.private_key})

            monkeypatch.setattr(owner, "connect", connected)
        yield simulator


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_print_its_output(
    page: str, server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a page may write files
    run(page)


@pytest.mark.parametrize("page", WITH_SIMULATOR)
def test_the_blocks_of_a_page_with_its_own_simulator_print_its_output(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rxeryph, "connect", partial(rxeryph.connect, polling=fixed(0.05)))
    run(page)


def run(page: str) -> None:
    """Execute the blocks of ``page`` in order."""
    names: dict[str, Any] = {}
    try:
        for block in blocks_of(text_of(page)):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * (block.line - 1) + block.source, page, "exec"), names)
            if block.output is not None:
                output = printed.getvalue()
                assert pattern_of(block.output).match(output), f"{page}:{block.line} printed\n{output}"
    finally:
        logging.getLogger("rxeryph").setLevel(logging.NOTSET)  # a page may show more
        if "eryph" in names:
            names["eryph"].close()
        if "simulator" in names:
            names["simulator"].stop()


def test_another_output_does_not_match() -> None:
    assert pattern_of(["a", "…", "b …"]).match("a\nx\ny\nb 1\n")
    for output in ("a\nx\n", "x\na\nb 1\n", "a\nb 1\nx\n"):
        assert not pattern_of(["a", "…", "b …"]).match(output)


@pytest.mark.parametrize("line", re.findall(r"^\$ rxeryph (simulate.*)$", text_of(SIMULATOR), re.MULTILINE))
def test_the_simulate_commands_of_the_page_run(line: str) -> None:
    arguments = re.sub(r"--port \d+", "--port 0", line).split()
    command = [sys.executable, "-W", "error", "-m", "rxeryph", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
    assert process.returncode == 0


def test_the_page_of_the_simulator_documents_every_option_step_and_fault() -> None:
    page = text_of(SIMULATOR)
    names = {"version": "api-version", "as_json": "json", "environments": "environment"}
    names |= {"data_stores": "data-store", "flat_providers": "flat-provider"}
    options = {
        f"`--{names.get(name, name).replace('_', '-')}`" for name in inspect.signature(run_simulator).parameters
    }
    steps = {name for name in rxeryph.simulator.__all__ if isinstance(getattr(rxeryph.simulator, name), type)}
    faults = {f"`{name}(" for name in vars(Faults) if not name.startswith("_") and name not in ("take", "pending")}
    documented = (options | steps | faults) - {"Faults", "Scripts", "SeenRequest", "`clear("}
    assert {name for name in documented if name not in page} == set()


def test_each_row_of_the_comparison_links_to_a_section_of_the_page() -> None:
    text = text_of("docs/how-to/track-operations.md")
    headings = {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    rows = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 51))
    for number, here in rows:
        links = re.findall(r"\(#([\w-]+)\)", here)
        assert links, f"row {number} has no link"
        assert set(links) <= headings, f"row {number} links to {set(links) - headings}"


def test_there_is_no_member_for_what_the_server_does_not_offer() -> None:
    """Rows 13, 15, 17, 22, 24 and 44 of the comparison."""
    for model, missing in (
        (rxeryph.model.LogEntry, "level"),
        (rxeryph.model.Task, "type"),
        (rxeryph.model.OperationResource, "type"),
        (rxeryph.model.Operation, "updated_at"),
        (rxeryph.model, "VirtualDiskResult"),
        (rxeryph.model, "OperationResult"),
    ):
        assert not hasattr(model, missing)
