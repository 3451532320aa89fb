"""A reader with only the page and a shell can follow it: each block runs, in order, and prints what is shown."""

from __future__ import annotations

import codeop
import inspect
import logging
import re
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rxeryph
import rxeryph.simulator
from rxeryph.cli.simulate import run_simulator
from rxeryph.polling import fixed
from rxeryph.simulator import Faults, Simulator
from tests.guide.reader import TOP, Reader, blocks_of, pattern_of, text_of
from tests.processes import piped

pytestmark = pytest.mark.usefixtures("settles_soon")

TRACKING = "docs/how-to/track-operations.md"
SIMULATOR = "docs/how-to/run-the-simulator.md"
FOLLOWED_ELSEWHERE = {"docs/how-to/test-your-automation.md"}
"""Pages with a test module of their own."""
PAGES = sorted(
    name
    for name in (str(path.relative_to(TOP)) for path in (TOP / "README.md", *(TOP / "docs").rglob("*.md")))
    if name not in FOLLOWED_ELSEWHERE
    and not name.startswith("docs/contributing")
    and any(block.language in ("python", "console") for block in blocks_of(text_of(name)))
)
LANGUAGES = {"python", "text", "console", "yaml", "json", "html", "shell"}
"""``shell`` is not run: it installs, or needs more than a page can bring."""
FROM_NOTHING = ("docs/how-to/", "docs/tutorial/")
"""Pages that a reader can follow from the first line. Those of the other pages have a server already."""

NEEDS = {"docs/how-to/web-services.md": "fastapi", "docs/how-to/many-consumers.md": "nats"}


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """Polls often, and its simulators run at least 100 times as fast as a real server."""

    def simulator(*, speed: float | None = None, **arguments: Any) -> Simulator:
        return Simulator(speed=max(speed, 100.0) if speed else speed, **arguments)

    monkeypatch.setattr(rxeryph.simulator, "Simulator", simulator)
    monkeypatch.setattr(rxeryph, "connect", partial(rxeryph.connect, polling=fixed(0.05)))
    with Reader(tmp_path, monkeypatch) as reader:
        yield reader
    logging.getLogger("rxeryph").setLevel(logging.NOTSET)  # a page may show more


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_print_its_output(page: str, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    if page in NEEDS:
        pytest.importorskip(NEEDS[page], reason="needs rxeryph[test]")
    if not page.startswith(FROM_NOTHING):
        reader.simulate()
    with monkeypatch.context() as logs:
        logs.setattr(logging.getLogger(), "handlers", [])  # with those of pytest, basicConfig does nothing
        reader.follow(page)


@pytest.mark.parametrize("page", sorted(str(path.relative_to(TOP)) for path in (TOP / "docs").rglob("*.md")))
def test_each_block_of_a_page_names_its_language(page: str) -> None:
    assert text_of(page).count("```") == 2 * len([*blocks_of(text_of(page))])
    assert {block.language for block in blocks_of(text_of(page))} <= LANGUAGES


@pytest.mark.parametrize("page", sorted({*PAGES} - {"docs/how-to/notebooks.md"}))
def test_the_python_of_a_page_can_be_pasted_at_a_prompt(page: str) -> None:
    """A prompt, before Python 3.13, ends a block at each empty line, and at no other."""
    for block in blocks_of(text_of(page)):
        if block.language == "python" and block.title is None:
            typed: list[str] = []
            for line in [*block.source.splitlines(), ""]:
                typed.append(line)
                if typed == [""] or codeop.compile_command("\n".join(typed), f"{page}:{block.line}", "single"):
                    typed.clear()


@pytest.mark.parametrize("text", ["```python\nprint(1)\n```\n\n```text\n2\n```\n", "```console\n$ exit 1\n```\n"])
def test_a_page_that_shows_another_output_or_exit_code_fails(text: str, reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    with pytest.raises(AssertionError, match=r"page\.md"):
        reader.follow(str(tmp_path / "page.md"))


@pytest.mark.parametrize("page", [*(page for page in PAGES if page.startswith(FROM_NOTHING)), *FOLLOWED_ELSEWHERE])
def test_a_page_to_follow_begins_with_installing(page: str) -> None:
    first = next(block for block in blocks_of(text_of(page)) if block.language in ("python", "console"))
    assert "pip install" in first.source


def test_another_output_does_not_match() -> None:
    assert pattern_of(["a", "…", "b …"]).match("a\nx\ny\nb 1\n")
    for output in ("a\nx\n", "x\na\nb 1\n", "a\nb 1\nx\n"):
        assert not pattern_of(["a", "…", "b …"]).match(output)


@pytest.mark.parametrize("line", re.findall(r"^\$ rxeryph (simulate.*)$", text_of(SIMULATOR), re.MULTILINE))
def test_the_simulate_commands_of_the_page_run(line: str) -> None:
    arguments = re.sub(r"--port \d+", "--port 0", line).split()
    with piped(sys.executable, "-W", "error", "-m", "rxeryph", *arguments) as process:
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


def test_each_row_about_the_ruby_client_links_to_a_section_that_is_run() -> None:
    assert TRACKING in PAGES
    headings = {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text_of(TRACKING), re.MULTILINE)
    }
    rows = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", text_of("docs/reference/ruby-client.md"), re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 51))
    for number, here in rows:
        links = re.findall(r"\(\.\./how-to/track-operations\.md#([\w-]+)\)", here)
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
