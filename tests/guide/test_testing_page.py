"""docs/how-to/test-your-automation.md shows the example project, and every test on the page passes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
PAGE = (HOW_TO / "test-your-automation.md").read_text(encoding="utf-8")
PROJECT = HOW_TO / "example-automation"
BEFORE, EXAMPLE, AFTER = re.split(r"^## A complete example\n|^## What an operation does", PAGE, flags=re.MULTILINE)


def blocks_of(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```\n", text, re.DOTALL)


def run(folder: Path) -> None:
    """Run the tests in ``folder`` as a separate project; all must pass."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"rootdir: {folder}" in done.stdout


def test_the_example_project_passes_its_own_tests() -> None:
    run(PROJECT)


def test_the_page_shows_the_files_of_the_example() -> None:
    shown, *parts = blocks_of(EXAMPLE)
    assert shown == (PROJECT / "deploy.py").read_text(encoding="utf-8")
    tests = (PROJECT / "test_deploy.py").read_text(encoding="utf-8")
    assert all(part in tests for part in parts)
    assert [line for part in parts for line in part.splitlines() if line] == [
        line for line in tests.splitlines() if line
    ]


def test_every_other_block_of_the_page_is_a_passing_test(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n", "utf-8")
    blocks = [*blocks_of(BEFORE), *blocks_of(AFTER)]
    assert len(blocks) >= 4
    for number, block in enumerate(blocks):
        assert "def test_" in block
        (tmp_path / f"test_block_{number}.py").write_text(block, encoding="utf-8")
    run(tmp_path)
